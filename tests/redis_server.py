"""A real `redis-server` of the tests' own, on a free port."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import redis


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def find_binary() -> str:
    """Return `redis-server` beside this Python (the wheel of the test dependencies) or on PATH."""
    beside = Path(sys.executable).parent / "redis-server"
    found = str(beside) if beside.exists() else shutil.which("redis-server")
    if found is None:
        raise RuntimeError("no redis-server: install the test dependencies")
    return found


class RedisServer:
    """A server process that can be stopped and started again on the same port.

    With `persist_in`, a folder, it logs every write there before it answers. `prefix` may run it
    elsewhere, where `host` is its address.
    """

    def __init__(
        self, persist_in: Path | None = None, prefix: Sequence[str] = (), host: str = "127.0.0.1"
    ) -> None:
        self._persist_in = persist_in
        self._prefix = prefix
        self._host = host
        self.port = free_port()
        self.url = f"redis://{host}:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = ["--bind", self._host, "--protected-mode", "no", "--save", ""]
        options += ["--dir", str(self._persist_in or "/tmp")]
        options += ["--appendonly", "yes" if self._persist_in else "no", "--appendfsync", "always"]
        self._process = subprocess.Popen(
            [*self._prefix, find_binary(), "--port", str(self.port), *options],
            stdout=subprocess.DEVNULL,
        )
        for _ in range(200):
            if self._answers():
                return
            time.sleep(0.05)
        raise RuntimeError("redis-server did not start")

    def stop(self) -> None:
        """Kill the server, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def client(self) -> redis.Redis:
        """Return a client of the test's own, to look at the server and to trouble it."""
        return redis.Redis.from_url(self.url, socket_timeout=5)

    def _answers(self) -> bool:
        with self.client() as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False
