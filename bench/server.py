"""A running service for the benchmarks: the README's own command, on a free port of loopback."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from service.allocation import GLIBC_TUNABLES

ROOT = Path(__file__).parent.parent
START_LIMIT_SECONDS = 120
_ANSWERS = re.compile(r'precis_answers_total\{cache="(?P<cache>\w+)",kind="\w+"\} (?P<count>\S+)')


def find_free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """gunicorn with the project's own configuration; `seconds_to_ready` is how long it took.

    `app` is another application than the service, for comparison; `prefix` may run it elsewhere.
    """

    def __init__(self, app: str | None = None, prefix: Sequence[str] = (), **settings: str) -> None:
        self.host, self.port = settings.get("PRECIS_HOST", "127.0.0.1"), find_free_port()
        self.url = f"http://{self.host}:{self.port}"
        self._folder = tempfile.TemporaryDirectory()
        cache = {
            "PORT": str(self.port),
            "PRECIS_HOST": "127.0.0.1",
            "PRECIS_CACHE_DIRECTORY": self._folder.name,
        }
        tunables = {"GLIBC_TUNABLES": GLIBC_TUNABLES}  # as `make serve` and the image do
        self._environment = tunables | os.environ | cache | settings
        self._command = [*prefix, sys.executable, "-m", "gunicorn", *([app] if app else [])]
        self.seconds_to_ready = 0.0

    def __enter__(self) -> Server:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()
        self._folder.cleanup()

    def restart(self) -> None:
        """End it gently and start it again, on the same port."""
        self._stop()
        self._start()

    def _start(self) -> None:
        started = time.perf_counter()
        self.process = subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stderr=subprocess.DEVNULL
        )
        self._wait(started + START_LIMIT_SECONDS)
        self.seconds_to_ready = time.perf_counter() - started

    def _stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)

    def _wait(self, limit: float) -> None:
        while time.perf_counter() < limit:
            if self.process.poll() is not None:
                raise RuntimeError("gunicorn ended; run `make serve` to see why")
            if self._is_ready():
                return
            time.sleep(0.02)
        raise RuntimeError(f"the service was not ready within {START_LIMIT_SECONDS} s")

    def _is_ready(self) -> bool:
        try:
            return self.connect().get("/readyz") == 200
        except OSError:
            return False

    def connect(self) -> Client:
        """Open a keep-alive connection."""
        return Client(self.port, self.host)

    def worker_pid(self) -> int:
        """Return the id of the worker process, 0 where there is none at the moment (Linux)."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return int((children.split() or ["0"])[0])

    def count_answers(self, *states: str) -> int:
        """Return how many answers the service counted, all or those of some cache states."""
        lines = self.connect().read("/metrics").splitlines()
        found = [_ANSWERS.fullmatch(line) for line in lines]
        counts = [(match["cache"], float(match["count"])) for match in found if match]
        return int(sum(count for cache, count in counts if not states or cache in states))

    def resident_megabytes(self) -> float:
        """Return the resident memory of the worker process (Linux)."""
        status = Path(f"/proc/{self.worker_pid()}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


class Client:
    """One keep-alive connection."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=300)

    def get(self, path: str) -> int:
        """Return the status."""
        self._connection.request("GET", path)
        response = self._connection.getresponse()
        response.read()
        return response.status

    def read(self, path: str) -> str:
        """Return the body of an answer."""
        self._connection.request("GET", path)
        return self._connection.getresponse().read().decode()

    def summarise(self, text: str, **options: object) -> tuple[float, dict[str, Any]]:
        """Return the seconds that a summaries request took, and its answer."""
        body = json.dumps({"text": text, **options})
        started = time.perf_counter()
        self._connection.request(
            "POST", "/v1/summaries", body, {"Content-Type": "application/json"}
        )
        response = self._connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {answer.get('detail')}")
        return time.perf_counter() - started, answer
