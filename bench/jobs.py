"""Jobs: articles an hour of one worker and of two, what an article costs, memory of an upload.

`python -m bench.jobs` measures it all and writes the sizing of deploy/README.md.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import textwrap
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from bench.articles import write_article
from bench.figures import Figure, write_table
from bench.server import ROOT, Server
from bench.sizing import Cost, Sizing, write_sizing
from bench.workers import WorkerProcess, read_cpu_seconds
from tests.redis_server import RedisServer

WORDS, ARTICLES, ROUNDS = 400, 320, 3
UPLOAD_ARTICLES, UPLOAD_BOUND_MEGABYTES = 10_000, 200
_LARGE_CHARACTERS = 25_000
_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Run:
    """A job: its seconds, those of its workers' cores and of the web process, and other costs."""

    seconds: float
    worker_seconds: float
    web_seconds: float
    worker_megabytes: float
    web_megabytes: float
    result_bytes: int
    redises: dict[str, Cost]


@dataclass(frozen=True)
class Counts:
    """What a Redis has counted so far."""

    commands: int
    bytes_moved: int
    cpu_seconds: float
    memory: int

    @classmethod
    def read(cls, server: RedisServer) -> Counts:
        """Ask for it."""
        with server.client() as client:
            info: dict[str, Any] = client.info("everything")
        return cls(
            info["total_commands_processed"],
            info["total_net_input_bytes"] + info["total_net_output_bytes"],
            info["used_cpu_user"] + info["used_cpu_sys"],
            info["used_memory"],
        )


def _write_lines(texts: Iterable[str]) -> bytes:
    lines = (json.dumps({"id": str(i), "text": text}) for i, text in enumerate(texts))
    return "\n".join(lines).encode()


