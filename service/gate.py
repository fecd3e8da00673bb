"""The gate: how many requests are worked on at once, and how many wait for their turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from models.protocols import DeadlineExceeded, Overloaded


class Gate:
    """Has `places` for requests that are worked on; `waiting` more may stand before it."""

    def __init__(self, places: int = 32, waiting: int = 256) -> None:
        self._places = threading.BoundedSemaphore(places)
        self._room = threading.BoundedSemaphore(places + waiting)

    @contextmanager
    def enter(self, deadline: float) -> Iterator[None]:
        """Hold a place inside the block; `deadline` is in the clock of `time.monotonic()`.

        Raises `Overloaded` where too many wait already, `DeadlineExceeded` where no turn came.
        """
        if not self._room.acquire(blocking=False):
            raise Overloaded("Too many requests are waiting; try again later.")
        try:
            if not self._places.acquire(timeout=max(0.0, deadline - time.monotonic())):
                raise DeadlineExceeded("No turn came in time.")
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._room.release()
