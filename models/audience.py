"""The audience: whether anybody still waits for what a thread works out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Audience:
    """Who waits for a result, until it leaves; others may join, and then it is gone with the last.

    What is gone does not come back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._others: set[Audience] = set()
        self._left = False
        self._gone = False

    @property
    def is_gone(self) -> bool:
        return self._gone

    def leave(self) -> None:
        """Tell that it waits no more."""
        self._left = True
        self._note()

    @contextmanager
    def joined_by(self, other: Audience) -> Iterator[None]:
        """Count `other` among those who wait, inside the block and until it is gone."""
        with self._lock:
            self._others.add(other)
        try:
            with other.heard_by(lambda: self._part(other)):
                yield
        finally:
            self._part(other)

    def _part(self, other: Audience) -> None:
        with self._lock:
            self._others.discard(other)
        self._note()

    def _note(self) -> None:
        """Tell the listeners, once, when nobody waits any more."""
        with self._lock:
            if self._gone or not self._left or self._others:
                return
            self._gone = True
            listeners = list(self._listeners)
        for listener in listeners:
            listener()

    @contextmanager
    def heard_by(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call `listener` when the audience is gone, inside the block or before."""
        with self._lock:
            self._listeners.append(listener)
        try:
            if self._gone:
                listener()
            yield
        finally:
            with self._lock:
                self._listeners.remove(listener)


# Of the thread: what is computed for somebody passes through many hands that need not know whom.
_current: ContextVar[Audience] = ContextVar("audience")


def current_audience() -> Audience:
    """Return the audience of this thread's work; where none was named, one that never leaves."""
    return _current.get(Audience())


@contextmanager
def work_for(audience: Audience) -> Iterator[None]:
    """Work for `audience` inside the block."""
    token = _current.set(audience)
    try:
        yield
    finally:
        _current.reset(token)