def _post(server: Server, body: bytes, media_type: str, path: str = "/v1/jobs") -> str:
    """Send a job; returns its path."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=300)
    connection.request("POST", path, body, {"Content-Type": media_type})
    response = connection.getresponse()
    answer = json.loads(response.read())
    if response.status != 202:
        raise RuntimeError(f"{response.status}: {answer.get('detail')}")
    return f"/v1/jobs/{answer['id']}"


@contextmanager
def _open_redis() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Fleet:
    """A web process, two Redises, and workers that are pinned to a core each."""

    def __init__(self, workers: int) -> None:
        self._count = workers

    def __enter__(self) -> Fleet:
        self._stack = ExitStack()
        self.cache, self.jobs = (self._stack.enter_context(_open_redis()) for _ in range(2))
        settings = {"REDIS_URL": self.cache.url, "PRECIS_JOBS_URL": self.jobs.url}
        self._web = self._stack.enter_context(Server(**settings))
        self._workers = [
            self._stack.enter_context(WorkerProcess(("taskset", "-c", str(core)), **settings))
            for core in range(self._count)
        ]
        while not all(worker.is_ready for worker in self._workers):
            time.sleep(_POLL_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def work(self, body: bytes) -> Run:
        """Have a job done, and read its results."""
        before, worked, served = self._count_all(), self._read_cpu_seconds(), self._serve_seconds()
        started = time.perf_counter()
        path = _post(self._web, body, "application/x-ndjson", "/v1/jobs?targets=fr")
        queued, taken_in = Counts.read(self.jobs), self._serve_seconds()
        polls = self._wait(path)
        seconds, asked = time.perf_counter() - started, self._serve_seconds()
        results = self._web.connect().read(f"{path}/results")
        after = self._count_all()
        after["jobs"] = replace(after["jobs"], commands=after["jobs"].commands - polls)
        return Run(
            seconds,
            self._read_cpu_seconds() - worked,
            self._serve_seconds() - asked + taken_in - served,  # without our own questions between
            max(_read_megabytes(worker.pid) for worker in self._workers),
            self._web.resident_megabytes(),
            len(results.encode()),
            {
                "jobs": _compare(before["jobs"], queued, after["jobs"]),
                # Nothing is queued there; its workers have begun by now.
                "cache": _compare(before["cache"], before["cache"], after["cache"]),
            },
        )

    def _count_all(self) -> dict[str, Counts]:
        return {"jobs": Counts.read(self.jobs), "cache": Counts.read(self.cache)}

    def _read_cpu_seconds(self) -> float:
        return sum(read_cpu_seconds(worker.pid) for worker in self._workers)

    def _serve_seconds(self) -> float:
        return read_cpu_seconds(self._web.worker_pid())

    def _wait(self, path: str) -> int:
        """Ask until a job is done; returns how often."""
        client, polls = self._web.connect(), 0
        while True:
            state, polls = json.loads(client.read(path)), polls + 1
            if state["failed"]:
                raise RuntimeError("articles failed")
            if state["status"] == "done":
                return polls
            time.sleep(_POLL_SECONDS)


def _compare(before: Counts, queued: Counts, after: Counts) -> Cost:
    return Cost(
        (after.commands - before.commands) / ARTICLES,
        (after.bytes_moved - before.bytes_moved) / ARTICLES,
        (after.cpu_seconds - before.cpu_seconds) / ARTICLES,
        (queued.memory - before.memory) / ARTICLES,
        (after.memory - before.memory) / ARTICLES,
    )


def measure_workers() -> tuple[Figure, list[Run]]:
    """Measure one worker and two, in turn; returns the runs of one, too."""
    runs: dict[int, list[Run]] = {1: [], 2: []}
    for number in range(ROUNDS):
        for workers, own in runs.items():
            texts = (write_article(WORDS, f"jobs {number} {n}") for n in range(ARTICLES))
            with Fleet(workers) as fleet:
                own.append(fleet.work(_write_lines(texts)))
            run, load = own[-1], os.getloadavg()[0]
            print(
                f"{workers} at work: {run.seconds:.1f} s, {run.worker_seconds:.1f} s of cores, "
                f"load {load:.1f}",
                flush=True,
            )
    one, two = (
        ARTICLES / statistics.median(run.seconds for run in own) * 3600 for own in runs.values()
    )
    name = f"articles of {WORDS} words with French, two workers pinned to a core each"
    return Figure(name, two, "one worker", one, "an hour", "≥ 1.8"), runs[1]


def _write_uploads() -> Iterator[tuple[str, str, bytes]]:
    """Yield name, media type and body of uploads of ten thousand articles."""
    texts = [write_article(WORDS, f"upload {n}") for n in range(UPLOAD_ARTICLES // 20)] * 20
    yield "as lines", "application/x-ndjson", _write_lines(texts)
    articles = [{"id": str(n), "text": text} for n, text in enumerate(texts)]
    yield "as one document", "application/json", json.dumps({"articles": articles}).encode()
    large = " ".join(texts)
    last = len(large) - _LARGE_CHARACTERS
    pieces = (large[n * 977 % last :][:_LARGE_CHARACTERS] for n in range(UPLOAD_ARTICLES))
    yield "as lines, near the limit", "application/x-ndjson", _write_lines(pieces)


def _read_megabytes(pid: int, field: str = "VmRSS") -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition(f"{field}:")[2].split()[0]) / 1024


def measure_upload() -> list[Figure]:
    """Measure what an upload adds to a web process at rest, at the most (Linux)."""
    figures = []
    for name, media_type, body in _write_uploads():
        with _open_redis() as redis_server, Server(REDIS_URL=redis_server.url) as server:
            time.sleep(1)
            rest, pid = server.resident_megabytes(), server.worker_pid()
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak begins anew
            _post(server, body, media_type)
            added = _read_megabytes(pid, "VmHWM") - rest
        name = f"memory for {UPLOAD_ARTICLES} articles, {len(body) / 1e6:.0f} MB, {name}"
        figures.append(Figure(name, added, "bound", UPLOAD_BOUND_MEGABYTES, "MB", "≤ 1"))
    return figures


def _read_hits() -> float:
    """Return known answers a second of a core, from the last `make bench`."""
    results = json.loads((ROOT / "bench" / "results.json").read_text(encoding="utf-8"))
    rows = (row for row in results["figures"] if row["name"].startswith("known answers"))
    return float(next(rows)["value"]) / int(results["machine"]["cores"])


def make_sizing(runs: list[Run]) -> Sizing:
    """Return what articles cost, in the middle of the runs of one worker."""
    middle = sorted(runs, key=lambda run: run.worker_seconds)[len(runs) // 2]
    return Sizing(
        middle.worker_seconds / ARTICLES,
        middle.web_seconds / ARTICLES,
        middle.worker_megabytes,
        middle.web_megabytes,
        middle.result_bytes / ARTICLES,
        _read_hits(),
        middle.redises,
    )


def write_part(figures: list[Figure], sizing: Sizing, load: float) -> None:
    """Write the part of deploy/README.md between its marks."""
    begin, end = "<!-- begin sizing -->", "<!-- end sizing -->"
    intro = (
        f"By `python -m bench.jobs` on {date.today()}, {os.cpu_count()} cores, at a load of "
        f"{load:.1f} before. Articles have {WORDS} words, no two sentences alike; asked for are "
        "both summaries and French, in the embedded profile."
    )
    path = ROOT / "deploy" / "README.md"
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    part = "\n\n".join(
        [begin, textwrap.fill(intro, 100), write_table(figures), write_sizing(sizing), end]
    )
    path.write_text(before + part + rest.partition(end)[2], encoding="utf-8")


def main() -> None:
    """Measure, print and write."""
    load = os.getloadavg()[0]
    uploads = measure_upload()
    workers, runs = measure_workers()
    print(write_table([workers, *uploads]))
    write_part([workers, *uploads], make_sizing(runs), load)


if __name__ == "__main__":
    main()
