"""The Redis store under faults of a real server and of real sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from cache.breaker import RETRY_SECONDS
from cache.redis import RedisStore
from tests.faulty_redis import SLOW, FaultyRedis
from tests.redis_server import RedisServer, free_port

RECOVERY_SECONDS = RETRY_SECONDS + 0.3


@pytest.fixture
def server() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def store(server: RedisServer) -> Iterator[RedisStore]:
    store = RedisStore(server.url)
    yield store
    store.close()


def _listen(reply: bytes | None) -> socket.socket:
    """Accept and answer everything with `reply`, or never."""
    listener = socket.create_server(("127.0.0.1", 0))
    kept = []

    def accept() -> None:
        while True:
            try:
                peer, _ = listener.accept()
                kept.append(peer)
                if reply is not None:
                    peer.recv(4096)
                    peer.sendall(reply)
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    return listener


@pytest.mark.parametrize("reply", [None, b"HTTP/1.1 400 Bad\r\n\r\n", b"*9999999\r\n$-7\r\n", b""])
def test_a_peer_that_is_no_redis_is_a_miss_in_bounded_time(
    reply: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    """The wait is paid once, then the breaker is open; it is said once."""
    with _listen(reply) as listener:
        store = RedisStore(f"redis://user:secret@127.0.0.1:{listener.getsockname()[1]}/0")
        started = time.monotonic()
        for _ in range(20):
            assert store.get("a") is None
            assert store.get_many(["a"]) == {}
            store.set_many({"a": 1})
            assert store.claim("a", "me", 1)
        assert time.monotonic() - started < 0.6
        assert not store.check()
        store.close()
    assert caplog.text.count("is away") == 1
    assert "secret" not in caplog.text


def test_nobody_listening_is_a_miss() -> None:
    """Refused at once."""
    store = RedisStore(f"redis://127.0.0.1:{free_port()}/0")
    assert store.get_many(["a"]) == {}
    assert not store.check()
    store.close()


def test_a_server_that_was_killed_and_started_is_used_again(
    server: RedisServer, store: RedisStore, caplog: pytest.LogCaptureFixture
) -> None:
    """By itself, within seconds, one line per change."""
    store.set_many({"a": 1})
    server.stop()
    assert store.get_many(["a"]) == {}
    assert store.get_many(["a"]) == {}
    server.start()
    time.sleep(RECOVERY_SECONDS)
    store.set_many({"a": 2})
    assert store.get_many(["a"]) == {"a": 2}
    assert [record.getMessage().split(",")[0] for record in caplog.records] == [
        "Redis is away",
        "Redis is back",
    ]


def test_single_values_come_over_the_connection_of_the_thread(
    server: RedisServer, store: RedisStore, caplog: pytest.LogCaptureFixture
) -> None:
    """It lasts while the thread does; the next thread has it then. There are so many of them."""
    store.set_many({"a": 1})
    with server.client() as client:

        def count_after(threads: int) -> int:
            together = threading.Barrier(threads)

            def work(_number: int) -> list[object]:
                answers = [store.get("a") for _ in range(3)]
                together.wait()
                return answers

            with ThreadPoolExecutor(threads) as pool:
                assert list(pool.map(work, range(threads))) == [[1, 1, 1]] * threads
            return len(client.client_list())

        before = count_after(1)
        assert count_after(1) == before
        assert count_after(3) == before + 2
        assert count_after(3) == before + 2
        assert count_after(150) <= before + 2 * 64  # the others share what the pool has
    assert "is away" not in caplog.text


def test_the_connection_of_a_thread_outlives_a_restart_and_a_lost_answer(
    server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """And never gives what was asked for before."""
    with FaultyRedis(server.port) as proxy:
        store = RedisStore(proxy.url, answer_seconds=0.3)
        store.set_many({"a": 1, "b": 2})
        for _ in range(3):
            proxy.answers_to_lose = 1
            assert [store.get("a"), store.get("b"), store.get("a")] == [1, 2, 1]
            proxy.answers_to_delay = 1
            assert [store.get("a"), store.get("b"), store.get("a")] == [1, 2, 1]
        assert "is away" not in caplog.text
        server.stop()
        assert store.get("a") is None
        server.start()
        time.sleep(RECOVERY_SECONDS)
        store.set_many({"a": 3})
        assert store.get("a") == 3
        store.close()


def test_an_answer_that_does_not_come_is_asked_for_again(
    server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Where Redis is there: late once is not away."""
    with FaultyRedis(server.port) as proxy:
        store = RedisStore(proxy.url, answer_seconds=0.3)  # the proxy is in a busy process
        store.set_many({"a": 1})
        for _ in range(3):
            proxy.answers_to_lose = 1
            assert store.get_many(["a"]) == {"a": 1}
            assert proxy.answers_to_lose == 0
        store.close()
    assert "is away" not in caplog.text


