"""Threads of engines give way: who holds the interpreter must not lose its core to them."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")

# An engine computes for long on every core. A thread of Python that the kernel stops in favour of
# one keeps all others from the interpreter meanwhile.
_NICER = 5


def open_behind(make: Callable[[], Result]) -> Result:
    """Return what `make` returns; the threads that it starts give way to the process's others.

    On Linux the niceness is a thread's own, and passed on to those that it starts.
    """
    with ThreadPoolExecutor(1, initializer=_give_way) as opener:
        return opener.submit(make).result()


def _give_way() -> None:
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):  # not allowed where system calls are filtered
            os.setpriority(
                os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _NICER
            )
