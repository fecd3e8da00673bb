"""Jobs for real: gunicorn, workers as processes, the embedded weights, a Redis with persistence."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from bench.server import Server
from bench.workers import WorkerProcess
from service.working import MAX_BLAMES
from tests.mortal_worker import POISON
from tests.redis_server import RedisServer

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


def test_no_article_is_lost_or_answered_twice_when_a_worker_and_redis_are_killed(
    redis_server: RedisServer,
) -> None:
    """SIGKILL for a worker in the middle of a batch, then for Redis, which comes back."""
    with Server(REDIS_URL=redis_server.url, **LEASE) as server:
        address = post(server, 120)
        lines = read(address)
        victim = WorkerProcess(REDIS_URL=redis_server.url, **LEASE)
        with WorkerProcess(REDIS_URL=redis_server.url, **LEASE):
            with victim:
                ids = [next(lines)["id"]]
                victim.kill()
            redis_server.stop()
            redis_server.start()
            rest = list(lines)
        assert all(line["result"]["summaries"]["short"]["translations"] for line in rest)
        assert ids + [line["id"] for line in rest] == [str(i) for i in range(120)]
        with urllib.request.urlopen(address, timeout=60) as response:
            state = json.load(response)
    assert (state["status"], state["done"], state["failed"]) == ("done", 120, 0)


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
