"""Connections: who has hung up is noticed while the answer is worked out, and the work ends."""

from __future__ import annotations

import functools
import select
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from socket import socket
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from models.audience import Audience, work_for

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# Where servers put the client's socket: gunicorn, and Werkzeug's for development.
_SOCKETS = ("gunicorn.socket", "werkzeug.socket")


class Switchboard:
    """Has the audiences of closed connections leave; where there is no epoll it sees none.

    A client that ends only its own half counts as gone, as it does for nginx: the two cannot be
    told apart before an answer is sent.
    """

    def __init__(self) -> None:
        self._audiences: dict[int, Audience] = {}
        self._poller = select.epoll() if hasattr(select, "epoll") else None
        if self._poller is not None:
            threading.Thread(target=self._watch, name="switchboard", daemon=True).start()

    @contextmanager
    def connect(self, connection: socket, audience: Audience) -> Iterator[None]:
        """Watch `connection` inside the block."""
        number = connection.fileno()
        if self._poller is None or number < 0:
            yield
            return
        self._audiences[number] = audience
        self._poller.register(number, select.EPOLLRDHUP | select.EPOLLONESHOT)
        try:
            yield
        finally:
            with suppress(OSError):  # it is closed
                self._poller.unregister(number)
            del self._audiences[number]

    def _watch(self) -> None:
        while self._poller is not None:
            for number, _ in self._poller.poll():
                # Meanwhile that connection may have been closed, and another have its number.
                if (audience := self._audiences.get(number)) and has_hung_up(number):
                    audience.leave()


def has_hung_up(number: int) -> bool:
    """Tell whether the other end of a socket, given by its descriptor, sends nothing more."""
    poller = select.poll()
    poller.register(number, select.POLLRDHUP)
    return bool(poller.poll(0))


@functools.cache
def _open_switchboard() -> Switchboard:
    """Return the process's own, made when the first connection is there to watch."""
    return Switchboard()


def watch(environ: WSGIEnvironment, audience: Audience) -> AbstractContextManager[None]:
    """Have `audience` leave when the connection of a request is closed inside the block."""
    connection = next(filter(None, map(environ.get, _SOCKETS)), None)
    return _open_switchboard().connect(connection, audience) if connection else nullcontext()


def register_connections(app: Flask) -> None:
    """Give every request an audience, which leaves when its connection is closed."""

    def enter() -> None:
        audience = Audience()
        g.work, g.connection = ExitStack(), ExitStack()
        g.work.enter_context(work_for(audience))
        g.connection.enter_context(watch(request.environ, audience))

    def leave(_error: BaseException | None) -> None:
        for entered in (g.pop("connection", None), g.pop("work", None)):
            if entered:
                entered.close()

    app.before_request(enter)
    app.teardown_request(leave)


def watch_until_closed(response: Response) -> None:
    """Watch the connection of this request until `response` is closed.

    Flask takes a request for done once its response begins; a stream has just begun then.
    """
    if connection := g.pop("connection", None):
        response.call_on_close(connection.close)
