"""The application factory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_openapi3 import Info, OpenAPI

from service import __version__
from service.articles import ArticleSources
from service.browsers import add_headers, register_browsers
from service.connections import register_connections
from service.errors import register_errors
from service.jobs import Jobs
from service.limits import register_limits
from service.pipeline import Pipeline
from service.routes import (
    catalogue,
    documentation,
    jobs,
    libretranslate,
    operations,
    page,
    summaries,
    translations,
    usage,
)
from service.schemas import Problem
from service.settings import Settings, read_settings
from service.shortcut import Shortcut
from service.telemetry import Metrics, register_telemetry, watch_exchanges
from service.tracing import Tracing, open_tracing, register_tracing

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_DESCRIPTION = (
    "Summarises articles in any language, translates the summaries, and shows for each sentence "
    "where the article says it."
)
_KEY_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}


class _Api(OpenAPI):
    """flask-openapi3 without what is not so: 422 where nothing is validated, a `url` where off."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function: none here is asynchronous, and Flask would look at each anew."""
        return func

    def generate_spec_json(self) -> None:
        super().generate_spec_json()
        for path in self.spec_json["paths"].values():
            for operation in path.values():
                if "application/problem+json" not in operation["responses"]["422"]["content"]:
                    del operation["responses"]["422"]
        if not self.extensions["precis"]["settings"].fetch_urls:  # the page offers what is here
            schemas = self.spec_json["components"]["schemas"]
            del schemas["SummaryRequest"]["properties"]["url"]


def create_app(
    settings: Settings | None = None,
    pipeline: Pipeline | None = None,
    metrics: Metrics | None = None,
    sources: ArticleSources | None = None,
    job_desk: Jobs | None = None,
    tracing: Tracing | None = None,
) -> Flask:
    """Return the WSGI application; what is not given is read from the environment and built."""
    settings = settings or read_settings()
    metrics = metrics or Metrics()
    app = _Api(
        "service",
        info=Info(title="Précis", version=__version__, description=_DESCRIPTION),
        security_schemes=_KEY_SCHEMES,  # type: ignore[arg-type]  # plain dicts are documented
        validation_error_model=Problem,
        doc_ui=False,
        static_folder=None,
    )
    app.extensions["precis"] = {
        "settings": settings,
        "pipeline": pipeline or _build_pipeline(settings, metrics),
        "sources": sources or _open_sources(settings),
        "metrics": metrics,
        "jobs": job_desk if pipeline else _build_jobs(settings),
        # Streams hold a thread for as long as a job runs; half of the threads are for requests.
        "followers": jobs.Followers(max(1, settings.web_threads // 2)),
    }
    register_connections(app)
    register_telemetry(app)
    tracing = tracing or open_tracing(settings)
    register_tracing(app, tracing)
    register_errors(app)
    register_browsers(app, settings)
    ring = register_limits(app, settings, metrics)
    for routes in (summaries, translations, jobs, catalogue, usage, operations):
        app.register_api(routes.api)
    app.register_blueprint(documentation.pages)
    if settings.libretranslate:
        app.register_blueprint(libretranslate.api)
    app.register_blueprint(page.page)
    application: WSGIApplication = app.wsgi_app
    if not (tracing or settings.rate_limit_per_minute or settings.daily_characters):
        found: Pipeline = app.extensions["precis"]["pipeline"]
        application = Shortcut(application, found, ring, metrics, settings.max_body_bytes)
    application = watch_exchanges(add_headers(application), metrics)
    app.wsgi_app = application  # type: ignore[method-assign, assignment]  # Flask's documented way
    return app


def _build_pipeline(settings: Settings, metrics: Metrics) -> Pipeline:
    from service.assembly import build_pipeline  # its imports are heavy; tests bring their own

    return build_pipeline(settings, metrics)


def _open_sources(settings: Settings) -> ArticleSources:
    from service.assembly import open_sources

    return open_sources(settings)


def _build_jobs(settings: Settings) -> Jobs | None:
    from service.assembly import build_jobs

    return build_jobs(settings)
