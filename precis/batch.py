"""Batches: a whole archive through the jobs of a service, into a file that is also the state.

The file has a line per article, in the archive's order; what is not in it yet is still to do. So a
run that was ended goes on where the file ends. Articles go in chunks that are always cut the same
way, each under a key made of what it holds: a chunk that is sent again is the job that it was.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

from precis.answers import Line, Summaries, SummaryOptions
from precis.archives import MEDIA_TYPES, Archive, Article
from precis.client import Client, Document, Problem, Unreachable

Result = TypeVar("Result")

log = logging.getLogger(__name__)

# Enough that no worker is idle while the next is sent; little enough to hold in memory.
CHUNK_ARTICLES = 500
_CHUNK_BYTES = 8_000_000
_JOBS_AT_ONCE = 4
# Documents and addresses are read by the web service itself, a request each.
_REQUESTS_AT_ONCE = 4
# As long may the service be away, or busy, without anything coming; restarts are shorter.
PATIENCE_SECONDS = 300.0
_PAUSE_SECONDS = 2.0
_LINE_BEGIN = b'{"id": '
_PASSING = frozenset({409, 429, 502, 503, 504})


class Cancelled(Exception):
    """Somebody cancelled a job of the batch."""


class Mismatch(Exception):
    """The file of results is not of this archive, or no results at all."""


class State(NamedTuple):
    """How far a file of results is: lines and failed articles in it, and the bytes they take."""

    done: int = 0
    failed: int = 0
    size: int = 0

    def add(self, line: Line, size: int) -> State:
        """Return the state with a line more."""
        return State(self.done + 1, self.failed + ("problem" in line), self.size + size)


def read_state(path: Path, archive: Archive) -> State:
    """Return how far a file of results is; a last line that was cut off does not count.

    Raises `Mismatch` where its lines are not those of the archive.
    """
    state = State()
    if not path.exists():
        return state
    articles = archive.read()
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n") and line[: len(_LINE_BEGIN)] == _LINE_BEGIN[: len(line)]:
                break
            failed = _read_own_line(path, line, next(articles, None))
            state = State(state.done + 1, state.failed + failed, state.size + len(line))
    return state


class Failures(NamedTuple):
    """The articles that failed; `name` names their problems, so that a retry is no old job."""

    archive: Archive
    name: str


def find_failures(path: Path, archive: Archive) -> Failures:
    """Return the articles whose lines in a complete file of results are problems."""
    named = hashlib.sha256()
    failed: set[int] = set()
    with path.open("rb") as file:
        for number, line in enumerate(file):
            if "problem" in json.loads(line):
                named.update(line)
                failed.add(number)

    def read() -> Iterator[Article]:
        return (article for n, article in enumerate(archive.read()) if n in failed)

    return Failures(Archive(len(failed), read), named.hexdigest())


def replace_failures(path: Path, lines: Path) -> None:
    """Put the lines of a file in the place of the problems in another, in one step."""
    merged = path.with_name(f"{path.name}.merged")
    with path.open("rb") as old, lines.open("rb") as new, merged.open("wb") as out:
        for line in old:
            out.write(next(new) if "problem" in json.loads(line) else line)
    os.replace(merged, path)


def _read_own_line(path: Path, line: bytes, article: Article | None) -> bool:
    """Tell whether an article failed."""
    try:
        found = json.loads(line)
        if article is not None and found["id"] == article.id:
            return "problem" in found
    except (ValueError, KeyError, TypeError):
        pass
    raise Mismatch(f"{path}: not the results of this archive, as it is now; name another file")


def _cut(articles: Iterable[Article], size: int) -> Iterator[list[Article]]:
    """Yield chunks; where one ends depends on the articles alone."""
    chunk: list[Article] = []
    held = 0
    for article in articles:
        chunk.append(article)
        held += len(article.sent) if isinstance(article.sent, bytes) else 0
        if len(chunk) == size or held > _CHUNK_BYTES:
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk


class _Patience:
    """Waits while the service is away or busy, until it has been for too long in a row."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._limit: float | None = None

    def renew(self) -> None:
        """Begin anew: something came."""
        self._limit = None

    def wait(self, error: Problem | Unreachable) -> None:
        """Wait before another attempt; raises `error` where none is worth it."""
        if isinstance(error, Problem) and error.status not in _PASSING:
            raise error
        pause = getattr(error, "retry_after_seconds", None) or _PAUSE_SECONDS
        now = time.monotonic()
        if self._limit is None:
            self._limit = now + self._seconds
            if isinstance(error, Unreachable):  # a service that is busy says so often
                log.warning("precis: %s; trying again for %.0f s", error, self._seconds)
        if now + pause > self._limit:
            raise error
        time.sleep(pause)


def _insist(call: Callable[[], Result], seconds: float) -> Result:
    """Call until it succeeds, or the service has been away for so long."""
    patience = _Patience(seconds)
    while True:
        try:
            return call()
        except (Problem, Unreachable) as error:
            patience.wait(error)


