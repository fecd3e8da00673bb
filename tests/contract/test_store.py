"""What every store promises, held by the embedded store and by a real Redis."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cache.embedded import EmbeddedStore
from cache.protocols import Store
from cache.redis import RedisStore
from tests.redis_server import RedisServer

OpenStore = Callable[[int], Store]


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["embedded", "redis"])
def open_store(
    request: pytest.FixtureRequest, server: RedisServer, tmp_path: Path
) -> Iterator[OpenStore]:
    """Open stores of a time to live that all see the same values."""
    opened: list[Store] = []

    def open_one(ttl_seconds: int) -> Store:
        store: Store = (
            EmbeddedStore(tmp_path, ttl_seconds=ttl_seconds)
            if request.param == "embedded"
            else RedisStore(server.url, ttl_seconds=ttl_seconds)
        )
        opened.append(store)
        return store

    with server.client() as client:
        client.flushall()
    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    return open_store(60)


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -1.5, "", "naïve 漢字 😀 \x00", "\ud800 alone", [], {"a": [1, {"b": None}]}]
    + [b"", b"\x00\xff bytes as they are"],
    ids=repr,
)
def test_a_stored_value_comes_back_as_it_was(store: Store, value: object) -> None:
    """Any JSON value, lone surrogates included, and bytes."""
    store.set_many({"key": value})
    assert store.get_many(["key"]) == {"key": value}
    assert store.get("key") == value
    assert store.get("another") is None


def test_only_known_keys_are_returned(store: Store) -> None:
    """A miss is an absent key, not an error; nothing asked is nothing returned."""
    store.set_many({"a": 1, "b": 2})
    store.set_many({})
    assert store.get_many(["a", "b", "c", "a"]) == {"a": 1, "b": 2}
    assert store.get_many([]) == {}


def test_a_second_write_replaces_the_first(store: Store) -> None:
    """The last value counts."""
    store.set_many({"a": 1})
    store.set_many({"a": 2})
    assert store.get_many(["a"]) == {"a": 2}


def test_two_thousand_values_are_stored_and_read_at_once(store: Store) -> None:
    """A long article translated to many languages has that many sentences."""
    values = {f"key{n}": "x" * n for n in range(2000)}
    store.set_many(values)
    assert store.get_many(list(values)) == values


def test_values_expire(open_store: OpenStore) -> None:
    """A value outlives its time to live by no more than a moment."""
    store = open_store(1)
    store.set_many({"a": 1})
    assert store.get_many(["a"]) == {"a": 1}
    time.sleep(1.2)
    assert store.get_many(["a"]) == {}


def test_values_survive_closing_and_opening_again(open_store: OpenStore) -> None:
    """A restart of the service keeps the cache."""
    first = open_store(60)
    first.set_many({"a": 1})
    first.close()
    assert open_store(60).get_many(["a"]) == {"a": 1}


def test_two_stores_share_their_values(open_store: OpenStore) -> None:
    """Several processes work on the same cache."""
    first, second = open_store(60), open_store(60)
    first.set_many({"a": 1})
    assert second.get_many(["a"]) == {"a": 1}


def test_threads_do_not_disturb_each_other(store: Store) -> None:
    """Sixteen threads write and read their own keys."""

    def work(name: int) -> bool:
        values = {f"{name}-{n}": [name, n] for n in range(20)}
        store.set_many(values)
        one, value = values.popitem()
        return store.get(one) == value and store.get_many(list(values)) == values

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(work, range(48)))


def test_a_lease_has_one_owner_until_it_is_released(open_store: OpenStore) -> None:
    """The owner may renew it; others wait."""
    first, second = open_store(60), open_store(60)
    assert first.claim("k", "me", 30)
    assert first.claim("k", "me", 30)
    assert not second.claim("k", "you", 30)
    assert second.claim("other", "you", 30)
    first.release("k", "me")
    assert second.claim("k", "you", 30)


def test_only_its_owner_releases_a_lease(store: Store) -> None:
    """A late leader cannot take the lease from its successor."""
    assert store.claim("k", "me", 30)
    store.release("k", "you")
    assert not store.claim("k", "you", 30)


def test_a_lease_that_is_not_renewed_runs_out(store: Store) -> None:
    """A dead leader holds nobody up for longer than its lease."""
    assert store.claim("k", "me", 0.3)
    time.sleep(0.5)
    assert store.claim("k", "you", 30)


def test_one_of_many_contenders_gets_the_lease(store: Store) -> None:
    """Claims at the same moment have one winner."""
    with ThreadPoolExecutor(16) as threads:
        claims = threads.map(lambda n: store.claim("k", f"owner{n}", 30), range(32))
    assert sum(claims) == 1


def test_leases_and_values_do_not_meet(store: Store) -> None:
    """A lease on a key is not a value of that key."""
    assert store.claim("k", "me", 30)
    assert store.get_many(["k"]) == {}
    store.set_many({"k": 1})
    assert not store.claim("k", "you", 30)


def test_a_store_that_answers_checks_true(store: Store) -> None:
    """`/readyz` asks."""
    assert store.check()
