"""The long forms of the tests, `make soak`: some minutes, on loopback, ending by themselves.

Each measures one trouble, and the table of docs/reliability.md is written from what came out.
"""

from __future__ import annotations

import contextlib
import http.client
import logging
import multiprocessing
import os
import platform
import random
import signal
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from bench.server import Server
from cache.redis import RedisStore
from cache.single_flight import SingleFlight
from models.stubs import StubReader, StubSummariser, StubTranslator
from service.app import create_app
from service.context import LanguageModels
from service.pipeline import Pipeline
from service.settings import Settings
from service.telemetry import Metrics
from tests.faulty_redis import HARMS, FaultyRedis
from tests.redis_server import RedisServer

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "reliability.md"
ARTICLES = [p.read_text(encoding="utf-8") for p in sorted((ROOT / "seeds/articles").glob("en-*"))]
LOAD_CLIENTS, LOAD_SECONDS, PATIENCE_SECONDS = 200, 60, 150
PARTIAL_REQUESTS = (
    b"",
    b"POST /v1/summaries HTTP/1.1\r\nHost: x\r\nContent-Ty",
    b"POST /v1/summaries HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nOnce ",
    b"GET /docs/static/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n",
)


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    trouble: str
    made: str
    measured: str
    test: str


class Pulse:
    """Asks for `/livez` all the time, and keeps the longest wait.

    In a process of its own: among the clients' threads it would measure them.
    """

    def __init__(self, port: int) -> None:
        context = multiprocessing.get_context("fork")
        self._stopped = context.Event()
        self._told, teller = context.Pipe(duplex=False)
        self._process = context.Process(target=self._beat, args=(port, teller))

    def __enter__(self) -> Pulse:
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self.longest_seconds, self.failures = self._told.recv()
        self._process.join()

    def _beat(self, port: int, teller: Connection) -> None:
        longest, failures = 0.0, 0
        while not self._stopped.wait(0.2):
            started = time.monotonic()
            status = request(port, "GET", "/livez")[0]
            longest = max(longest, time.monotonic() - started)
            failures += status != "200"
        teller.send((longest, failures))


def request(port: int, method: str, path: str, body: str | None = None) -> tuple[str, float]:
    """Return what came of a request on a connection of its own, and its seconds."""
    started = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.connect()
    except OSError:
        return "refused", time.monotonic() - started
    try:
        headers = {"Content-Type": "text/plain"}
        connection.request(method, path, body and body.encode(), headers)
        response = connection.getresponse()
        response.read()
        late = response.status in (429, 503) and "Retry-After" not in response.headers
        return f"{response.status}{' without Retry-After' * late}", time.monotonic() - started
    except (OSError, http.client.HTTPException) as error:
        return f"lost ({type(error).__name__})", time.monotonic() - started
    finally:
        connection.close()


