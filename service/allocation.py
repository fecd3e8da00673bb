"""Allocation: has the C library give freed memory back to the system."""

from __future__ import annotations

import ctypes
import platform
import threading
import time
from collections.abc import Callable

PERIOD_SECONDS = 10.0
# Of the environment that a process starts in (`make serve`, the image): no thread keeps freed
# blocks for itself. Each of the hundreds would hold a few dozen kilobytes that it once needed.
GLIBC_TUNABLES = "glibc.malloc.tcache_count=0"
# mallopt's name in glibc's malloc.h, and as many as compute at once.
_M_ARENA_MAX, _ARENAS = -8, 2
# What a process uses that only waits.
_RESTING_SECONDS = 0.1


def give_memory_back(period_seconds: float = PERIOD_SECONDS) -> threading.Thread | None:
    """Trim the heap every `period_seconds` of work, in a thread; `None` without glibc.

    glibc raises its threshold for giving memory back as large blocks come and go, and the working
    space of engines does: what a busy minute needed would stay. A low threshold of its own costs
    far more, for each batch then faults its pages in anew. Hundreds of threads share few arenas,
    for what is free in one is of no use to the others.
    """
    if platform.libc_ver()[0] != "glibc":
        return None
    library = ctypes.CDLL(None)
    library.mallopt(_M_ARENA_MAX, _ARENAS)
    arguments = (library.malloc_trim, period_seconds)
    trimmer = threading.Thread(target=_trim, args=arguments, name="trim", daemon=True)
    trimmer.start()
    return trimmer


def _trim(trim: Callable[[int], int], period_seconds: float) -> None:
    used = time.process_time()
    while True:
        time.sleep(period_seconds)
        before, used = used, time.process_time()
        if used - before > _RESTING_SECONDS:
            trim(0)
