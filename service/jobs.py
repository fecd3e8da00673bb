"""Jobs: many articles at once, taken in by the web service and worked on by others."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from cache.protocols import JSON, JobFacts, JobsAway, JobStore
from service.errors import Conflict, InvalidValues, JobUnknown, explain_values
from service.schemas import FieldError, Problem, SummaryOptions, SummaryQuery, dump
from service.uploads import Malformed, Upload

# What a worker takes at once: enough for full batches of the engine, little to do again.
BATCH_ARTICLES = 16
_APPEND_ARTICLES = 64
_APPEND_CHARACTERS = 1_000_000
_READ_RESULTS = 100
_POLL_SECONDS = 0.5
# A blank line (NDJSON) or a comment (events) as often keeps proxies from closing a quiet stream,
# and finds out who went away.
_PULSE_SECONDS = 10.0
# A stream outlives an outage of Redis of this length.
_PATIENCE_SECONDS = 60.0

Profile = Literal["embedded", "hub"]
Publish = Callable[[str, str, Iterable[int]], None]


class JobOptions(SummaryOptions):
    """What is asked of every article of a job; an article may have options of its own."""

    profile: Profile | None = Field(None, description="Which workers; default: this service's.")


class JobQuery(SummaryQuery):
    """The same options as query parameters of an NDJSON request."""

    profile: Profile | None = None


class JobArticle(BaseModel):
    """An article of a job: an id of the caller's, the text, and options of its own."""

    id: str | None = None
    text: str


class JobRequest(JobOptions):
    """Articles, and what to write about each; for the OpenAPI document."""

    articles: list[JobArticle]


class JobCreated(BaseModel):
    """A job was taken in."""

    id: str


class JobAnswer(BaseModel):
    """How far a job is; times are seconds since 1970."""

    id: str
    status: Literal["queued", "running", "done", "cancelled"]
    total: int
    done: int = Field(description="Articles with a result.")
    failed: int = Field(description="Articles with a problem in the place of their result.")
    seconds_left: float | None = Field(
        description="At the pace so far; null before there is any, and after the end."
    )
    created: int
    finished: int | None


def _name(owner: str, key: str) -> str:
    return hashlib.sha256(json.dumps([owner, key]).encode()).hexdigest()


def _group(articles: Iterable[Any]) -> Iterator[dict[int, JSON]]:
    """Yield articles by their place, in groups that are small in memory."""
    group: dict[int, JSON] = {}
    characters = 0
    for place, article in enumerate(articles):
        group[place] = str(article) if isinstance(article, Malformed) else article
        characters += _count_characters(article)
        if len(group) == _APPEND_ARTICLES or characters > _APPEND_CHARACTERS:
            yield group
            group, characters = {}, 0
    if group:
        yield group


def _count_characters(article: JSON) -> int:
    text = article.get("text") if isinstance(article, dict) else None
    return len(text) if isinstance(text, str) else 0


