"""Traces: a span for each request, its stages within, the client's own trace, and no text."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bench.server import Server
from cache.single_flight import SingleFlight
from service.app import create_app
from service.pipeline import Pipeline
from service.settings import Settings
from service.tracing import Tracing
from tests.service.conftest import ARTICLE

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def client(pipeline, spans: InMemorySpanExporter) -> FlaskClient:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return create_app(Settings(), pipeline, tracing=Tracing(provider)).test_client()


def split(spans: InMemorySpanExporter) -> tuple[ReadableSpan, list[ReadableSpan]]:
    """Return the span of the one request, and those of its stages."""
    *stages, request = spans.get_finished_spans()
    return request, stages


def test_a_request_and_its_stages_are_spans(client: FlaskClient, spans) -> None:
    client.post("/v1/summaries", json={"text": ARTICLE, "targets": ["fr"]})
    request, stages = split(spans)
    assert request.name == "POST /v1/summaries"
    assert request.attributes["http.response.status_code"] == 200
    assert request.attributes["precis.cache"] == "miss"
    assert {"lookup", "read", "summarise", "translate", "store"} == {s.name for s in stages}
    assert {s.parent.span_id for s in stages} == {request.context.span_id}


def test_the_spans_of_a_stream_belong_to_its_request(client: FlaskClient, spans) -> None:
    """It is worked out in a thread of its own."""
    answer = client.post(
        "/v1/summaries", json={"text": ARTICLE}, headers={"Accept": "text/event-stream"}
    )
    assert "event: done" in answer.text
    answer.close()
    found = spans.get_finished_spans()
    request = next(span for span in found if span.name == "POST /v1/summaries")
    stages = [span for span in found if span is not request]
    assert {s.name for s in stages} >= {"lookup", "summarise", "store"}
    assert {s.parent.span_id for s in stages} == {request.context.span_id}


def test_the_trace_of_the_client_is_carried_on_and_told_in_the_log(
    client: FlaskClient, spans, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "precis.access"):
        client.get("/v1/languages", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
        client.get("/v1/languages", headers={"traceparent": "nonsense"})
    carried, begun = spans.get_finished_spans()
    assert f"{carried.context.trace_id:032x}" == TRACE
    assert f"{carried.parent.span_id:016x}" == PARENT
    assert begun.parent is None
    told = [record.trace_id for record in caplog.records if record.name == "precis.access"]
    assert told == [TRACE, f"{begun.context.trace_id:032x}"]


def test_no_span_holds_text_or_keys(models, store, spans) -> None:
    """Not where something fails either, whose exception may quote the article."""

    class Failing:
        card = models.summariser.card

        def summarise(self, article, *args, **options):
            raise RuntimeError(article.text)

    broken = replace(models, summariser=Failing())
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    pipeline = Pipeline(lambda: broken, store, SingleFlight(store))
    client = create_app(Settings(), pipeline, tracing=Tracing(provider)).test_client()
    headers = {"X-API-Key": "k-secret"}
    assert client.post("/v1/summaries", json={"text": ARTICLE}, headers=headers).status_code == 500
    client.get("/Ellery?text=Ellery", headers=headers)
    client.open("/v1/summaries?text=Ellery", method="ELLERY")
    told = "".join(span.to_json() for span in spans.get_finished_spans())
    assert '"status_code": "ERROR"' in told
    assert not [text for text in ("Ellery", "ELLERY", "k-secret", "127.0.0.1") if text in told]


def test_health_is_not_traced(client: FlaskClient, spans) -> None:
    for path in ("/livez", "/readyz", "/metrics"):
        client.get(path)
    assert not spans.get_finished_spans()


def test_without_a_place_for_traces_there_are_none(app) -> None:
    assert app.extensions["precis"]["tracing"] is None


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """Listen for OTLP over HTTP; yields the address and what came."""
    bodies: list[bytes] = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", bodies
    server.shutdown()
    server.server_close()


def test_a_service_that_ends_has_sent_its_traces(collector) -> None:
    """The standard variables are enough."""
    address, bodies = collector
    with Server(REDIS_URL="", OTEL_EXPORTER_OTLP_ENDPOINT=address, OTEL_SERVICE_NAME="desk") as one:
        one.connect().summarise("The bridge was closed on Monday. It will open in May.")
    sent = b"".join(bodies)
    assert b"POST /v1/summaries" in sent
    assert b"desk" in sent
    assert b"bridge" not in sent
