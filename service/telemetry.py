"""Telemetry: request ids, the access log, Prometheus metrics, stage timings."""

from __future__ import annotations

import contextlib
import logging
import random
import re
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from pythonjsonlogger.json import JsonFormatter
from werkzeug.wsgi import ClosingIterator

from models.protocols import Method
from service.schemas import SummariesAnswer, TranslationsAnswer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

access_log = logging.getLogger("precis.access")
LOG_SECONDS = 0.1

_EXCHANGE = "precis.exchange"
_SAFE_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
# Clients may make methods up; each would be a series in the metrics for good.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LATENCY_BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


SpanOpener = Callable[[str], AbstractContextManager[Any]]


def open_no_span(_name: str) -> AbstractContextManager[Any]:
    """Stand in for an opener of spans where nothing is traced."""
    return nullcontext()


class Timings:
    """How long each stage of one request took; each is a span, too, where `open_span` makes one.

    `started` is when the request was there, in the clock of `time.monotonic()`; `None` means now.
    """

    def __init__(self, open_span: SpanOpener = open_no_span, started: float | None = None) -> None:
        self.started = time.monotonic() if started is None else started
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
        for outcome in ("done", "failed"):  # from nought: an alert compares their rates
            self.job_articles.labels(outcome)
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
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request and the time it took."""
        series = self._series.get((method, route, status))
        if series is None:  # prometheus_client makes up labels anew each time
            counter, latency = self.requests, self.latency
            series = counter.labels(method, route, status), latency.labels(method, route)
            self._series[method, route, status] = series
        series[0].inc()
        series[1].observe(seconds)

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


@dataclass(slots=True)
class Exchange:
    """A request and its answer, as far as metrics and the access log tell them.

    `route` is the rule that it matched: few different ones, and no text.
    """

    request_id: str
    method: str
    started: float
    route: str = "unmatched"
    cache: str | None = None
    code: str | None = None
    trace_id: str | None = None


def find_exchange(environ: WSGIEnvironment) -> Exchange:
    """Return the exchange of a request."""
    found: Exchange = environ[_EXCHANGE]
    return found


def _make_request_id() -> str:
    """Return 32 hexadecimal digits; nothing is guarded by them, so none are asked of the system."""
    return f"{random.getrandbits(128):032x}"


def _begin_exchange(environ: WSGIEnvironment) -> Exchange:
    given, method = environ.get("HTTP_X_REQUEST_ID", ""), environ["REQUEST_METHOD"]
    exchange = environ[_EXCHANGE] = Exchange(
        given if _SAFE_REQUEST_ID.fullmatch(given) else _make_request_id(),
        method if method in _METHODS else "other",
        time.perf_counter(),
    )
    return exchange


def list_identifiers() -> dict[str, str]:
    """Return what a log line names the current request by."""
    named = {"request_id": g.get("request_id"), "trace_id": g.get("trace_id")}
    return {name: value for name, value in named.items() if value}


def _log_access(exchange: Exchange, method: str, status: int, seconds: float) -> None:
    named = {"trace_id": exchange.trace_id} if exchange.trace_id else {}
    access_log.info(
        "%s %s %d",
        method,
        exchange.route,
        status,
        extra={
            "request_id": exchange.request_id,
            **named,
            "method": method,
            "route": exchange.route,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
            "code": exchange.code,
            "cache": exchange.cache,
        },
    )


def watch_exchanges(application: WSGIApplication, metrics: Metrics) -> WSGIApplication:
    """Return the application with an id, a log line and a place in the metrics per request."""

    def wrapped(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        exchange = _begin_exchange(environ)

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            seconds, method = time.perf_counter() - exchange.started, exchange.method
            code = int(status[:3])
            metrics.count_request(method, exchange.route, code, seconds)
            _log_access(exchange, environ["REQUEST_METHOD"], code, seconds)
            named = [*headers, ("X-Request-ID", exchange.request_id)]
            return start_response(status, named, *error)

        metrics.in_flight.inc()
        try:
            answer = application(environ, start)
        except BaseException:
            metrics.in_flight.dec()
            raise
        return ClosingIterator(answer, metrics.in_flight.dec)

    return wrapped


def register_telemetry(app: Flask) -> None:
    """Tell the exchange what Flask knows of it; see `watch_exchanges`."""

    def enter() -> None:
        exchange = find_exchange(request.environ)
        g.request_id = exchange.request_id
        if request.url_rule is not None:
            exchange.route = request.url_rule.rule

    def finish(response: Response) -> Response:
        exchange = find_exchange(request.environ)
        exchange.cache, exchange.code = g.get("cache_state"), g.get("problem_code")
        exchange.trace_id = g.get("trace_id")
        return response

    app.before_request(enter)
    app.after_request(finish)


class BatchingHandler(logging.StreamHandler[TextIO]):
    """Writes the lines of some seconds together; a warning, and what came before it, at once.

    To write lets other threads run, and among many that answer it took a fifth of a known answer's
    time to get its turn back. The end of the process writes the rest; a kill or a crash loses it.
    """

    def __init__(self, stream: TextIO, seconds: float = LOG_SECONDS) -> None:
        super().__init__(stream)
        self._lines: list[str] = []
        self._seconds = seconds
        self._filled = threading.Event()
        threading.Thread(target=self._write_on, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, or write it; `logging` sees to it that one thread does so at a time."""
        try:
            self._lines.append(self.format(record) + self.terminator)
        except Exception:  # as every handler does
            self.handleError(record)
        if record.levelno >= logging.WARNING:
            self.flush()
        else:
            self._filled.set()

    def flush(self) -> None:
        """Write what is kept; where that fails there is nowhere to say so."""
        self.acquire()
        try:
            lines, self._lines = self._lines, []
            with contextlib.suppress(OSError, ValueError):
                self.stream.write("".join(lines))
                self.stream.flush()
        finally:
            self.release()

    def _write_on(self) -> None:
        while self._filled.wait():
            time.sleep(self._seconds)
            self._filled.clear()
            self.flush()


def configure_logging(level: str) -> None:
    """Log to standard error: plain on a terminal, JSON lines otherwise, and those in batches."""
    # What no line shows is not looked for (logging's own advice, "Optimization" in its how-to); the
    # number of the process stands in gunicorn's.
    logging.logThreads = logging.logMultiprocessing = False
    logging._srcfile = None  # documented there
    handler: logging.StreamHandler[TextIO]
    if sys.stderr.isatty():
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    else:
        handler = BatchingHandler(sys.stderr)
        handler.setFormatter(JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
