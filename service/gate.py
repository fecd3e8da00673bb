"""The gate: how many requests are worked on at once, and how many wait for their turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from models.protocols import DeadlineExceeded, Overloaded
from models.turns import Turns


class Gate:
    """Has `places` for requests that are worked on; `waiting` more may stand before it.

    As many again may follow: wait for what another request computes.

    Who is inside computes only when it has one of the `turns`, where there are any.
    """

    def __init__(self, places: int = 32, waiting: int = 256, turns: Turns | None = None) -> None:
        self._turns = turns
        self._places = threading.BoundedSemaphore(places)
        self._room = threading.BoundedSemaphore(places + waiting)
        self._followers = threading.BoundedSemaphore(max(1, waiting))

    def take_turn(self, deadline: float, size: int = 0) -> AbstractContextManager[None]:
        """Hold a turn inside the block, for what needs no place; see `enter`."""
        return self._turns.taken(size, deadline) if self._turns else nullcontext()

    @contextmanager
    def follow(self) -> Iterator[None]:
        """Be counted, inside the block, among those who wait for another request's answer.

        Raises `Overloaded` where there are too many: each holds a thread.
        """
        if not self._followers.acquire(blocking=False):
            raise Overloaded("Too many requests are waiting; try again later.")
        try:
            yield
        finally:
            self._followers.release()

    @contextmanager
    def enter(self, deadline: float, size: int = 0) -> Iterator[None]:
        """Hold a place inside the block; `deadline` is in the clock of `time.monotonic()`.

        Work of a large `size`, in characters, gives way to much smaller work. Raises `Overloaded`
        where too many wait already, `DeadlineExceeded` where no turn came.
        """
        if not self._room.acquire(blocking=False):
            raise Overloaded("Too many requests are waiting; try again later.")
        try:
            if not self._places.acquire(timeout=max(0.0, deadline - time.monotonic())):
                raise DeadlineExceeded("No turn came in time.")
            try:
                with self.take_turn(deadline, size):
                    yield
            finally:
                self._places.release()
        finally:
            self._room.release()
