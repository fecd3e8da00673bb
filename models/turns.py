"""Turns: how many threads compute in Python at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# The interpreter works for one thread at a time. Of many that want it each waits for all the others
# at every step, even who only answers `/livez`. With two a large article holds up no small one.
TURNS = 2


class Turns:
    """Lets `number` threads compute; who waits, for the engine say, leaves its turn to others."""

    def __init__(self, number: int = TURNS) -> None:
        self._free = threading.Semaphore(number)
        self._own = threading.local()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold a turn inside the block."""
        self._free.acquire()
        self._own.held = True
        try:
            yield
        finally:
            self._own.held = False
            self._free.release()

    @contextmanager
    def left(self) -> Iterator[None]:
        """Be without the turn inside the block; nothing changes for a thread that has none."""
        if not getattr(self._own, "held", False):
            yield
            return
        self._free.release()
        try:
            yield
        finally:
            self._free.acquire()
