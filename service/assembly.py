"""The assembly: the one place that names concrete classes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge, Histogram, start_http_server

from cache.embedded import EmbeddedStore
from cache.protocols import Store
from cache.single_flight import SingleFlight
from documents.fetching import PageFetcher
from documents.protocols import Limits
from documents.reading import IsolatedReader
from models.catalogue import (
    Means,
    check_model,
    find_entry,
    list_models,
    open_model,
    open_translator,
    share_lanes,
)
from models.entries import TASKS, CatalogueEntry, Task
from models.languages import load_identifier, normalise
from models.protocols import ModelError
from models.reader import TextReader
from models.routing import RoutedTranslator, join_cards
from models.summariser import GroundedSummariser, Rewriter
from models.turns import Turns
from service import __version__
from service.articles import ArticleSources
from service.context import LanguageModels
from service.gate import Gate
from service.jobs import Jobs
from service.loading import BackgroundModels
from service.pipeline import Pipeline
from service.settings import Settings
from service.telemetry import Metrics
from service.watch import EngineWatch

if TYPE_CHECKING:
    from cache.jobs import RedisJobStore
    from service.broker import Broker

log = logging.getLogger(__name__)

# As many as keep all lanes of an engine busy.
_FIRST_SENTENCES = 24
_FIRST_SENTENCE = "The council of town number {} voted on Monday to rebuild the old bridge."


class EngineMetrics:
    """Counts what a micro-batcher tells of itself, and tells `watch` of its batches."""

    def __init__(self, metrics: Metrics, engine: str, watch: EngineWatch) -> None:
        self._engine = engine
        self._watch = watch
        metrics.engine_busy.labels(engine).set_function(lambda: watch.measure_busy(engine))
        self._batch_size: Histogram = metrics.batch_size.labels(engine)
        self._queue_wait: Histogram = metrics.queue_wait.labels(engine)
        self._queue_length: Gauge = metrics.queue_length.labels(engine)
        self._tokens: Counter = metrics.tokens.labels(engine)
        self._waiting = 0

    def observe_batch(self, inputs: int, tokens: int, waited_seconds: float) -> None:
        """Count a batch; see `BatchObserver`."""
        self._watch.note_begin(self._engine)
        self._batch_size.observe(inputs)
        self._queue_wait.observe(waited_seconds)
        self._tokens.inc(tokens)

    def observe_end(self) -> None:
        """Note the end of a batch; see `BatchObserver`."""
        self._watch.note_end()

    def observe_queue(self, inputs: int) -> None:
        """Note the length of the queue; see `BatchObserver`."""
        # Several models have the same name here, each with a queue of its own.
        self._queue_length.inc(inputs - self._waiting)
        self._waiting = inputs


def build_pipeline(settings: Settings, metrics: Metrics) -> Pipeline:
    """Return the pipeline that `settings` describe; its models load in the background."""
    store, turns = open_store(settings, metrics), Turns()
    return Pipeline(
        BackgroundModels(lambda: open_models(settings, metrics, turns), metrics.model_load.set),
        store,
        SingleFlight(store),
        settings.request_timeout_seconds,
        settings.max_sentences,
        Gate(settings.web_threads, settings.waiting_requests, turns),
    )


def open_sources(settings: Settings) -> ArticleSources:
    """Return what articles are read with, within the limits that `settings` set."""
    limits = Limits(
        seconds=settings.document_seconds,
        memory_bytes=settings.document_memory_bytes,
        pages=settings.max_pages,
        characters=settings.max_characters,
    )
    if not settings.fetch_urls:
        return ArticleSources(IsolatedReader(limits))
    fetcher = PageFetcher(
        f"Precis/{__version__} (self-hosted; asked for by a reader)",
        settings.fetch_seconds,
        settings.max_document_bytes,
        settings.fetch_hosts,
    )
    return ArticleSources(IsolatedReader(limits), fetcher)


def open_store(settings: Settings, metrics: Metrics) -> Store:
    """Return Redis where there is a URL, else the embedded store."""
    if settings.redis_url is not None:
        from cache.redis import RedisStore  # its library takes a while to import

        return RedisStore(
            settings.redis_url.get_secret_value(),
            settings.cache_ttl_seconds,
            observe=metrics.note_breaker,
            answer_seconds=settings.redis_answer_seconds,
        )
    return EmbeddedStore(
        settings.cache_directory, settings.cache_max_bytes, settings.cache_ttl_seconds
    )


def open_models(settings: Settings, metrics: Metrics, turns: Turns | None = None) -> LanguageModels:
    """Load the models of the profile; raises `ModelMissing`."""
    # The first text waits for what is left of it, others for nothing.
    threading.Thread(target=load_identifier, name="load-identifier", daemon=True).start()
    watch = EngineWatch(settings.hang_seconds)

    shared = share_lanes(
        Means(
            settings.engine,
            settings.device,
            settings.threads,
            settings.queue_sentences,
            lanes=settings.lanes,
            batch_tokens=settings.batch_tokens,
            turns=turns,
        )
    )

    def means(task: Task) -> Means:
        return replace(shared, observer=EngineMetrics(metrics, task, watch))

    writing, speaking = (_find_entries(settings, task) for task in TASKS)
    _tell_licences([*writing, *speaking])
    models = LanguageModels(
        TextReader(),
        GroundedSummariser(
            join_cards([entry.card for entry in writing]),
            *(_open_rewriter(entry, means("summarise")) for entry in writing),
        ),
        RoutedTranslator([open_translator(entry, means("translate")) for entry in speaking]),
        watch,
    )
    threading.Thread(target=_warm_up, args=(models,), name="warm-up", daemon=True).start()
    return models


def _warm_up(models: LanguageModels) -> None:
    """Let the models work once, so that no client waits for their first working space.

    Nor for the identifier of languages and their tables, but who comes in the first second.
    """
    load_identifier()
    normalise("en")
    sentences = [_FIRST_SENTENCE.format(number) for number in range(_FIRST_SENTENCES)]
    try:
        models.summariser.summarise(models.reader.read(" ".join(sentences), "en"), ("long",))
        for card in models.translator.card.models:
            source, (target, *_) = next(iter(card.pairs.items()))
            models.translator.translate(sentences, source, target)
    except ModelError as error:
        log.warning("The models did not warm up: %s", error)


def _open_rewriter(entry: CatalogueEntry, means: Means) -> Rewriter:
    model = open_model(entry, means)
    return Rewriter(model, entry.reads, entry.lowercase, entry.card.languages)


def build_jobs(settings: Settings) -> Jobs | None:
    """Return what takes jobs in; `None` without Redis or without the `jobs` extra."""
    if _find_jobs_url(settings) is None or not find_spec("celery"):
        return None
    broker = cache(lambda: open_broker(settings))  # Celery takes a while to import

    def publish(queue: str, job_id: str, firsts: Iterable[int]) -> None:
        broker().publish(queue, job_id, firsts)

    return Jobs(open_job_store(settings), publish, settings.profile)


def build_worker(settings: Settings) -> Callable[[], None]:
    """Load the models, and return what works on jobs until the process is told to end."""
    from service.app import create_app
    from service.working import Worker

    metrics = Metrics()
    models, store = open_models(settings, metrics), open_store(settings, metrics)
    pipeline = Pipeline(
        lambda: models,
        store,
        SingleFlight(store),
        settings.request_timeout_seconds,
        settings.max_sentences,
    )
    jobs, broker = open_job_store(settings), open_broker(settings)
    worker = Worker(jobs, create_app(settings, pipeline, metrics), settings.job_lease_seconds / 3)
    waiting = metrics.job_queue.labels(settings.profile)
    if settings.worker_metrics_port:
        start_http_server(settings.worker_metrics_port, registry=metrics.registry)

    def sweep(prefix: str, queue: str) -> list[tuple[str, str, int]]:
        waiting.set(jobs.count_waiting(prefix + queue))
        return jobs.list_overdue(prefix, queue)

    return lambda: broker.serve(settings.profile, worker.work, sweep)


def open_job_store(settings: Settings) -> RedisJobStore:
    """Return the jobs in the Redis of the settings, which must name one."""
    from cache.jobs import RedisJobStore

    return RedisJobStore(
        _find_jobs_url(settings) or "", settings.job_ttl_seconds, settings.job_lease_seconds
    )


def open_broker(settings: Settings) -> Broker:
    """Return Celery with the Redis of the settings, which must name one."""
    from service.broker import Broker  # needs the `jobs` extra

    return Broker(_find_jobs_url(settings) or "", settings.job_lease_seconds)


def _find_jobs_url(settings: Settings) -> str | None:
    url = settings.jobs_url or settings.redis_url
    return url.get_secret_value() if url else None


def check_models(settings: Settings) -> None:
    """Raise `ModelMissing` where a model that `settings` name is not there, without opening any."""
    for task in TASKS:
        for name in _list_names(settings, task):
            check_model(task, settings.profile, settings.models_directory, name, settings.engine)


def _find_entries(settings: Settings, task: Task) -> list[CatalogueEntry]:
    return [
        find_entry(task, settings.profile, settings.models_directory, name)
        for name in _list_names(settings, task)
    ]


def _list_names(settings: Settings, task: Task) -> tuple[str, ...]:
    """Return the models that the operator names for a task, else the profile's."""
    named = settings.summarisers if task == "summarise" else settings.translators
    return named or list_models(task, settings.profile)


def _tell_licences(entries: Iterable[CatalogueEntry]) -> None:
    for card in (entry.card for entry in entries):
        log.info("Model %s, revision %s, licence %s", card.id, card.revision, card.licence)
        if card.non_commercial:
            log.warning("NON-COMMERCIAL USE ONLY: the licence of %s is %s", card.id, card.licence)
