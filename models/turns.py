"""Turns: how many threads compute in Python at once, and which of them goes first."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from models.protocols import DeadlineExceeded

Item = TypeVar("Item")

# The interpreter works for one thread at a time. Of many that want it each waits for all the others
# at every step, even who only answers `/livez`. With two a large article holds up no small one.
TURNS = 2

# Work gives way to what is so many times smaller; among articles of a kind it would only be delay.
_MUCH_SMALLER = 4
# After so long it may have to, and then for so many times as long: a fifth of the time stays its
# own, however many small articles come.
_SLICE_SECONDS = 0.005
_PATIENCE = 4


@dataclass(eq=False)
class _Work:
    """What a thread computes in its turns, how large it is, and since when without a pause."""

    turns: Turns
    size: int
    since: float
    holds: bool = True


_own = threading.local()


def _own_work() -> _Work | None:
    return getattr(_own, "work", None)


def in_turns(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items of a long loop; between them threads with much smaller work may go first.

    For a bounded time, and only where this thread takes turns.
    """
    for item in items:
        if (work := _own_work()) is not None:
            work.turns.pause(work)
        yield item


class Turns:
    """Lets `number` threads compute; who waits, for the engine say, leaves its turn to others."""

    def __init__(self, number: int = TURNS) -> None:
        self._free = threading.Semaphore(number)
        self._changed = threading.Condition()
        self._sizes: list[int] = []
        self._smallest = 0

    @contextmanager
    def taken(self, size: int = 0, deadline: float | None = None) -> Iterator[None]:
        """Hold a turn inside the block, for work of a `size` in characters.

        Raises `DeadlineExceeded` where none is free by `deadline`, in the clock of
        `time.monotonic()`.
        """
        before = _own_work()
        self._list(size)
        try:
            wait = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not self._free.acquire(timeout=wait):
                raise DeadlineExceeded("No turn came in time.")
            _own.work = work = _Work(self, size, time.monotonic())
            try:
                yield
            finally:
                _own.work, work.holds = before, False
                self._free.release()
        finally:
            self._strike(size)

    @contextmanager
    def left(self) -> Iterator[None]:
        """Be without the turn inside the block; nothing changes for a thread that has none."""
        work = _own_work()
        if work is None or work.turns is not self or not work.holds:
            yield
            return
        work.holds = False
        self._free.release()
        try:
            yield
        finally:
            self._free.acquire()
            work.holds, work.since = True, time.monotonic()

    def pause(self, work: _Work) -> None:
        """Leave the turn of `work` for a while if there is much smaller work."""
        if not self._is_large(work):
            return
        worked = time.monotonic() - work.since
        if worked < _SLICE_SECONDS:
            return
        with self.left(), self._changed:
            self._changed.wait_for(lambda: not self._is_large(work), _PATIENCE * worked)

    def _is_large(self, work: _Work) -> bool:
        return work.size > _MUCH_SMALLER * self._smallest

    def _list(self, size: int) -> None:
        with self._changed:
            self._sizes.append(size)
            self._smallest = min(self._sizes)

    def _strike(self, size: int) -> None:
        with self._changed:
            self._sizes.remove(size)
            self._smallest = min(self._sizes, default=0)
            self._changed.notify_all()