def test_a_process_that_is_late_itself_does_not_take_redis_for_slow(
    store: RedisStore, caplog: pytest.LogCaptureFixture
) -> None:
    """Four threads that compute keep the interpreter from the one that asks."""
    ended = threading.Event()

    def compute() -> None:
        while not ended.is_set():
            sum(range(10_000))

    threads = [threading.Thread(target=compute) for _ in range(4)]
    for thread in threads:
        thread.start()
    store.set_many({"a": 1})
    answers = [store.get_many(["a"]) for _ in range(10)]
    ended.set()
    assert answers == [{"a": 1}] * 10
    assert "is away" not in caplog.text


def test_a_full_or_read_only_server_still_answers_reads(
    server: RedisServer, store: RedisStore, caplog: pytest.LogCaptureFixture
) -> None:
    """Writes are dropped, claims are granted, said once each; then writes work again."""
    store.set_many({"a": 1})
    with server.client() as client:
        faults = (("maxmemory", "1"), ("min-replicas-to-write", "1"))
        for setting, value in faults:
            client.config_set(setting, value)
            for _ in range(3):
                store.set_many({"b": 1})
                assert store.claim("b", "me", 1)
                assert store.get_many(["a", "b"]) == {"a": 1}
            client.config_set(setting, "0")
            time.sleep(RECOVERY_SECONDS)
            store.set_many({"c": 1})
        client.replicaof("127.0.0.1", free_port())
        store.set_many({"b": 1})
        assert store.get_many(["a", "b", "c"]) == {"a": 1, "c": 1}
    assert caplog.text.count("is away") == 3


def test_every_key_has_a_time_to_live_and_the_prefix(
    server: RedisServer, store: RedisStore
) -> None:
    """Nothing is left behind for ever, leases included."""
    store.set_many({"a": 1, "b": 2})
    store.claim("a", "me", 30)
    with server.client() as client:
        names = client.keys("*")
        assert len(names) == 3
        assert all(name.startswith(b"precis:") and client.ttl(name) > 0 for name in names)


def test_a_truncated_or_foreign_value_is_a_miss(server: RedisServer, store: RedisStore) -> None:
    """The others are found."""
    store.set_many({"a": "x" * 1000, "b": 2, "c": 3})
    with server.client() as client:
        client.set("precis:a", client.getrange("precis:a", 0, 10))
        client.delete("precis:c")
        client.lpush("precis:c", "list")
    assert store.get_many(["a", "b", "c"]) == {"b": 2}


@pytest.mark.parametrize(("answer_seconds", "used"), [(0.02, False), (0.5, True)])
def test_a_redis_far_away_is_used_where_answers_may_take_longer(
    server: RedisServer, answer_seconds: float, used: bool
) -> None:
    with FaultyRedis(server.port) as proxy:
        proxy.fault = SLOW
        store = RedisStore(proxy.url, answer_seconds=answer_seconds)
        store.set_many({"far": {"a": 1}})
        assert ("far" in store.get_many(["far"])) == used
        store.close()
