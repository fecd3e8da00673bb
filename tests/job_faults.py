"""Faults in the middle of a batch: what `precis batch` brings home while parts of a fleet fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from bench.server import ROOT
from tests.redis_server import RedisServer

LIMIT_SECONDS = 900


@dataclass(frozen=True)
class Fault:
    """What happens when so many articles have been answered."""

    answered: int
    happen: Callable[[], object]


@dataclass(frozen=True)
class Outcome:
    """What came of a batch: its lines in their order, and how long it took."""

    status: int
    lines: list[dict[str, Any]]
    seconds: float


def write_archive(path: Path, texts: Sequence[str]) -> None:
    """Write articles whose ids are their places."""
    lines = (json.dumps({"id": str(i), "text": text}) for i, text in enumerate(texts))
    path.write_text("\n".join(lines), encoding="utf-8")


def run_batch(
    url: str, server: RedisServer, archive: Path, results: Path, faults: Sequence[Fault]
) -> Outcome:
    """Have the service at `url` work on an archive while `faults` happen, one after the other."""
    command = [sys.executable, "-m", "precis", "batch", str(archive), str(results)]
    started = time.monotonic()
    with (
        server.client() as client,
        subprocess.Popen(
            [*command, "--to", "fr", "--short", "--chunk", "100"],
            cwd=ROOT,
            env=os.environ | {"PRECIS_URL": url},
        ) as batch,
    ):
        for fault in faults:
            while count_answered(client) < fault.answered and batch.poll() is None:
                time.sleep(0.05)
            fault.happen()
        status = batch.wait(LIMIT_SECONDS)
    lines = results.read_text(encoding="utf-8").splitlines()
    return Outcome(status, [json.loads(line) for line in lines], time.monotonic() - started)


def count_answered(client: redis.Redis) -> int:
    """Return how many articles of all jobs have a result or a problem; 0 while Redis is away."""
    try:
        facts: list[Any] = [client.hmget(key, "done", "failed") for key in list_jobs(client)]
    except redis.RedisError:
        return 0
    return sum(int(count or 0) for counts in facts for count in counts)


def list_jobs(client: redis.Redis) -> list[bytes]:
    """Return the keys of all jobs' facts."""
    found: Any = client.keys("precis:job:*:facts")
    return list(found)
