"""The store protocol: values by key, with a time to live, that never make a request fail.

Beside it who waits for a result, and the store of jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

JSON = Any  # dict, list, str, int, float, bool or None, as `json` reads them
Value = JSON | bytes


class Store(Protocol):
    """Results by key. A store absorbs its own outages: reads become misses, writes are dropped."""

    def get(self, key: str) -> Value | None:
        """Return the value, if it is there and readable; the shortest way for a single one."""
        ...

    def get_many(self, keys: Sequence[str]) -> dict[str, Value]:
        """Return the values that are there and readable; damaged or old ones are misses."""
        ...

    def set_many(self, values: Mapping[str, Value]) -> None:
        """Store all values, in one round trip, for the store's time to live."""
        ...

    def claim(self, key: str, owner: str, seconds: float) -> bool:
        """Take or renew the lease on `key`; false while another owner holds it.

        Where the store is away the answer is true: everybody computes rather than waits.
        """
        ...

    def release(self, key: str, owner: str) -> None:
        """Give the lease back, if `owner` still holds it."""
        ...

    def check(self) -> bool:
        """Tell whether the store answers, for `/readyz` and `/metrics`; never raises."""
        ...

    def close(self) -> None:
        """Free connections and files."""
        ...


class Audience(Protocol):
    """Who waits for a result, until it leaves; see `models.audience`, which this does not know."""

    @property
    def is_gone(self) -> bool: ...

    def joined_by(self, other: Any) -> AbstractContextManager[None]:
        """Count another audience among those who wait, inside the block and until it is gone."""
        ...

    def heard_by(self, listener: Callable[[], None]) -> AbstractContextManager[None]:
        """Call `listener` when the audience is gone, inside the block or before."""
        ...


class JobsAway(Exception):
    """Redis does not answer, has no room or lost an upload; nothing changed that would be seen."""


@dataclass(frozen=True)
class JobFacts:
    """What is known of a job; times are seconds since 1970 in Redis' clock, 0 where not yet."""

    owner: str
    status: str
    queue: str
    digest: str
    options: JSON
    batch_size: int
    total: int
    done: int
    failed: int
    created: int
    started: int
    finished: int


@dataclass(frozen=True)
class Batch:
    """Articles that one worker works on, by their place in the job.

    `takes` counts its workers, `blames` those that did not come back from an article; a string in
    the place of an article tells what is wrong with it.
    """

    options: JSON
    articles: Mapping[int, JSON]
    takes: int
    blames: Mapping[int, int]


class JobStore(Protocol):
    """Jobs: their articles, leases on batches of them, results; each call may raise `JobsAway`."""

    def reserve(self, name: str, job_id: str) -> str | None:
        """Give `name` to the job while it is uploaded, or return the job that has it."""
        ...

    def open(self, job_id: str, owner: str, name: str | None = None) -> None:
        """Begin a job that articles are appended to; raises `JobsAway` where memory is short."""
        ...

    def append(self, job_id: str, articles: Mapping[int, JSON]) -> None:
        """Add articles by their place, or none; keeps the upload and its name alive."""
        ...

    def seal(
        self, job_id: str, total: int, options: JSON, batch_size: int, digest: str, queue: str
    ) -> list[int]:
        """End the upload: the job is queued, in batches whose first places are returned."""
        ...

    def remove(self, job_id: str, name: str | None = None) -> None:
        """Forget a job, and `name` where the job has it."""
        ...

    def describe(self, job_id: str) -> JobFacts | None:
        """Return what is known of a job; `None` where there is none."""
        ...

    def read_results(self, job_id: str, places: Sequence[int]) -> list[JSON | None]:
        """Return the results at some places; `None` where there is none yet.

        A string in the place of a result tells what is wrong with it.
        """
        ...

    def cancel(self, job_id: str) -> None:
        """Drop what is not done yet; results that are there stay until they expire."""
        ...

    def take(self, job_id: str, first: int, worker: str) -> Batch | None:
        """Lease a batch; `None` where it is done, cancelled or with another worker."""
        ...

    def note(self, job_id: str, first: int, place: int) -> None:
        """Tell which article of a batch is at hand; it is blamed if the worker does not come back.

        `release` takes that back.
        """
        ...

    def renew(self, job_id: str, first: int, worker: str) -> bool:
        """Keep the lease on a batch; false where it is lost, or the job cancelled."""
        ...

    def finish(self, job_id: str, place: int, result: JSON, failed: bool) -> None:
        """Write the result at a place, unless one is there; it takes the place of the article."""
        ...

    def release(self, job_id: str, first: int, worker: str) -> None:
        """End the lease on a batch that is done."""
        ...

    def list_overdue(self, prefix: str, queue: str) -> list[tuple[str, str, int]]:
        """Return queue, job and first place of each batch that nobody is at; `prefix` + queue is
        the broker's list. Has the jobs of `queue` live on: there are workers for them.
        """
        ...
