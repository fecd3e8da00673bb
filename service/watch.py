"""The watch: how long the engines have been at their batches, to tell of one that hangs."""

from __future__ import annotations

import threading
import time


class EngineWatch:
    """Is told of the batches that each thread gives to an engine.

    An engine that has been at one batch for `limit_seconds` is taken to hang.
    """

    def __init__(self, limit_seconds: float = 60.0) -> None:
        self._limit_seconds = limit_seconds
        self._since: dict[int, tuple[str, float]] = {}

    def note_begin(self, engine: str) -> None:
        """Note that this thread gives a batch to `engine`."""
        self._since[threading.get_ident()] = (engine, time.monotonic())

    def note_end(self) -> None:
        """Note that the batch of this thread has come back."""
        self._since.pop(threading.get_ident(), None)

    def measure_busy(self, engine: str) -> float:
        """Return for how many seconds `engine` has been at its oldest batch, 0 for none."""
        begun = [since for name, since in list(self._since.values()) if name == engine]
        return time.monotonic() - min(begun) if begun else 0.0

    def find_hanging(self) -> str | None:
        """Return what there is to say of an engine that hangs."""
        for engine in sorted({name for name, _ in list(self._since.values())}):
            seconds = self.measure_busy(engine)
            if seconds > self._limit_seconds:
                return f"{engine}: at one batch for {seconds:.0f} s"
        return None
