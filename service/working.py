"""Working: the articles of a batch, answered as requests are, each failing alone."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from flask import Flask, g
from pydantic import BaseModel, ConfigDict, ValidationError

from cache.protocols import JSON, Batch, JobsAway, JobStore
from models.protocols import Overloaded
from service.bodies import check_characters, check_count
from service.errors import InvalidValues, MalformedBody, NotReady, ServiceError, explain_values
from service.pipeline import Pipeline
from service.schemas import FieldError, SummaryRequest, dump
from service.settings import Settings
from service.telemetry import Metrics, Timings

log = logging.getLogger(__name__)

# Articles at once in each batch: their sentences meet in the engine.
ARTICLES_AT_ONCE = 8
# An article from which so many workers did not come back is not tried again.
MAX_BLAMES = 2
# How long a result is offered to a store that is away; then the batch is left to another worker.
PATIENCE_SECONDS = 120.0
RETRY_SECONDS = 1.0


class Abandoned(ServiceError):
    """Workers ended while they were at this article, and at no other, more than once."""

    code = "abandoned"


class _Named(BaseModel):
    """What an article is called by its caller."""

    model_config = ConfigDict(strict=True)

    id: str | None = None


class Worker:
    """Works on batches with the pipeline of `app`, whose error handlers write the problems."""

    def __init__(self, store: JobStore, app: Flask, renew_seconds: float = 15.0) -> None:
        means = app.extensions["precis"]
        self._store = store
        self._renew_seconds = renew_seconds
        self._app = app
        self._pipeline: Pipeline = means["pipeline"]
        self._settings: Settings = means["settings"]
        self._metrics: Metrics = means["metrics"]
        self._id = uuid.uuid4().hex
        self._alone = threading.Lock()

    @property
    def name(self) -> str:
        """What leases are taken under: a thread works on one batch at a time."""
        return f"{self._id}-{threading.get_ident()}"

    def work(self, job_id: str, first: int) -> None:
        """Answer what is not answered yet of a batch, unless another worker is at it.

        A batch whose worker did not come back may hold what ended it: its articles are tried one at
        a time, each noted, so that only that one fails.
        """
        worker = self.name
        batch = self._insist(lambda: self._store.take(job_id, first, worker))
        if batch is None:
            return
        with self._keep_lease(job_id, first, worker) as lost:

            def answer(place: int) -> None:
                if not lost.is_set():
                    started = time.perf_counter()
                    line, failed = self._answer(batch, place, f"{job_id}-{place}")
                    self._metrics.count_job_article(failed, time.perf_counter() - started)
                    self._insist(lambda: self._store.finish(job_id, place, line, failed))

            def answer_alone(place: int) -> None:
                with self._alone:  # no two suspects at once, or the wrong one may be blamed
                    self._insist(lambda: self._store.note(job_id, first, place))
                    answer(place)

            if batch.takes > 1:
                for place in batch.articles:
                    answer_alone(place)
            else:
                with ThreadPoolExecutor(ARTICLES_AT_ONCE, "article") as pool:
                    list(pool.map(answer, batch.articles))
        if not lost.is_set():
            self._insist(lambda: self._store.release(job_id, first, worker))

    def _answer(self, batch: Batch, place: int, request_id: str) -> tuple[JSON, bool]:
        """Return the line of an article, and whether it failed."""
        article = batch.articles[place]
        name = _read_id(article)
        with self._app.test_request_context("/v1/jobs"):
            g.request_id = request_id
            try:
                if batch.blames.get(place, 0) >= MAX_BLAMES:
                    raise Abandoned(f"{MAX_BLAMES} workers ended while they were at it.")
                return {"id": name, "result": self._summarise(batch.options, article)}, False
            except Exception as error:
                response = self._app.make_response(self._app.handle_user_exception(error))
                return {"id": name, "problem": response.get_json()}, True

    def _summarise(self, options: JSON, article: JSON) -> JSON:
        request = _read_request(options, article)
        check_characters([request.text], self._settings.max_characters)
        check_count("targets", len(request.targets), self._settings.max_targets)
        limit = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return dump(self._pipeline.run(request, Timings()))
            except (Overloaded, NotReady):  # no fault of the article's: it can wait
                if time.monotonic() > limit:
                    raise
                time.sleep(RETRY_SECONDS)

    @contextmanager
    def _keep_lease(self, job_id: str, first: int, worker: str) -> Iterator[threading.Event]:
        """Renew the lease in the block; the event is set where it is lost, or the job cancelled."""
        ended, lost = threading.Event(), threading.Event()

        def renew() -> None:
            while not ended.wait(self._renew_seconds):
                try:
                    if not self._store.renew(job_id, first, worker):
                        lost.set()
                        return
                except JobsAway as error:
                    log.warning("A lease was not renewed: %s", error)

        threading.Thread(target=renew, name="renew-batch", daemon=True).start()
        try:
            yield lost
        finally:
            ended.set()

    @staticmethod
    def _insist(call: Callable[[], Any]) -> Any:
        """Call again and again while the store is away."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return call()
            except JobsAway:
                if time.monotonic() > limit:
                    raise
                time.sleep(RETRY_SECONDS)


def _read_id(article: JSON) -> str | None:
    try:
        return _Named.model_validate(article).id
    except ValidationError:
        return None


def _read_request(options: JSON, article: JSON) -> SummaryRequest:
    """Return an article as a request; its own options go before the job's."""
    if isinstance(article, str):
        raise MalformedBody(article)
    try:
        _Named.model_validate({"id": article.get("id")})
        fields = {name: value for name, value in article.items() if name != "id"}
        request = SummaryRequest.model_validate({**options, **fields})
    except ValidationError as error:
        raise explain_values(error) from None
    if request.url is not None:
        message = "a job reads no addresses; send the text"
        raise InvalidValues(f"url: {message}", [FieldError(field="url", message=message)])
    return request