class Job:
    """The lines of a chunk, sent as a job."""

    def __init__(
        self,
        client: Client,
        lines: list[bytes],
        options: SummaryOptions,
        patience_seconds: float,
        attempt: str = "",
    ) -> None:
        self._client = client
        self._attempt = attempt
        self._body = b"\n".join(lines)
        self._options = options
        self._patience_seconds = patience_seconds
        self._total = len(lines)
        self._id = self._send() if lines else ""

    def read(self, offset: int) -> Iterator[Line]:
        """Yield a line per article from `offset` on; raises `Cancelled`."""
        patience = _Patience(self._patience_seconds)
        while offset < self._total:
            before = offset
            try:
                for line in self._client.read_results(self._id, offset):
                    yield line
                    offset += 1
                    patience.renew()
                if offset == before:
                    self._check_silence()
                    raise Unreachable("the service ends its answers before their end")
            except (Problem, Unreachable) as error:
                if isinstance(error, Problem) and error.code == "job_unknown":  # it has expired
                    self._id = self._send()
                else:
                    patience.wait(error)

    def _send(self) -> str:
        """Return the id of the job; one that was cancelled is not taken up again."""
        key = self._attempt
        while True:
            key = self._make_key(key)
            job_id = _insist(partial(self._create, key), self._patience_seconds)
            if self._describe(job_id) != "cancelled":
                return job_id

    def _make_key(self, before: str) -> str:
        parts = json.dumps([before, self._options], sort_keys=True).encode()
        return f"precis-batch-{hashlib.sha256(parts + self._body).hexdigest()}"

    def _create(self, key: str) -> str:
        return self._client.create_job(self._body, **self._options, key=key)

    def _describe(self, job_id: str) -> str:
        return _insist(lambda: self._client.describe_job(job_id), self._patience_seconds)["status"]

    def _check_silence(self) -> None:
        """Find out why a stream ended where articles are missing."""
        if self._describe(self._id) == "cancelled":
            raise Cancelled("a job of this batch was cancelled; the same command asks again")


def _ask(client: Client, sent: Path | dict[str, Any], options: SummaryOptions) -> Summaries:
    """Have the service read a file, or fetch an address."""
    if isinstance(sent, dict):
        return client.ask({"include": ["text"], **options, **sent})
    media_type = MEDIA_TYPES.get(sent.suffix.lower(), "text/plain")
    document = Document(sent.read_bytes(), media_type)
    wanted: SummaryOptions = {**options, "include": ["text"]}
    return client.summarise(document, **wanted)


class Batch:
    """Sends an archive and yields what came of its articles, in order.

    The same articles with the same `attempt` are the same jobs.
    """

    def __init__(
        self,
        client: Client,
        options: SummaryOptions,
        chunk_articles: int = CHUNK_ARTICLES,
        patience_seconds: float = PATIENCE_SECONDS,
        attempt: str = "",
    ) -> None:
        self._attempt = attempt
        self._client = client
        self._options = options
        self._chunk_articles = chunk_articles
        self._patience_seconds = patience_seconds

    def run(self, archive: Archive, done: int = 0) -> Iterator[Line]:
        """Yield a line per article but the first `done`.

        Raises `Problem` and `Unreachable` where nothing works any more, and `Cancelled`.
        """
        pool = ThreadPoolExecutor(_REQUESTS_AT_ONCE, "request")
        opened: deque[Iterator[Line]] = deque()
        try:
            for chunk in _cut(archive.read(), self._chunk_articles):
                skipped = min(done, len(chunk))
                done -= skipped
                if skipped < len(chunk):
                    opened.append(self._open(chunk, skipped, pool))
                if len(opened) >= _JOBS_AT_ONCE:
                    yield from opened.popleft()
            while opened:
                yield from opened.popleft()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _open(self, chunk: list[Article], skipped: int, pool: ThreadPoolExecutor) -> Iterator[Line]:
        """Send a chunk, all of it, and return what will be read of it."""
        lines = [article.sent for article in chunk if isinstance(article.sent, bytes)]
        job = Job(self._client, lines, self._options, self._patience_seconds, self._attempt)
        requests = [
            None if isinstance(article.sent, bytes) else pool.submit(self._answer, article)
            for article in chunk[skipped:]
        ]
        offset = sum(isinstance(article.sent, bytes) for article in chunk[:skipped])
        return self._read(chunk[skipped:], job.read(offset), requests)

    @staticmethod
    def _read(
        articles: list[Article], lines: Iterator[Line], requests: list[Future[Line] | None]
    ) -> Iterator[Line]:
        for article, request in zip(articles, requests, strict=True):
            line = next(lines) if request is None else request.result()
            # The service reads no id of a line that is too long, or that it refuses otherwise.
            yield {**line, "id": article.id}

    def _answer(self, article: Article) -> Line:
        """Return the line of an article that the service reads itself."""
        sent = cast(Path | dict[str, Any], article.sent)
        ask = partial(_ask, self._client, sent, self._options)
        try:
            return {"id": article.id, "result": _insist(ask, self._patience_seconds)}
        except Problem as problem:
            if problem.status in (401, 403, 429):  # no fault of the article's
                raise
            return {"id": article.id, "problem": problem.details}
