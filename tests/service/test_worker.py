"""Clients that are slow or say nothing: they are cut off, and hold up nobody."""

from __future__ import annotations

import errno
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.server import Server
from service.settings import Settings
from service.worker import BYTES_PER_SECOND, ImpatientSocket, holds, ignore_newcomers

HEADERS = b"POST /v1/summaries HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
IDLE, HALF_HEADERS, HALF_BODY = b"", HEADERS, HEADERS + b"Content-Length: 900\r\n\r\nOnce "
SMALL_WINDOW_BYTES = 4096


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(REDIS_URL="") as running:
        yield running


def _connect(server: Server, sent: bytes) -> socket.socket:
    peer = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    peer.sendall(sent)
    return peer


def _pair(patience_seconds: float = 10) -> tuple[ImpatientSocket, socket.socket]:
    ours, theirs = socket.socketpair()
    return ImpatientSocket(ours, patience_seconds), theirs


def _read_on(ours: ImpatientSocket) -> None:
    for _ in range(1000):
        ours.recv(100)


def test_two_hundred_connections_that_never_finish_hold_up_nobody(server: Server) -> None:
    kinds = [IDLE, HALF_HEADERS, HALF_BODY, b"\x16\x03\x01"]
    peers = [_connect(server, kinds[n % len(kinds)]) for n in range(200)]
    client = server.connect()
    assert client.get("/livez") == 200
    assert client.summarise("The bridge was closed. It was old.", lengths=["short"])[1]["summaries"]
    for peer in peers:
        peer.close()


def test_clients_that_do_not_read_hold_up_nobody(server: Server) -> None:
    """The API's description is larger than what the kernels hold for a small window."""
    peers = []
    for _ in range(200):
        peer = socket.socket()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW_BYTES)
        peer.connect(("127.0.0.1", server.port))
        peer.sendall(b"GET /docs/static/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n")
        peers.append(peer)
    assert server.connect().get("/livez") == 200
    for peer in peers:
        peer.close()


def test_who_does_not_close_after_the_last_answer_holds_up_nobody(server: Server) -> None:
    request = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    peers = [_connect(server, request) for _ in range(50)]
    assert server.connect().get("/livez") == 200
    assert all(peer.recv(100).startswith(b"HTTP/1.1 200") for peer in peers)
    for peer in peers:
        peer.close()


def test_a_body_that_ends_early_is_told_so(server: Server) -> None:
    peer = _connect(server, HALF_BODY)
    peer.shutdown(socket.SHUT_WR)
    assert peer.recv(4096).startswith(b"HTTP/1.1 400")


def test_a_byte_now_and_then_does_not_buy_time() -> None:
    ours, theirs = _pair(0.2)
    done = threading.Event()

    def drip() -> None:
        while not done.wait(0.02):
            theirs.send(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    with pytest.raises(ConnectionResetError):
        _read_on(ours)
    done.set()
    thread.join()


def test_what_moves_may_take_longer() -> None:
    """Bytes win time: a large body over a slow line is read to its end."""
    ours, theirs = _pair(0.1)
    for _ in range(6):
        sending = threading.Timer(0.05, theirs.sendall, [b"x" * BYTES_PER_SECOND])
        sending.start()
        read = 0
        while read < BYTES_PER_SECOND:
            read += len(ours.recv(BYTES_PER_SECOND))
        sending.join()


def test_writing_to_who_does_not_read_ends() -> None:
    ours, _theirs = _pair(0.2)
    with pytest.raises(ConnectionResetError):
        ours.sendall(b"x" * 50_000_000)


def test_everything_is_written_to_who_reads() -> None:
    ours, theirs = _pair()
    data = bytes(range(256)) * 4000
    writing = threading.Thread(target=ours.sendall, args=(data,))
    writing.start()
    read = b""
    while len(read) < len(data):
        read += theirs.recv(100_000)
    writing.join()
    assert read == data


def test_its_threads_stand_ready_before_a_burst(server: Server) -> None:
    """To start one takes the loop that accepts a moment, and among many that work a long one."""
    threads = len(list(Path(f"/proc/{server.worker_pid()}/task").iterdir()))
    assert threads > Settings().web_threads + 256


def test_a_listener_ignores_newcomers_and_keeps_who_came_before() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        early = socket.create_connection(address, timeout=5)
        ignore_newcomers(listener)
        with pytest.raises(TimeoutError):
            socket.create_connection(address, timeout=0.2)
        early.sendall(b"here")
        accepted, _ = listener.accept()
        assert accepted.recv(4) == b"here"
        late = socket.socket()
        late.setblocking(False)
        late.connect_ex(address)
    select.select([], [late], [], 5)
    assert late.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ECONNREFUSED
    for each in (early, accepted, late):
        each.close()


def test_it_is_seen_who_else_holds_a_socket() -> None:
    wait = [sys.executable, "-c", "input()"]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert holds(os.getpid(), listener)
        for shared in ([listener.fileno()], []):
            with subprocess.Popen(wait, stdin=subprocess.PIPE, pass_fds=shared) as other:
                assert holds(other.pid, listener) == bool(shared)
                other.communicate(b"\n")
        assert holds(other.pid, listener)  # it has ended: nothing is known
