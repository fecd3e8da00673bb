"""Start: from the command to `/readyz`, against importing the two libraries behind it."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

from bench.figures import Figure
from bench.server import Server

ROUNDS = 5


def _time_imports(environment: dict[str, str]) -> float:
    command = [sys.executable, "-c", "import ctranslate2, transformers"]
    started = time.perf_counter()
    subprocess.run(command, check=True, env=environment, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def _time_start(settings: dict[str, str]) -> float:
    with Server(**settings) as server:
        return server.seconds_to_ready


def measure() -> list[Figure]:
    """Return the figure; bytecode is compiled before, as it is after any first start."""
    with tempfile.TemporaryDirectory() as folder:
        bytecode = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}
        _time_start(bytecode)
        _time_imports(os.environ | bytecode)
        rounds = [
            (_time_start(bytecode), _time_imports(os.environ | bytecode)) for _ in range(ROUNDS)
        ]
    ready, imports = (statistics.median(column) for column in zip(*rounds, strict=True))
    against = "`import ctranslate2, transformers`"
    return [Figure("start to `/readyz`, embedded", ready, against, imports, "s", "≤ 1.5")]
