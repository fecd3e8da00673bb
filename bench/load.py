"""Load: requests over keep-alive connections of loopback, by a client that costs little."""

from __future__ import annotations

import json
import math
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

TIMEOUT_SECONDS = 300


def write_request(path: str, body: Mapping[str, object], headers: str = "") -> bytes:
    """Return a POST as it goes over the wire; `headers` are lines that end with CRLF."""
    data = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"{headers}Content-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


class Connection:
    """A keep-alive connection that sends bytes made beforehand and reads whole answers."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)

    def send(self, request: bytes) -> bytes:
        """Return the body of the answer; raises `RuntimeError` where it is not a 200."""
        self._socket.sendall(request)
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive()
        head = bytes(received[:end]).lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        while len(received) < end + 4 + length:
            received += self._receive()
        body = bytes(received[end + 4 :])
        if b" 200 " not in head[:13]:
            raise RuntimeError((head + b"\n" + body).decode("utf-8", "replace"))
        return body

    def time(self, request: bytes) -> float:
        """Return the seconds until the whole answer is there."""
        started = time.perf_counter()
        self.send(request)
        return time.perf_counter() - started

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _receive(self) -> bytes:
        data = self._socket.recv(1 << 16)
        if not data:
            raise RuntimeError("the service closed the connection")
        return data


@dataclass(frozen=True, slots=True)
class Load:
    """What came of many requests: how long all took, and each."""

    seconds: float
    each: tuple[float, ...]

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return len(self.each) / self.seconds

    def percentile(self, share: float) -> float:
        """Return the time in seconds that `share` of the requests kept to (nearest rank)."""
        ordered = sorted(self.each)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def run_clients(port: int, queues: Sequence[Sequence[bytes]]) -> Load:
    """Send each queue over a connection of its own, all at the same time."""
    connections = [Connection(port) for _ in queues]
    barrier = threading.Barrier(len(queues) + 1)
    times: list[list[float]] = [[] for _ in queues]
    failures: list[Exception] = []

    def work(number: int) -> None:
        barrier.wait()
        try:
            for request in queues[number]:
                times[number].append(connections[number].time(request))
        except Exception as error:
            failures.append(error)

    seconds = _time_threads(work, len(queues), barrier)
    for connection in connections:
        connection.close()
    if failures:
        raise failures[0]
    return Load(seconds, tuple(t for own in times for t in own))


def _time_threads(work: Callable[[int], None], count: int, barrier: threading.Barrier) -> float:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    barrier.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started
