"""The breaker: what is away is asked now and then, not by every request."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

RETRY_SECONDS = 2.0
# An answer that takes this long is late; late ones in a row may take so long together.
LATE_SECONDS = 0.025
PATIENCE_SECONDS = 0.08


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
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._name = name
        self._retry_seconds = retry_seconds
        self._observe = observe
        self._lock = threading.Lock()
        self._open = False
        self._retry_at = 0.0
        self._patience_seconds = patience_seconds
        self._late_seconds = 0.0
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
            self._late_seconds = 0.0
        if changed:
            log.warning("%s is away, serving without it: %s", self._name, type(error).__name__)
            self._observe(self._name, True)

    def note_success(self, seconds: float = 0.0) -> None:
        """Close, with a line in the log where it was open; or open after several slow answers."""
        late = seconds > LATE_SECONDS and not _is_busy()
        with self._lock:
            self._late_seconds = self._late_seconds + seconds if late else 0.0
            too_slow = self._late_seconds > self._patience_seconds or (self._open and late)
            changed = self._open and not too_slow
            self._open = self._open and not changed
        if too_slow:
            self.note_failure(TimeoutError())
        if changed:
            log.warning("%s is back", self._name)
            self._observe(self._name, False)


def _is_busy() -> bool:
    """Tell whether this process itself is late: then the answer may have waited for it.

    To give up the cache under load would make more load.
    """
    for _ in range(3):
        started = time.monotonic()
        time.sleep(0.001)
        if time.monotonic() - started > 0.005:
            return True
    return False
