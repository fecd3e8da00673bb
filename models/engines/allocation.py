"""Allocation: has the C library give freed memory back to the system."""

from __future__ import annotations

import ctypes
import platform
import threading
import time

_PERIOD_SECONDS = 10.0
# What a process uses that only waits.
_RESTING_SECONDS = 0.1


def give_memory_back(period_seconds: float = _PERIOD_SECONDS) -> threading.Thread | None:
    """Trim the heap every `period_seconds` of work, in a thread; `None` without glibc.

    glibc raises its threshold for giving memory back as large blocks come and go, and the working
    space of engines does: what a busy minute needed would stay. A low threshold of its own costs
    far more, for each batch then faults its pages in anew.
    """
    if platform.libc_ver()[0] != "glibc":
        return None
    trimmer = threading.Thread(target=_trim, args=(period_seconds,), name="trim", daemon=True)
    trimmer.start()
    return trimmer


def _trim(period_seconds: float) -> None:
    library = ctypes.CDLL(None)
    used = time.process_time()
    while True:
        time.sleep(period_seconds)
        before, used = used, time.process_time()
        if used - before > _RESTING_SECONDS:
            library.malloc_trim(0)