class Crowd:
    """Clients that send articles, half of them new, until they are told to stop."""

    def __init__(self, port: int, number: int) -> None:
        self.outcomes: Counter[str] = Counter()
        self._port = port
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(n,)) for n in range(number)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> Counter[str]:
        """Let each finish its request, and return what came of all."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        return self.outcomes

    def _work(self, name: int) -> None:
        chance = random.Random(name)
        while not self._stopped.is_set():
            number = chance.choice([chance.randrange(20), chance.randrange(10**9)])
            text = f"{chance.choice(ARTICLES)}\n\nThe ferry carried {number} people."
            outcome, _ = request(self._port, "POST", "/v1/summaries?lengths=short", text)
            self.outcomes[outcome] += 1
            if outcome != "200":
                self._stopped.wait(1)


def tell(outcomes: Counter[str]) -> str:
    return ", ".join(f"{n} × {outcome}" for outcome, n in sorted(outcomes.items()))


def harm_redis() -> Iterator[Row]:
    """Every fault of Redis, before a service of stubs: what a request waits, and the recovery."""
    logging.disable(logging.WARNING)
    server, numbers = RedisServer(), count()
    server.start()
    models = LanguageModels(StubReader(), StubSummariser(), StubTranslator())
    for name, harm in HARMS.items():
        with FaultyRedis(server.port) as proxy:
            metrics = Metrics()
            store = RedisStore(proxy.url, observe=metrics.note_breaker)
            pipeline = Pipeline(lambda: models, store, SingleFlight(store))
            settings = Settings(redis_url=proxy.url, rate_limit_per_minute=100_000)
            client = create_app(settings, pipeline, metrics).test_client()

            def ask(client=client) -> float:
                text = f"The ferry {next(numbers)} was late. It carried cars. Nobody was hurt."
                started = time.monotonic()
                assert client.post("/v1/summaries", json={"text": text}).status_code == 200
                return time.monotonic() - started

            def is_away(metrics=metrics) -> bool:
                samples = next(
                    m for m in metrics.registry.collect() if m.name == "precis_breaker_open"
                )
                return any(sample.value for sample in samples.samples)

            usual = statistics.median(ask() for _ in range(20))
            with harm(server, proxy):
                until, waits = time.monotonic() + 5, []
                while time.monotonic() < until:
                    waits.append(ask() - usual)
                    time.sleep(0.02)
            healed = time.monotonic()
            while is_away() and time.monotonic() < healed + 20:
                ask()
                time.sleep(0.02)
            recovery = time.monotonic() - healed
            store.close()
        yield Row(
            f"Redis: {name}",
            "`HARMS` in `tests/faulty_redis.py`, for 5 s",
            f"{len(waits)} requests, all 200; at most {max(0, max(waits)) * 1000:.0f} ms added, "
            f"{max(0, statistics.median(waits)) * 1000:.0f} ms in the middle; back after "
            f"{recovery:.1f} s",
            "tests/service/test_redis_faults.py::"
            "test_requests_succeed_it_is_said_once_and_recovers",
        )
    server.stop()
    logging.disable(logging.NOTSET)


def load() -> Iterator[Row]:
    """Two hundred clients for a minute, with a real Redis."""
    redis_server = RedisServer()
    redis_server.start()
    with Server(REDIS_URL=redis_server.url) as server:
        before = server.resident_megabytes()
        with Pulse(server.port) as pulse:
            crowd = Crowd(server.port, LOAD_CLIENTS)
            time.sleep(LOAD_SECONDS)
            outcomes = crowd.stop()
        after = server.resident_megabytes()
    redis_server.stop()
    yield Row(
        f"{LOAD_CLIENTS} clients at once",
        f"`load` in `tests/soak.py`: {LOAD_SECONDS} s of articles, half of them new",
        f"{tell(outcomes)}; `/livez` after {pulse.longest_seconds * 1000:.0f} ms at most, "
        f"{pulse.failures} failures; resident {before:.0f} MB before, {after:.0f} MB after",
        "tests/test_lifecycle.py::test_a_hundred_clients_at_once_get_answers_and_it_stays_alive",
    )


def hold_open(number: int, seconds: int = 30) -> Iterator[Row]:
    """Connections that say nothing, never end what they say, or never read."""
    with Server(REDIS_URL="") as server, contextlib.ExitStack() as opened:
        waits, outcomes = [], Counter[str]()
        for n in range(number):
            peer = opened.enter_context(socket.socket())
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.connect(("127.0.0.1", server.port))
            peer.sendall(PARTIAL_REQUESTS[n % len(PARTIAL_REQUESTS)])
        with Pulse(server.port) as pulse:
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                text = f"The bridge was closed at {time.monotonic()}. It was old."
                outcome, waited = request(server.port, "POST", "/v1/summaries", text)
                outcomes[outcome] += 1
                waits.append(waited)
    yield Row(
        f"{number} idle, half-open and unread connections",
        f"`hold_open` in `tests/soak.py`: a quarter each, for {seconds} s, no proxy",
        f"others: {tell(outcomes)}, {max(waits) * 1000:.0f} ms at most; "
        f"`/livez` after {pulse.longest_seconds * 1000:.0f} ms at most, {pulse.failures} failures",
        "tests/service/test_worker.py::"
        "test_two_hundred_connections_that_never_finish_hold_up_nobody",
    )


def end_under_load(times: int = 5) -> Iterator[Row]:
    """SIGTERM while clients send; who comes later is refused."""
    outcomes, seconds = Counter[str](), []
    for _ in range(times):
        with Server(REDIS_URL="") as server:
            crowd = Crowd(server.port, 16)
            time.sleep(3)
            started = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(60)
            seconds.append(time.monotonic() - started)
            outcomes += crowd.stop()
    yield Row(
        "SIGTERM under load",
        f"`end_under_load` in `tests/soak.py`: {times} times, 16 clients",
        f"{tell(outcomes)}; gone after {max(seconds):.1f} s at most",
        "tests/test_lifecycle.py::test_no_accepted_request_is_dropped_when_it_is_told_to_end",
    )


def kill_under_load(times: int = 3) -> Iterator[Row]:
    """SIGKILL to the worker while clients send; the master starts another."""
    recoveries, hits = [], 0
    text = "The bridge was closed on Monday. It will open in May."
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(REDIS_URL="", PRECIS_CACHE_DIRECTORY=folder) as server,
    ):
        request(server.port, "POST", "/v1/summaries", text)
        for _ in range(times):
            crowd = Crowd(server.port, 8)
            time.sleep(2)
            started, first = time.monotonic(), server.worker_pid()
            os.kill(first, signal.SIGKILL)
            while (
                server.worker_pid() == first or request(server.port, "GET", "/readyz")[0] != "200"
            ):
                time.sleep(0.05)
            recoveries.append(time.monotonic() - started)
            crowd.stop()
            hits += server.connect().summarise(text)[1]["cache"] == "hit"
    yield Row(
        "SIGKILL of the worker",
        f"`kill_under_load` in `tests/soak.py`: {times} times, 8 clients",
        f"ready again after {max(recoveries):.1f} s at most; {hits} of {times} times the cache "
        "was intact",
        "tests/test_lifecycle.py::test_a_killed_worker_is_replaced_and_the_cache_is_intact",
    )


SOAKS: list[Callable[[], Iterator[Row]]] = [
    harm_redis,
    load,
    lambda: hold_open(200),
    lambda: hold_open(500),
    end_under_load,
    kill_under_load,
]


def write_table(rows: list[Row], load_before: float) -> None:
    """Put what was measured between the marks of the document."""
    begin, end = "<!-- begin soak -->", "<!-- end soak -->"
    lines = [
        f"Measured on {date.today()}, {len(os.sched_getaffinity(0))} cores, "
        f"Python {platform.python_version()}, at a load of {load_before:.1f} before.",
        "",
        "| trouble | how it is made | measured | test |",
        "|---|---|---|---|",
        *(f"| {r.trouble} | {r.made} | {r.measured} | `{r.test}` |" for r in rows),
    ]
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    after = rest.partition(end)[2]
    DOCUMENT.write_text(f"{before}{begin}\n\n{chr(10).join(lines)}\n\n{end}{after}", "utf-8")


def main() -> None:
    """Run everything, say what came out, and write it down."""
    rows: list[Row] = []
    load_before = os.getloadavg()[0]
    for soak in SOAKS:
        for row in soak():
            print(f"{row.trouble}: {row.measured}", flush=True)
            rows.append(row)
    write_table(rows, load_before)


if __name__ == "__main__":
    sys.exit(main())
