"""Sizing: what the costs of an article come to for many machines, for deploy/README.md."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

FLEETS = (1, 10, 100, 1000)
NODE_CORES = 16
# What `precis batch` has on its way: four chunks.
IN_FLIGHT_ARTICLES = 2000
WEEK_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Cost:
    """What an article costs a Redis."""

    commands: float
    bytes_moved: float
    cpu_seconds: float
    bytes_queued: float
    bytes_kept: float


@dataclass(frozen=True)
class Sizing:
    """What an article costs a worker's core, the web process and both Redises.

    `hits_per_second` are known answers of one core of the web service.
    """

    core_seconds: float
    web_seconds: float
    worker_megabytes: float
    web_megabytes: float
    line_bytes: float
    hits_per_second: float
    redises: dict[str, Cost]

    @property
    def articles_an_hour(self) -> float:
        """Articles of a core of workers."""
        return 3600 / self.core_seconds

    def count_cores(self, articles_a_second: float, known: float = 0) -> float:
        """Return how many cores answer so many articles, of which a share is known."""
        fresh = articles_a_second * (1 - known) * self.core_seconds
        return fresh + articles_a_second * known / self.hits_per_second

    def count_workers(self, redis: str) -> float:
        """Return how many workers of a core each keep the core of a Redis busy."""
        return self.core_seconds / self.redises[redis].cpu_seconds


def write_sizing(sizing: Sizing) -> str:
    """Return the arithmetic as Markdown."""
    sections = (_write_article, _write_portal, _write_archive, _write_fleets)
    return "\n\n".join("\n".join(write(sizing)) for write in sections)


def _write_article(sizing: Sizing) -> Iterator[str]:
    served = sizing.core_seconds / sizing.web_seconds
    yield "### What an article costs"
    yield ""
    yield f"- A core of workers: **{_round(sizing.articles_an_hour)} articles an hour**."
    yield _fill(
        f"- A worker is {_round(sizing.worker_megabytes)} MB, a web process "
        f"{_round(sizing.web_megabytes)} MB."
    )
    yield _fill(
        f"- The web process takes {sizing.web_seconds * 1000:.1f} ms to take an article in and "
        f"to hand its result out: one process serves {_round(served)} workers of a core each."
    )
    yield f"- A line of results has {sizing.line_bytes / 1000:.1f} kB."
    yield ""
    yield "| Redis | commands | kB moved | ms of its core | bytes queued | bytes of the result |"
    yield "|---|---|---|---|---|---|"
    for name, cost in sizing.redises.items():
        yield (
            f"| {name} | {cost.commands:.1f} | {cost.bytes_moved / 1000:.1f} "
            f"| {cost.cpu_seconds * 1000:.2f} | {cost.bytes_queued:.0f} | {cost.bytes_kept:.0f} |"
        )


def _write_portal(sizing: Sizing) -> Iterator[str]:
    cache = sizing.redises["cache"]
    yield "### A portal: 100 articles a second"
    yield ""
    yield f"| of them known | cores | nodes of {NODE_CORES} cores, a replica each, one to spare |"
    yield "|---|---|---|"
    for known in (0, 0.5, 0.9, 0.99):
        cores = sizing.count_cores(100, known)
        yield f"| {known:.0%} | {_round(cores)} | {math.ceil(cores / NODE_CORES) + 1} |"
    yield ""
    yield _fill(
        f"Where all are new, the cache's Redis is busy for {100 * cache.cpu_seconds:.0%} of a "
        f"core, and grows by {360_000 * cache.bytes_kept / 1e9:.1f} GB an hour: `maxmemory` "
        "divided by that is for how long an answer is surely known. Web replicas answer requests "
        "themselves; workers are for jobs alone."
    )


def _write_archive(sizing: Sizing) -> Iterator[str]:
    jobs, hours = sizing.redises["jobs"], _round(1e6 / sizing.articles_an_hour)
    yield "### An archive: a million articles"
    yield ""
    yield _fill(
        f"**{hours} core-hours of workers**: {hours} × *p* where a core costs *p* an hour; "
        "besides, two cores and 4 GB for the web process and Redis as long as it takes. A node has "
        f"one worker for all its cores; with one core it has {_round(sizing.worker_megabytes)} "
        f"MB. The file of results is {1e6 * sizing.line_bytes / 1e9:.1f} GB."
    )
    yield ""
    yield f"| nodes of {NODE_CORES} cores | hours | jobs' Redis, kept an hour | kept a week |"
    yield "|---|---|---|---|"
    for nodes in (1, 4, 10):
        pace = nodes * NODE_CORES / sizing.core_seconds
        kept = (min(1e6, pace * seconds) for seconds in (3600, WEEK_SECONDS))
        sizes = (IN_FLIGHT_ARTICLES * jobs.bytes_queued + n * jobs.bytes_kept for n in kept)
        cells = " | ".join(f"{size / 1e9:.2f} GB" for size in sizes)
        yield f"| {nodes} | {_round(1e6 / pace / 3600)} | {cells} |"
    yield ""
    yield _fill(
        "A week is the default; `precis batch` reads a result when it is there, so "
        "`PRECIS_JOB_TTL_SECONDS=3600` is enough. Give Redis a quarter more: a new job is taken in "
        "while less than four fifths of `maxmemory` are used."
    )


def _write_fleets(sizing: Sizing) -> Iterator[str]:
    yield "### Where Redis becomes the limit"
    yield ""
    heads = (f"{name}: commands a second, MB/s, share of a core" for name in sizing.redises)
    yield f"| workers of a core each | articles a second | {' | '.join(heads)} |"
    yield "|---|---|" + "---|" * len(sizing.redises)
    for workers in FLEETS:
        pace = workers / sizing.core_seconds
        cells = (
            f"{pace * cost.commands:.0f}, {pace * cost.bytes_moved / 1e6:.1f}, "
            f"{pace * cost.cpu_seconds:.1%}"
            for cost in sizing.redises.values()
        )
        yield f"| {workers} | {_round(pace)} | {' | '.join(cells)} |"
    full = (f"{name}: {_round(sizing.count_workers(name))}" for name in sizing.redises)
    yield ""
    yield _fill(
        f"Redis works with one core. Workers that fill it: {', '.join(full)}. This is arithmetic "
        "from one worker's costs, no measurement of so many: plan with half of it. Beyond that "
        "each group of workers gets a web service and Redises of its own."
    )


def _fill(text: str) -> str:
    return textwrap.fill(text, 100, subsequent_indent="  " if text.startswith("- ") else "")


def _round(number: float) -> str:
    """Return three digits of a number, two of one below ten."""
    if number >= 100:
        digits = len(str(int(number))) - 3
        return f"{round(number / 10**digits) * 10**digits:,}"
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}"
