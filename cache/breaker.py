"""The breaker: what is away is asked now and then, not by every request."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0


def tell_nobody(_name: str, _open: bool) -> None:
    """Stand in for an observer."""


class Breaker:
    """Lets calls through until one fails; then one every `retry_seconds`, until one succeeds.

    `observe` is told the name and whether it is open, at the start and at each change.
    """

    def __init__(
        self,
        name: str,
        retry_seconds: float = RETRY_SECONDS,
        observe: Callable[[str, bool], None] = tell_nobody,
    ) -> None:
        self._name = name
        self._retry_seconds = retry_seconds
        self._observe = observe
        self._lock = threading.Lock()
        self._open = False
        self._retry_at = 0.0
        observe(name, False)

    def admits(self) -> bool:
        """Tell whether to try now; while open, one caller at a time is let through to probe."""
        with self._lock:
            if not self._open:
                return True
            if time.monotonic() < self._retry_at:
                return False
            self._retry_at = time.monotonic() + self._retry_seconds
            return True

    def note_failure(self, error: Exception) -> None:
        """Open; the first time with a line in the log."""
        with self._lock:
            changed, self._open = not self._open, True
            self._retry_at = time.monotonic() + self._retry_seconds
        if changed:
            log.warning("%s is away, serving without it: %s", self._name, type(error).__name__)
            self._observe(self._name, True)

    def note_success(self) -> None:
        """Close, with a line in the log where it was open."""
        with self._lock:
            changed, self._open = self._open, False
        if changed:
            log.warning("%s is back", self._name)
            self._observe(self._name, False)
