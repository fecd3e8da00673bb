"""What was needed for a while goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.server import ROOT
from service.allocation import GLIBC_TUNABLES

# Blocks too small for pages of their own, all but the last of them freed: the heap cannot shrink.
_SCRIPT = """
import sys, time
from service.allocation import give_memory_back
def resident():
    line = next(l for l in open("/proc/self/status") if l.startswith("VmRSS"))
    return int(line.split()[1]) // 1024
if sys.argv[1] == "trimmed":
    give_memory_back(0.2)
blocks = [b"x" * 64_000 for _ in range(3_000)]
most = resident()
del blocks[:-1]
until = time.monotonic() + (20 if sys.argv[1] == "trimmed" else 1)
while resident() > most - 100 and time.monotonic() < until:
    sum(range(100_000))
print(most - resident())
"""


@pytest.mark.parametrize(("kind", "returned"), [("trimmed", True), ("untrimmed", False)])
def test_freed_memory_goes_back_to_the_system(kind: str, returned: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, kind], check=True, capture_output=True, text=True
    )
    assert (int(done.stdout) >= 100) == returned


@pytest.mark.parametrize("file", ["Makefile", "Dockerfile"])
def test_it_is_started_with_the_tunables_that_the_benchmarks_measure(file: str) -> None:
    assert GLIBC_TUNABLES in (ROOT / file).read_text(encoding="utf-8")
