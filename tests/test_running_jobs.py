"""Jobs for real: gunicorn, workers as processes, the embedded weights, a Redis with persistence."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from bench.server import Server
from bench.workers import WorkerProcess
from service.working import MAX_BLAMES
from tests.faulty_redis import BLACK_HOLE, HEALTHY, FaultyRedis
from tests.job_faults import Fault, count_answered, list_jobs, run_batch, write_archive
from tests.mortal_worker import POISON
from tests.redis_server import RedisServer, free_port

ARTICLE = "The council of Port Ellery voted on Monday to rebuild the harbour bridge, number {}."
LEASE = {"PRECIS_JOB_LEASE_SECONDS": "4"}


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(persist_in=tmp_path)
    server.start()
    yield server
    server.stop()


def post(server: Server, count: int, special: Mapping[int, str] = MappingProxyType({})) -> str:
    """Return the address of a job; `special` are texts of their own, by place."""
    texts = (special.get(i, ARTICLE.format(i)) for i in range(count))
    lines = (json.dumps({"id": str(i), "text": text}) for i, text in enumerate(texts))
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/v1/jobs?targets=fr",
        "\n".join(lines).encode(),
        {"Content-Type": "application/x-ndjson"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return f"http://127.0.0.1:{server.port}{response.headers['Location']}"


def read(address: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of the results as they come."""
    with urllib.request.urlopen(f"{address}/results", timeout=120) as response:
        for line in response:
            if line.strip():
                yield json.loads(line)


def test_no_article_is_lost_or_answered_twice_whatever_fails(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    """Three workers, two web processes: one worker killed, one cut off, web and Redis restarted."""
    archive, results, again = (tmp_path / name for name in ("in.jsonl", "out.jsonl", "again.jsonl"))
    write_archive(archive, [ARTICLE.format(i) for i in range(120)])
    settings = {"REDIS_URL": redis_server.url, **LEASE}
    with ExitStack() as fleet:
        proxy = fleet.enter_context(FaultyRedis(redis_server.port))
        web, other = (fleet.enter_context(Server(**settings)) for _ in range(2))
        victim, _ = (fleet.enter_context(WorkerProcess(**settings)) for _ in range(2))
        fleet.enter_context(WorkerProcess(**settings | {"REDIS_URL": proxy.url}))

        def cut_off() -> None:
            proxy.fault = BLACK_HOLE
            fleet.callback(timer.join)
            timer.start()

        timer = threading.Timer(6, lambda: setattr(proxy, "fault", HEALTHY))
        faults = [
            Fault(20, victim.kill),
            Fault(50, cut_off),
            Fault(80, web.restart),
            Fault(95, lambda: (redis_server.stop(), redis_server.start())),
        ]
        outcome = run_batch(web.url, redis_server, archive, results, faults)
        run_batch(other.url, redis_server, archive, again, [])
    assert outcome.status == 0
    assert [line["id"] for line in outcome.lines] == [str(i) for i in range(120)]
    for line in outcome.lines:
        assert line["result"]["summaries"]["short"]["translations"]["fr"]["text"]
    assert again.read_bytes() == results.read_bytes()
    with redis_server.client() as client:
        assert (len(list_jobs(client)), count_answered(client)) == (2, 120)


def test_an_article_that_kills_its_workers_fails_alone(redis_server: RedisServer) -> None:
    """Whoever starts a dead worker again is a loop here, elsewhere Compose or Kubernetes."""
    settings = {"REDIS_URL": redis_server.url, "PRECIS_JOB_LEASE_SECONDS": "3"}
    deaths = 0
    with Server(**settings) as server:
        address = post(server, 20, {7: POISON})
        lines: list[dict[str, Any]] = []
        reader = threading.Thread(target=lambda: lines.extend(read(address)))
        reader.start()
        while reader.is_alive():
            with WorkerProcess(module="tests.mortal_worker", **settings) as worker:
                while reader.is_alive() and worker.is_alive:
                    reader.join(0.1)
                deaths += not worker.is_alive
    assert [line["id"] for line in lines] == [str(i) for i in range(20)]
    assert [line["id"] for line in lines if "problem" in line] == ["7"]
    assert lines[7]["problem"]["code"] == "abandoned"
    assert deaths == 1 + MAX_BLAMES


def test_a_worker_tells_its_metrics(redis_server: RedisServer) -> None:
    settings = {"REDIS_URL": redis_server.url, "PRECIS_JOB_LEASE_SECONDS": "3"}
    port = free_port()
    worker = WorkerProcess(PRECIS_WORKER_METRICS_PORT=str(port), **settings)
    with Server(**settings) as server, worker:
        assert len(list(read(post(server, 5, {2: " "})))) == 5
        told = ""
        while 'precis_job_queue_batches{queue="embedded"}' not in told:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as response:
                told = response.read().decode()
    lines = told.splitlines()
    assert 'precis_job_articles_total{outcome="done"} 4.0' in lines
    assert 'precis_job_articles_total{outcome="failed"} 1.0' in lines
    assert "precis_job_article_seconds_count 5.0" in lines
    assert 'precis_job_queue_batches{queue="embedded"} 0.0' in lines
