"""Jobs: articles an hour of one worker and of two, what each costs Redis, memory of an upload.

`python -m bench.jobs` prints it all, with the arithmetic of deploy/README.md: what so many workers
ask of Redis, and where its one core is full.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.articles import write_article
from bench.figures import Figure, write_table
from bench.server import Server
from bench.workers import WorkerProcess
from tests.redis_server import RedisServer

WORDS, ARTICLES, ROUNDS = 400, 320, 3
UPLOAD_ARTICLES, UPLOAD_BOUND_MEGABYTES = 10_000, 200
FLEETS = (1, 10, 100, 1000)
_LARGE_CHARACTERS = 25_000
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Cost:
    """What an article costs a Redis."""

    commands: float
    bytes_moved: float
    cpu_seconds: float
    bytes_queued: float
    bytes_kept: float


@dataclass(frozen=True)
class Run:
    """A job: its seconds, those that its workers used of their cores, what an article cost."""

    seconds: float
    cpu_seconds: float
    jobs: Cost
    cache: Cost


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
        """Have a job done."""
        servers = (self.jobs, self.cache)
        before, busy = [Counts.read(server) for server in servers], self._read_cpu_seconds()
        started = time.perf_counter()
        path = _post(self._web, body, "application/x-ndjson", "/v1/jobs?targets=fr")
        queued = [Counts.read(server) for server in servers]
        polls = self._wait(path)
        seconds = time.perf_counter() - started
        after = [Counts.read(server) for server in servers]
        costs = [
            Cost(
                (end.commands - begin.commands - polls * (server is self.jobs)) / ARTICLES,
                (end.bytes_moved - begin.bytes_moved) / ARTICLES,
                (end.cpu_seconds - begin.cpu_seconds) / ARTICLES,
                (middle.memory - begin.memory) / ARTICLES,
                (end.memory - begin.memory) / ARTICLES,
            )
            for server, begin, middle, end in zip(servers, before, queued, after, strict=True)
        ]
        return Run(seconds, self._read_cpu_seconds() - busy, *costs)

    def _read_cpu_seconds(self) -> float:
        return sum(worker.read_cpu_seconds() for worker in self._workers)

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


def measure_workers() -> tuple[Figure, list[Run]]:
    """Measure one worker and two, in turn; returns the runs of one, too."""
    runs: dict[int, list[Run]] = {1: [], 2: []}
    for number in range(ROUNDS):
        for workers, own in runs.items():
            texts = (write_article(WORDS, f"jobs {number} {n}") for n in range(ARTICLES))
            with Fleet(workers) as fleet:
                own.append(fleet.work(_write_lines(texts)))
            print(f"{workers} at work: {own[-1].seconds:.1f} s, load {os.getloadavg()[0]:.1f}")
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


def _read_peak_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def measure_upload() -> list[Figure]:
    """Measure what an upload adds to a web process at rest, at the most (Linux)."""
    figures = []
    for name, media_type, body in _write_uploads():
        with _open_redis() as redis_server, Server(REDIS_URL=redis_server.url) as server:
            time.sleep(1)
            rest, pid = server.resident_megabytes(), server.worker_pid()
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak begins anew
            _post(server, body, media_type)
            added = _read_peak_megabytes(pid) - rest
        name = f"memory for {UPLOAD_ARTICLES} articles, {len(body) / 1e6:.0f} MB, {name}"
        figures.append(Figure(name, added, "bound", UPLOAD_BOUND_MEGABYTES, "MB", "≤ 1"))
    return figures


def _write_costs(rate: float, costs: dict[str, Cost]) -> str:
    """Return what an article costs, and what fleets of workers of a core each would ask for."""
    lines = [
        "| Redis | commands | kB moved | ms of its core | bytes queued | bytes kept |",
        "|---|---|---|---|---|---|",
    ]
    for name, cost in costs.items():
        lines.append(
            f"| {name} | {cost.commands:.1f} | {cost.bytes_moved / 1000:.1f} "
            f"| {cost.cpu_seconds * 1000:.2f} | {cost.bytes_queued:.0f} | {cost.bytes_kept:.0f} |"
        )
    lines += [
        "",
        "| workers | articles a second | "
        + " | ".join(f"{name}: commands a second, MB/s, share of a core" for name in costs)
        + " |",
        "|---|---|" + "---|" * len(costs),
    ]
    for workers in FLEETS:
        pace = workers * rate
        cells = (
            f"{pace * cost.commands:.0f}, {pace * cost.bytes_moved / 1e6:.1f}, "
            f"{pace * cost.cpu_seconds:.0%}"
            for cost in costs.values()
        )
        lines.append(f"| {workers} | {pace:.0f} | " + " | ".join(cells) + " |")
    full = {name: 1 / cost.cpu_seconds / rate for name, cost in costs.items()}
    told = ", ".join(f"{name} at {workers:.0f} workers" for name, workers in full.items())
    return "\n".join([*lines, "", f"A core of Redis is full: {told}."])


def main() -> None:
    """Measure and print."""
    uploads = measure_upload()
    print(write_table(uploads), flush=True)
    workers, runs = measure_workers()
    busy = statistics.median(run.cpu_seconds for run in runs)
    rate = ARTICLES / busy
    print(
        write_table([workers]), f"{rate * 3600:.0f} articles an hour of a core's time.", sep="\n\n"
    )
    print(_write_costs(rate, {"jobs": runs[-1].jobs, "cache": runs[-1].cache}))


if __name__ == "__main__":
    main()
