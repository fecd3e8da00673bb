"""Telemetry: request ids, the access log, Prometheus metrics, stage timings."""

from __future__ import annotations

import logging
import re
import sys
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from pythonjsonlogger.json import JsonFormatter

from models.protocols import Method
from service.schemas import SummariesAnswer, TranslationsAnswer

access_log = logging.getLogger("precis.access")

_SAFE_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
# Clients may make methods up; each would be a series in the metrics for good.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LATENCY_BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


SpanOpener = Callable[[str], AbstractContextManager[Any]]


def open_no_span(_name: str) -> AbstractContextManager[Any]:
    """Stand in for an opener of spans where nothing is traced."""
    return nullcontext()


class Timings:
    """How long each stage of one request took; each is a span, too, where `open_span` makes one."""

    def __init__(self, open_span: SpanOpener = open_no_span) -> None:
        self.milliseconds: dict[str, float] = {}
        self._open_span = open_span

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Add the time inside the block to `stage`."""
        start = time.perf_counter()
        try:
            with self._open_span(stage):
                yield
        finally:
            spent = (time.perf_counter() - start) * 1000
            self.milliseconds[stage] = self.milliseconds.get(stage, 0.0) + spent

    def header(self) -> str:
        """Return the value of a `Server-Timing` header."""
        return ", ".join(f"{stage};dur={ms:.1f}" for stage, ms in self.milliseconds.items())


class Metrics:
    """The metrics of one service; no label ever holds a client's identity or text."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "precis_requests", "Requests", ["method", "route", "status"], registry=self.registry
        )
        self.latency = Histogram(
            "precis_request_seconds",
            "Time to answer",
            ["method", "route"],
            buckets=_LATENCY_BUCKETS_SECONDS,
            registry=self.registry,
        )
        self.cache = Counter(
            "precis_answers", "Answers by cache state", ["kind", "cache"], registry=self.registry
        )
        self.sentences = Counter(
            "precis_summary_sentences",
            "Summary sentences by how they came to be",
            ["method"],
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "precis_requests_in_flight", "Requests being answered", registry=self.registry
        )
        self.batch_size = Histogram(
            "precis_engine_batch_sentences",
            "Sentences in an engine call",
            ["engine"],
            buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
            registry=self.registry,
        )
        self.queue_wait = Histogram(
            "precis_engine_queue_seconds",
            "Time that sentences wait for an engine",
            ["engine"],
            registry=self.registry,
        )
        self.queue_length = Gauge(
            "precis_engine_queue_sentences",
            "Sentences waiting for an engine",
            ["engine"],
            registry=self.registry,
        )
        self.engine_busy = Gauge(
            "precis_engine_busy_seconds",
            "How long an engine has been at its oldest batch",
            ["engine"],
            registry=self.registry,
        )
        self.tokens = Counter(
            "precis_engine_tokens",
            "Source tokens given to an engine",
            ["engine"],
            registry=self.registry,
        )
        self.breaker = Gauge(
            "precis_breaker_open",
            "1 while what it stands before is away",
            ["name"],
            registry=self.registry,
        )

        self.fallbacks = Counter(
            "precis_extractive_fallbacks",
            "Answers made of the article's sentences because no model rewrites its language",
            registry=self.registry,
        )
        self.replacements = Counter(
            "precis_grounding_replacements",
            "Summary sentences for which the article's own were kept: no rewriting was supported",
            registry=self.registry,
        )
        self.job_articles = Counter(
            "precis_job_articles",
            "Articles of jobs that this worker answered",
            ["outcome"],
            registry=self.registry,
        )
        self.job_seconds = Histogram(
            "precis_job_article_seconds",
            "Time of this worker for an article of a job, others beside it",
            buckets=_LATENCY_BUCKETS_SECONDS,
            registry=self.registry,
        )
        self.job_queue = Gauge(
            "precis_job_queue_batches",
            "Batches of jobs that wait for a worker, as this worker saw it last",
            ["queue"],
            registry=self.registry,
        )
        self.model_load = Gauge(
            "precis_model_load_seconds", "How long loading the models took", registry=self.registry
        )

    def note_breaker(self, name: str, is_open: bool) -> None:
        """Note the state of a breaker; see `cache.breaker.Breaker`."""
        self.breaker.labels(name).set(is_open)

    def count_summaries(
        self, found: SummariesAnswer, method: Method, rewritten: Collection[str]
    ) -> None:
        """Count an answer, and where it is not a hit, how its sentences came to be.

        `rewritten` are the languages that a model rewrites: elsewhere `auto` falls back.
        """
        self.cache.labels("summaries", found.cache).inc()
        if found.cache == "hit":
            return
        known = found.source.language in rewritten
        if method == "auto" and not known:
            self.fallbacks.inc()
        for summary in found.summaries.values():
            for sentence in summary.sentences:
                self.sentences.labels(sentence.method).inc()
                if method == "auto" and known and sentence.method == "extractive":
                    self.replacements.inc()

    def count_job_article(self, failed: bool, seconds: float) -> None:
        """Count an article of a job."""
        self.job_articles.labels("failed" if failed else "done").inc()
        self.job_seconds.observe(seconds)

    def count_translations(self, found: TranslationsAnswer) -> None:
        """Count an answer."""
        self.cache.labels("translations", found.cache).inc()

    def count_hit(self, kind: str) -> None:
        """Count an answer that was known."""
        self.cache.labels(kind, "hit").inc()


def _name_request() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _SAFE_REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    g.started = time.perf_counter()


def name_route() -> str:
    """Return the rule that the current request matched: few different ones, and no text."""
    rule = request.url_rule
    return rule.rule if rule else "unmatched"


def name_method() -> str:
    """Return the method of the current request, or "other"."""
    method = request.method
    return method if method in _METHODS else "other"


def list_identifiers() -> dict[str, str]:
    """Return what a log line names the current request by."""
    named = {"request_id": g.get("request_id"), "trace_id": g.get("trace_id")}
    return {name: value for name, value in named.items() if value}


def _log_access(route: str, status: int, seconds: float) -> None:
    method = request.method
    access_log.info(
        "%s %s %d",
        method,
        route,
        status,
        extra={
            **list_identifiers(),
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
            "code": g.get("problem_code"),
            "cache": g.get("cache_state"),
        },
    )


def register_telemetry(app: Flask, metrics: Metrics) -> None:
    """Give every request an id, a log line and its place in the metrics."""

    def finish(response: Response) -> Response:
        seconds, method, route = time.perf_counter() - g.started, name_method(), name_route()
        response.headers["X-Request-ID"] = g.request_id
        metrics.requests.labels(method, route, response.status_code).inc()
        metrics.latency.labels(method, route).observe(seconds)
        _log_access(route, response.status_code, seconds)
        return response

    def leave(_error: BaseException | None) -> None:
        if g.pop("counted", False):
            metrics.in_flight.dec()

    def enter() -> None:
        _name_request()
        metrics.in_flight.inc()
        g.counted = True

    app.before_request(enter)
    app.after_request(finish)
    app.teardown_request(leave)


def configure_logging(level: str) -> None:
    """Log to standard error: plain on a terminal, JSON lines otherwise."""
    # What no line shows is not looked for (logging's own advice, "Optimization" in its how-to).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # documented there
    handler = logging.StreamHandler(sys.stderr)
    if sys.stderr.isatty():
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    else:
        handler.setFormatter(JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
