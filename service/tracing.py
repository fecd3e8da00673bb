"""Traces: spans of requests and their stages, where OpenTelemetry is installed and configured."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request

from service.settings import Settings
from service.telemetry import SpanOpener, find_exchange

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

log = logging.getLogger(__name__)

# Asked for every few seconds, and worth no trace.
_UNTRACED = frozenset({"operations.livez", "operations.readyz", "operations.metrics"})


class Tracing:
    """Opens a span for each request, and spans within it; none ever holds text, keys or addresses.

    A client's own trace is carried on where it sends W3C's `traceparent`.
    """

    def __init__(self, provider: TracerProvider) -> None:
        from opentelemetry import context, trace
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._context, self._trace = context, trace
        self._tracer = provider.get_tracer("precis")
        self._propagator = TraceContextTextMapPropagator()

    def bind(self) -> SpanOpener:
        """Return what opens spans within the current request's, in whatever thread."""
        within = self._context.get_current()

        def open_span(name: str) -> AbstractContextManager[Any]:
            # What an exception says may quote the article.
            return self._tracer.start_as_current_span(
                name, context=within, record_exception=False, set_status_on_exception=False
            )

        return open_span

    def begin(self) -> None:
        """Open the span of the current request."""
        if request.endpoint in _UNTRACED:
            return
        exchange = find_exchange(request.environ)
        method, route = exchange.method, exchange.route
        span = self._tracer.start_span(
            f"{method} {route}",
            context=self._propagator.extract({k.lower(): v for k, v in request.headers}),
            kind=self._trace.SpanKind.SERVER,
            attributes={"http.request.method": method, "http.route": route},
        )
        g.span = span
        g.span_token = self._context.attach(self._trace.set_span_in_context(span))
        g.trace_id = self._trace.format_trace_id(span.get_span_context().trace_id)

    def note(self, response: Response) -> Response:
        """Write down how the current request is answered."""
        if span := g.get("span"):
            span.set_attribute("http.response.status_code", response.status_code)
            span.set_attribute("precis.request_id", g.get("request_id", ""))
            if code := g.get("problem_code"):
                span.set_attribute("error.type", code)
            if state := g.get("cache_state"):
                span.set_attribute("precis.cache", state)
            if response.status_code >= 500:
                span.set_status(self._trace.StatusCode.ERROR)
        return response

    def end(self, _error: BaseException | None) -> None:
        """Close the span of the current request."""
        if span := g.pop("span", None):
            self._context.detach(g.pop("span_token"))
            span.end()


def register_tracing(app: Flask, tracing: Tracing | None) -> None:
    """Trace the requests of `app`; without `tracing` nothing is added to them."""
    app.extensions["precis"]["tracing"] = tracing
    if tracing is not None:
        app.before_request(tracing.begin)
        app.after_request(tracing.note)
        app.teardown_request(tracing.end)


def open_tracing(settings: Settings) -> Tracing | None:
    """Return what sends traces to where `settings` say; the SDK heeds the other `OTEL_*` itself."""
    if not settings.otlp_endpoint:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.warning("OTEL_EXPORTER_OTLP_ENDPOINT is set, and the `traces` extra is not installed")
        return None
    own = Resource({"service.name": "precis"})
    provider = TracerProvider(resource=own.merge(OTELResourceDetector().detect()))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Tracing(provider)
