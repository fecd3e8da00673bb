"""The audience: whether anybody still waits for what a thread works out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Audience:
    """Who waits for a result, until it leaves."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._gone = False

    @property
    def is_gone(self) -> bool:
        return self._gone

    def leave(self) -> None:
        """Tell that nobody waits any more."""
        with self._lock:
            self._gone = True
            listeners = list(self._listeners)
        for listener in listeners:
            listener()

    @contextmanager
    def heard_by(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call `listener` if the audience leaves inside the block, or has left before."""
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
    """Return the audience of this thread's work; one that never leaves where none was named."""
    return _current.get(Audience())


@contextmanager
def work_for(audience: Audience) -> Iterator[None]:
    """Work for `audience` inside the block."""
    token = _current.set(audience)
    try:
        yield
    finally:
        _current.reset(token)
