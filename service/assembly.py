"""The assembly: the one place that names concrete classes."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from cache.embedded import EmbeddedStore
from cache.protocols import Store
from cache.single_flight import SingleFlight
from documents.fetching import PageFetcher
from documents.protocols import Limits
from documents.reading import IsolatedReader
from models.catalogue import Means, Task, find_entry, open_model
from models.reader import TextReader
from models.summariser import GroundedSummariser, Rewriter
from models.translator import SentenceTranslator
from service import __version__
from service.articles import ArticleSources
from service.context import LanguageModels
from service.gate import Gate
from service.loading import BackgroundModels
from service.pipeline import Pipeline
from service.settings import Settings
from service.telemetry import Metrics


class EngineMetrics:
    """Counts what a micro-batcher tells of itself."""

    def __init__(self, metrics: Metrics, engine: str) -> None:
        self._batch_size: Histogram = metrics.batch_size.labels(engine)
        self._queue_wait: Histogram = metrics.queue_wait.labels(engine)
        self._queue_length: Gauge = metrics.queue_length.labels(engine)
        self._tokens: Counter = metrics.tokens.labels(engine)

    def observe_batch(self, inputs: int, tokens: int, waited_seconds: float) -> None:
        """Count a batch; see `BatchObserver`."""
        self._batch_size.observe(inputs)
        self._queue_wait.observe(waited_seconds)
        self._tokens.inc(tokens)

    def observe_queue(self, inputs: int) -> None:
        """Note the length of the queue; see `BatchObserver`."""
        self._queue_length.set(inputs)


def build_pipeline(settings: Settings, metrics: Metrics) -> Pipeline:
    """Return the pipeline that `settings` describe; its models load in the background."""
    store = open_store(settings, metrics)
    return Pipeline(
        BackgroundModels(lambda: open_models(settings, metrics), metrics.model_load.set),
        store,
        SingleFlight(store),
        settings.request_timeout_seconds,
        settings.max_sentences,
        Gate(settings.web_threads, settings.waiting_requests),
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
        )
    return EmbeddedStore(
        settings.cache_directory, settings.cache_max_bytes, settings.cache_ttl_seconds
    )


def open_models(settings: Settings, metrics: Metrics) -> LanguageModels:
    """Load the models of the profile; raises `ModelMissing`."""

    def means(task: Task) -> Means:
        return Means(
            settings.engine,
            settings.device,
            settings.threads,
            settings.queue_sentences,
            EngineMetrics(metrics, task),
            settings.lanes,
            settings.batch_tokens,
        )

    writes = find_entry("summarise", settings.profile, settings.models_directory)
    speaks = find_entry("translate", settings.profile, settings.models_directory)
    rewriter = Rewriter(open_model(writes, means("summarise")), writes.reads, writes.lowercase)
    translator = SentenceTranslator(open_model(speaks, means("translate")), speaks.card)
    models = LanguageModels(TextReader(), GroundedSummariser(writes.card, rewriter), translator)
    models.reader.read("The first text loads what reading needs.")
    return models
