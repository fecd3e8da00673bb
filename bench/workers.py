"""A worker process for the benchmarks and the tests: what `make worker` runs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from bench.server import ROOT
from service.broker import PULSE


class WorkerProcess:
    """`python -m service.job_worker`, ended gently at the end of the block.

    `prefix` may pin it, `module` be another worker.
    """

    def __init__(
        self, prefix: Sequence[str] = (), module: str = "service.job_worker", **settings: str
    ) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._environment = os.environ | {"TMPDIR": self._folder.name} | settings
        self._command = [*prefix, sys.executable, "-m", module]

    def __enter__(self) -> WorkerProcess:
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(120)
        self._folder.cleanup()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def is_ready(self) -> bool:
        """Whether it has begun to hear the queue."""
        return (Path(self._folder.name) / PULSE.name).exists()

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.wait()


def read_cpu_seconds(pid: int) -> float:
    """Return what a process has used of the cores so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