class Jobs:
    """Takes jobs in, and tells how far they are; `publish` gives batches to the workers.

    The store hears every `keep_seconds` of a job that is being uploaded.
    """

    def __init__(
        self, store: JobStore, publish: Publish, profile: Profile, keep_seconds: float = 30.0
    ) -> None:
        self._store = store
        self._publish = publish
        self._profile = profile
        self._keep_seconds = keep_seconds

    def submit(
        self, upload: Upload, owner: str, key: str | None, spend: Callable[[int], None]
    ) -> tuple[str, bool]:
        """Read a job; returns its id, and whether `key` was that of an earlier, equal request.

        `spend` is told how many characters the texts have, and raises where that is too much.
        """
        job_id = secrets.token_hex(16)
        name = None if key is None else _name(owner, key)
        known = self._store.reserve(name, job_id) if name else None
        if known is not None:
            return self._repeat(known, upload), True
        try:
            self._store.open(job_id, owner, name)
            with self._keep_upload(job_id):
                self._accept(job_id, upload, spend)
        except Exception:
            self._store.remove(job_id, name)
            upload.drain()
            raise
        return job_id, False

    def describe(self, job_id: str, owner: str) -> JobAnswer:
        """Return how far a job is; raises `JobUnknown`."""
        return _describe(job_id, self._find(job_id, owner))

    def cancel(self, job_id: str, owner: str) -> JobAnswer:
        """Drop what is not done yet, and return how far the job came; raises `JobUnknown`."""
        self._find(job_id, owner)
        self._store.cancel(job_id)
        return self.describe(job_id, owner)

    def write_results(self, job_id: str, owner: str, offset: int = 0) -> Iterator[str]:
        """Yield a line per article in the order given, as they come, from place `offset` on."""
        place, told = offset, -_PULSE_SECONDS  # a pulse at once: it sends the headers off
        while True:
            facts = self._insist(lambda: self._find(job_id, owner))
            places = range(place, min(place + _READ_RESULTS, facts.total))
            results = self._insist(partial(self._read, job_id, places))
            ends = facts.status in ("done", "cancelled")
            for result in results:
                if result is None and not ends:
                    break
                place += 1
                if result is not None:
                    told = time.monotonic()
                    yield json.dumps(_write_line(result), ensure_ascii=False) + "\n"
            if place >= facts.total:
                return
            if results[-1] is None and not ends:
                if time.monotonic() - told > _PULSE_SECONDS:
                    told = time.monotonic()
                    yield "\n"
                time.sleep(_POLL_SECONDS)

    def write_events(self, job_id: str, owner: str) -> Iterator[str]:
        """Yield server-sent events: `progress` where something changed, `done` at the end."""
        last, told = "", time.monotonic()
        while True:
            found = self._insist(lambda: self.describe(job_id, owner))
            name = "progress" if found.finished is None else "done"
            data = found.model_dump_json(exclude={"seconds_left"})
            if data != last or name == "done":
                last, told = data, time.monotonic()
                yield f"event: {name}\ndata: {found.model_dump_json()}\n\n"
            elif time.monotonic() - told > _PULSE_SECONDS:
                told = time.monotonic()
                yield ": working\n\n"
            if name == "done":
                return
            time.sleep(_POLL_SECONDS)

    @contextmanager
    def _keep_upload(self, job_id: str) -> Iterator[None]:
        """Keep an upload alive in the block: a slow one can take minutes for an article."""
        ended = threading.Event()

        def keep() -> None:
            while not ended.wait(self._keep_seconds):
                with suppress(JobsAway):  # who appends or seals is told
                    self._store.append(job_id, {})

        threading.Thread(target=keep, name="keep-upload", daemon=True).start()
        try:
            yield
        finally:
            ended.set()

    def _accept(self, job_id: str, upload: Upload, spend: Callable[[int], None]) -> None:
        total = characters = 0
        for group in _group(upload):
            self._store.append(job_id, group)
            total += len(group)
            characters += sum(map(_count_characters, group.values()))
        options = _check_options(JobQuery if upload.is_lines else JobOptions, upload.options)
        if not total:
            message = "must hold at least one"
            raise InvalidValues(
                f"articles: {message}", [FieldError(field="articles", message=message)]
            )
        spend(characters)
        profile = options.pop("profile") or self._profile
        firsts = self._store.seal(job_id, total, options, BATCH_ARTICLES, upload.finish(), profile)
        self._publish(profile, job_id, firsts)

    def _repeat(self, job_id: str, upload: Upload) -> str:
        facts = self._store.describe(job_id)
        if facts is None or facts.status == "open":
            raise Conflict("A request with this 'Idempotency-Key' is being read.")
        if upload.finish() != facts.digest:
            raise InvalidValues("This 'Idempotency-Key' was used for another request.")
        return job_id

    def _find(self, job_id: str, owner: str) -> JobFacts:
        facts = self._store.describe(job_id)
        if facts is None or facts.status == "open" or facts.owner != owner:
            raise JobUnknown("There is no such job; jobs expire, and belong to their key.")
        return facts

    def _read(self, job_id: str, places: range) -> list[JSON | None]:
        return self._store.read_results(job_id, places) if places else []

    @staticmethod
    def _insist(read: Callable[[], Any]) -> Any:
        """Read again and again while the store is away, for as long as a stream has patience."""
        limit = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return read()
            except JobsAway:
                if time.monotonic() > limit:
                    raise
                time.sleep(_POLL_SECONDS)


def _check_options(
    model: type[JobOptions] | type[JobQuery], options: dict[str, Any]
) -> dict[str, Any]:
    """Return the options of a job as JSON; raises `InvalidValues`."""
    try:
        return dump(model.model_validate(options))
    except ValidationError as error:
        raise explain_values(error) from None


def _write_line(result: JSON) -> JSON:
    """Return the line of a result; of one that was damaged not even the article's id is left."""
    if not isinstance(result, str):
        return result
    problem = Problem(
        title="Internal Server Error",
        status=500,
        detail=result,
        code="result_damaged",
        request_id="",
    )
    return {"id": None, "problem": dump(problem)}


def _describe(job_id: str, facts: JobFacts) -> JobAnswer:
    answered = facts.done + facts.failed
    left = None
    if facts.status == "running" and answered:
        # Redis' clock may be ahead of this machine's.
        passed = max(0.0, time.time() - facts.started)
        left = round(passed / answered * (facts.total - answered), 1)
    return JobAnswer(
        id=job_id,
        status=facts.status,  # type: ignore[arg-type]  # "open" was ruled out
        total=facts.total,
        done=facts.done,
        failed=facts.failed,
        seconds_left=left,
        created=facts.created,
        finished=facts.finished or None,
    )
