"""What can happen to a Redis: to the server, or by a TCP proxy of the tests' own before it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from types import TracebackType

from tests.redis_server import RedisServer, free_port


@dataclass(frozen=True)
class Fault:
    """What happens to what Redis answers: nothing, or one of these."""

    black_hole: bool = False
    delay_seconds: float = 0
    reply: bytes | None = None
    cut_after_bytes: int | None = None


HEALTHY = Fault()
BLACK_HOLE = Fault(black_hole=True)
SLOW = Fault(delay_seconds=0.08)
GARBAGE = Fault(reply=b"HTTP/1.1 400 Bad Request\r\n\r\n")
WRONG_TYPE = Fault(reply=b"*9999999\r\n$-7\r\n")
LOADING = Fault(reply=b"-LOADING Redis is loading the dataset in memory\r\n")
CUT = Fault(cut_after_bytes=3)


# An answer that comes when nobody waits for it any more; who still listens takes it for the next.
LATE_SECONDS = 0.5


class FaultyRedis:
    """Listens on a port of loopback; `fault` may be changed at any time."""

    def __init__(self, redis_port: int, tls: ssl.SSLContext | None = None) -> None:
        self.fault = HEALTHY
        self.answers_to_lose = self.answers_to_delay = 0
        self._redis_port = redis_port
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._open: list[socket.socket] = []

    def __enter__(self) -> FaultyRedis:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with contextlib.suppress(OSError), peer:
            if self._tls is not None:
                peer = self._tls.wrap_socket(peer, server_side=True)
            redis = socket.create_connection(("127.0.0.1", self._redis_port), timeout=60)
            for each in (peer, redis):  # as Redis itself does: else small answers wait for 40 ms
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open += [peer, redis]
            threading.Thread(target=self._answer, args=(redis, peer), daemon=True).start()
            while data := peer.recv(65536):
                self._ask(redis, peer, data)
            redis.shutdown(socket.SHUT_WR)

    def _ask(self, redis: socket.socket, peer: socket.socket, data: bytes) -> None:
        if self.fault.reply is not None:
            peer.sendall(self.fault.reply)
        elif not self.fault.black_hole:
            redis.sendall(data)

    def _answer(self, redis: socket.socket, peer: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := redis.recv(65536):
                time.sleep(self.fault.delay_seconds)
                if self.fault.black_hole:
                    continue
                if self.answers_to_lose:
                    self.answers_to_lose -= 1
                    continue
                if self.answers_to_delay:
                    self.answers_to_delay -= 1
                    time.sleep(LATE_SECONDS)
                peer.sendall(data[: self.fault.cut_after_bytes])
                if self.fault.cut_after_bytes is not None:
                    break
        # To close alone would tell nobody while the other thread reads.
        with contextlib.suppress(OSError):
            peer.shutdown(socket.SHUT_RDWR)


Harm = Callable[[RedisServer, FaultyRedis], AbstractContextManager[None]]


def by_proxy(fault: Fault) -> Harm:
    @contextmanager
    def harm(_server: RedisServer, proxy: FaultyRedis) -> Iterator[None]:
        proxy.fault = fault
        yield
        proxy.fault = HEALTHY

    return harm


def by_setting(name: str, value: str, healthy: str) -> Harm:
    @contextmanager
    def harm(server: RedisServer, _proxy: FaultyRedis) -> Iterator[None]:
        with server.client() as admin:
            admin.config_set(name, value)
            yield
            admin.config_set(name, healthy)

    return harm


@contextmanager
def be_replica(server: RedisServer, _proxy: FaultyRedis) -> Iterator[None]:
    with server.client() as admin:
        admin.replicaof("127.0.0.1", free_port())
        yield
        admin.replicaof("NO", "ONE")


@contextmanager
def be_stopped(server: RedisServer, _proxy: FaultyRedis) -> Iterator[None]:
    server.stop()
    yield
    server.start()


HARMS = {
    "refused": be_stopped,
    "black hole": by_proxy(BLACK_HOLE),
    "slow": by_proxy(SLOW),
    "garbage": by_proxy(GARBAGE),
    "wrong type": by_proxy(WRONG_TYPE),
    "loading": by_proxy(LOADING),
    "cut": by_proxy(CUT),
    "full": by_setting("maxmemory", "1", "0"),
    "replica": be_replica,
}
# These still answer reads; only what writes is away.
READS = {"full", "replica"}
