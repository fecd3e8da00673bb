"""Sizing: the arithmetic of a fleet, from what an article costs."""

from __future__ import annotations

import pytest

from bench.sizing import Cost, Sizing, write_sizing

JOBS = Cost(commands=10, bytes_moved=20_000, cpu_seconds=0.0005, bytes_queued=2000, bytes_kept=3000)
CACHE = Cost(commands=5, bytes_moved=10_000, cpu_seconds=0.0001, bytes_queued=0, bytes_kept=5000)
SIZING = Sizing(
    core_seconds=0.25,
    web_seconds=0.001,
    worker_megabytes=360,
    web_megabytes=270,
    line_bytes=6000,
    hits_per_second=250,
    redises={"jobs": JOBS, "cache": CACHE},
)


def test_known_answers_cost_less_than_new_ones() -> None:
    assert SIZING.articles_an_hour == 14_400
    assert SIZING.count_cores(100) == 25
    assert SIZING.count_cores(100, known=0.5) == pytest.approx(12.5 + 0.2)


def test_redis_is_full_where_the_workers_use_up_its_core() -> None:
    assert SIZING.count_workers("jobs") == 500
    assert SIZING.count_workers("cache") == 2500


def test_the_text_tells_what_a_million_articles_take() -> None:
    text = write_sizing(SIZING)
    assert "**69 core-hours of workers**" in text  # 1e6 × 0.25 s
    assert "| 1 | 4.3 | 0.70 GB | 3.00 GB |" in text  # 64 a second: 230,400 in an hour
    assert "jobs: 500, cache: 2,500" in text
    assert "| 100 | 400 | 4000, 8.0, 20.0% | 2000, 4.0, 4.0% |" in text
