"""The worker: gunicorn's threads, kept free of clients that send or read too slowly."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from errno import ECONNRESET
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from gunicorn.workers.gthread import TConn, ThreadWorker

Result = TypeVar("Result")

# What a client may keep a thread waiting in all, while it sends a request or reads an answer, and
# how many bytes win it a second more.
PATIENCE_SECONDS = 10.0
BYTES_PER_SECOND = 10_000
LINGER_SECONDS = 2.0
# How long a handshake that has begun may take to end once the service is told to.
HANDSHAKE_SECONDS = 0.1
_CHUNK_BYTES = 64 * 1024

# asm-generic/socket.h; Python 3.11 has no name for it.
_SO_ATTACH_FILTER = 26
# Classic BPF over the TCP header, as (code, jump if true, jump if false, operand): of the flags in
# byte 13 take SYN and ACK; a SYN alone is dropped, the rest is let through.
_NO_SYN = (
    (0x30, 0, 0, 13),
    (0x54, 0, 0, 0x12),
    (0x15, 0, 1, 0x02),
    (0x06, 0, 0, 0),
    (0x06, 0, 0, 0xFFFFFFFF),
)


class ImpatientSocket(socket.socket):
    """A client's connection that is cut off where it keeps its thread waiting for too long.

    A bound on each wait alone would be met by a byte now and then. It never blocks by itself: what
    is there already is taken without a wait, and without asking the system for one.
    """

    def __init__(self, accepted: socket.socket, patience_seconds: float = PATIENCE_SECONDS) -> None:
        super().__init__(fileno=accepted.detach())
        super().setblocking(False)
        self._patience = self._patience_seconds = patience_seconds
        self._sends = False

    def setblocking(self, flag: bool) -> None:
        """Stay as it is, whatever gunicorn's loop and threads ask for."""

    def settimeout(self, value: float | None) -> None:
        """Likewise: patience is the bound."""

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Read, or raise `ConnectionResetError` where patience has run out."""
        return self._move(False, lambda: super(ImpatientSocket, self).recv(size, flags), len)

    def send(self, data: Any, flags: int = 0) -> int:
        """Write a part, likewise."""
        return self._move(True, lambda: super(ImpatientSocket, self).send(data, flags), int)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Write everything, likewise."""
        rest = memoryview(data)
        while rest:
            rest = rest[self.send(rest[:_CHUNK_BYTES], flags) :]

    def linger(self) -> None:
        """End the connection, after a moment in which the peer may take the answer in.

        To close at once would reset it, and lose the answer, where the peer still sends.
        """
        with contextlib.suppress(OSError):
            self.shutdown(socket.SHUT_WR)
            until = time.monotonic() + LINGER_SECONDS
            while self._wait(False, until) and super().recv(_CHUNK_BYTES):
                pass
        with contextlib.suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)

    def _move(
        self, sends: bool, move: Callable[[], Result], count: Callable[[Result], int]
    ) -> Result:
        if sends is not self._sends:  # the request has been read, or a new one begins
            self._sends, self._patience = sends, self._patience_seconds
        started = time.monotonic()
        while True:
            try:
                moved = move()
                break
            except BlockingIOError:
                if not self._wait(sends, started + max(0.001, self._patience)):
                    raise ConnectionResetError(ECONNRESET, "The client was too slow.") from None
        won = count(moved) / BYTES_PER_SECOND - (time.monotonic() - started)
        self._patience = min(self._patience_seconds, self._patience + won)
        return moved

    def _wait(self, sends: bool, until: float) -> bool:
        """Return whether the socket became ready before `until`, of the monotonic clock."""
        poller = select.poll()
        poller.register(self, select.POLLOUT if sends else select.POLLIN)
        return bool(poller.poll(max(0.0, until - time.monotonic()) * 1000))


def ignore_newcomers(listener: socket.socket) -> None:
    """Have the kernel begin no more handshakes for `listener`; those under way go on (Linux).

    A listener that closes resets what the kernel has accepted for it, between the last `accept()`
    and `close()` too. Who is ignored asks again after a second, and finds the door closed.
    Raises `OSError` where the kernel does not know socket filters.
    """
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in _NO_SYN))
    pointer = struct.pack("HP", len(_NO_SYN), ctypes.addressof(program))
    listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, pointer)


def holds(pid: int, sock: socket.socket) -> bool:
    """Tell whether a process has `sock` open too; True where it does not let itself be asked."""
    ours = os.fstat(sock.fileno())
    found = True
    with contextlib.suppress(OSError):
        files = Path(f"/proc/{pid}/fd").iterdir()
        found = any(os.path.samestat(ours, file.stat()) for file in files)
    return found


class ImpatientWorker(ThreadWorker):
    """A `ThreadWorker` whose connections are impatient and cost no thread before they speak."""

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """Return the threads, all of them started: the loop would wait for each in a burst."""
        pool: ThreadPoolExecutor = super().get_thread_pool()
        together = threading.Barrier(self.cfg.threads + 1)
        for _ in range(self.cfg.threads):
            pool.submit(together.wait)
        together.wait()
        return pool

    def enqueue_req(self, conn: TConn) -> None:
        """Give a connection to a thread, once something has arrived on it."""
        if not isinstance(conn.sock, ImpatientSocket):
            conn.sock = ImpatientSocket(conn.sock)
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        conn.timeout = time.monotonic() + PATIENCE_SECONDS
        self.pending_conns.append(conn)
        speaks = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, speaks)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Begin or end to accept; at the end of the process, take what the kernel has accepted.

        Closing the door at once, and not with the process, has who comes later refused, not reset.
        """
        if not self.alive:
            for listener in self.sockets:
                # What gunicorn itself keeps open is for the next worker, after a reload.
                if not holds(self.ppid, listener):
                    with contextlib.suppress(OSError):
                        ignore_newcomers(listener)
            until = time.monotonic() + HANDSHAKE_SECONDS
            while (left := until - time.monotonic()) > 0:
                for listener in select.select(self.sockets, [], [], left)[0]:
                    with contextlib.suppress(OSError):  # no more file descriptors, for one
                        self.accept(listener)
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()

    def handle(self, conn: TConn) -> Any:
        """Serve a connection, and see it off in its own thread: gunicorn's loop would wait."""
        kept = super().handle(conn)
        if not kept:
            conn.sock.linger()
        return kept
