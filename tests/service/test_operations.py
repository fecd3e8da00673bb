"""Health, metrics, the catalogue and the API's description."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from flask.testing import FlaskClient
from openapi_spec_validator import validate

from cache.single_flight import SingleFlight
from documents.protocols import MEDIA_TYPES
from models.batching import MicroBatcher
from models.protocols import (
    DeadlineExceeded,
    GenerationSettings,
    Hypothesis,
    ModelMissing,
    Overloaded,
    TokenisedInput,
)
from models.stubs import StubTranslator
from service.app import create_app
from service.assembly import EngineMetrics
from service.loading import BackgroundModels
from service.pipeline import Pipeline
from service.settings import Settings
from service.telemetry import Metrics
from service.watch import EngineWatch
from tests.service.conftest import ARTICLE


def wait_for(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 30
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def test_the_process_answers(client: FlaskClient) -> None:
    assert client.get("/livez").get_json() == {"status": "alive"}


def test_ready_lists_each_check(client: FlaskClient) -> None:
    answer = client.get("/readyz").get_json()
    assert answer["ready"]
    assert set(answer["checks"]) == {"models", "engines", "cache"}


def test_an_engine_that_hangs_is_told_in_readiness_until_it_answers(models, store) -> None:
    """The process itself is well: only what waits for the engine is not."""
    goes_on, watch = threading.Event(), EngineWatch(limit_seconds=0.05)

    class HangingEngine:
        def generate(self, batch, settings, deadline=None):
            goes_on.wait(30)
            return [[Hypothesis(item.tokens, 0.0)] for item in batch]

        def close(self) -> None: ...

    metrics = Metrics()
    batcher = MicroBatcher(HangingEngine(), observer=EngineMetrics(metrics, "translate", watch))
    watched = replace(models, watch=watch)
    app = create_app(Settings(), Pipeline(lambda: watched, store, SingleFlight(store)), metrics)
    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    call = threading.Thread(
        target=batcher.generate, args=([TokenisedInput(("a",))], GenerationSettings())
    )
    call.start()
    assert wait_for(lambda: client.get("/readyz").status_code == 503)
    check = client.get("/readyz").get_json()["checks"]["engines"]
    assert not check["ok"]
    assert check["detail"].startswith("translate: at one batch for")
    assert client.get("/livez").status_code == 200
    busy = {"engine": "translate"}
    assert metrics.registry.get_sample_value("precis_engine_busy_seconds", busy) > 0.05
    goes_on.set()
    call.join()
    assert wait_for(lambda: client.get("/readyz").status_code == 200)
    assert metrics.registry.get_sample_value("precis_engine_busy_seconds", busy) == 0
    batcher.close()


def test_queues_of_models_with_one_name_are_counted_together() -> None:
    metrics = Metrics()
    one, other = (EngineMetrics(metrics, "translate", EngineWatch()) for _ in range(2))
    for observer, waiting in ((one, 5_000), (other, 7), (other, 0), (one, 4_000)):
        observer.observe_queue(waiting)
    length = metrics.registry.get_sample_value(
        "precis_engine_queue_sentences", {"engine": "translate"}
    )
    assert length == 4_000


def test_requests_before_the_models_are_loaded_are_asked_to_come_again(store, models) -> None:
    go = threading.Event()

    def open_models():
        go.wait(30)
        return models

    loading = BackgroundModels(open_models)
    client = create_app(Settings(), Pipeline(loading, store, SingleFlight(store))).test_client()
    early = [
        client.get("/readyz"),
        client.post("/v1/summaries", json={"text": ARTICLE}),
        client.get("/v1/languages"),
    ]
    assert [r.status_code for r in early] == [503] * 3
    assert all(r.headers["Retry-After"] for r in early)
    assert client.get("/livez").status_code == 200
    go.set()
    assert loading.wait(30)
    assert client.post("/v1/summaries", json={"text": ARTICLE}).status_code == 200


def test_models_that_cannot_be_loaded_are_told_in_readiness(store) -> None:
    def open_models():
        raise ModelMissing("translator: model.bin is absent")

    loading = BackgroundModels(open_models)
    assert loading.wait(30)
    client = create_app(Settings(), Pipeline(loading, store, SingleFlight(store))).test_client()
    check = client.get("/readyz").get_json()["checks"]["models"]
    assert not check["ok"]
    assert "model.bin" in check["detail"]


def test_a_full_queue_and_a_missed_deadline_are_503_and_not_remembered(store, models) -> None:
    failures = [Overloaded("The queue is full.", 3), DeadlineExceeded("late")]

    class Busy:
        card = models.summariser.card

        def summarise(self, *args, **options):
            if failures:
                raise failures.pop(0)
            return models.summariser.summarise(*args, **options)

    busy = type(models)(models.reader, Busy(), models.translator)
    client = create_app(
        Settings(), Pipeline(lambda: busy, store, SingleFlight(store))
    ).test_client()
    answers = [client.post("/v1/summaries", json={"text": ARTICLE}) for _ in range(3)]
    assert [r.status_code for r in answers] == [503, 503, 200]
    assert [r.get_json().get("code") for r in answers[:2]] == ["overloaded", "deadline_exceeded"]
    assert answers[0].headers["Retry-After"] == "3"


def test_what_was_done_before_a_deadline_is_not_done_again(store, models) -> None:
    asked: list[str] = []

    class Slow(StubTranslator):
        def translate(self, sentences, source, target, deadline=None):
            asked.append(target)
            if target == "de" and asked.count("de") == 1:
                raise DeadlineExceeded("late")
            return super().translate(sentences, source, target, deadline)

    slow = replace(models, translator=Slow())
    pipeline = Pipeline(lambda: slow, store, SingleFlight(store))
    client = create_app(Settings(), pipeline).test_client()
    body = {"text": ARTICLE, "targets": ["fr", "de"]}
    answers = [client.post("/v1/summaries", json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [503, 200]
    assert answers[1].get_json()["cache"] == "partial"
    assert asked == ["fr", "de", "de"]


def test_a_long_text_is_kept_up_to_where_a_deadline_ended_it(store, models) -> None:
    asked: list[int] = []

    class Slow(StubTranslator):
        def translate(self, sentences, source, target, deadline=None):
            asked.append(len(sentences))
            if len(asked) == 2:
                raise DeadlineExceeded("late")
            return super().translate(sentences, source, target, deadline)

    slow = replace(models, translator=Slow())
    pipeline = Pipeline(lambda: slow, store, SingleFlight(store))
    client = create_app(Settings(), pipeline).test_client()
    text = " ".join(f"Bridge {number} was closed." for number in range(600))
    body = {"text": text, "source": "en", "targets": ["fr"]}
    answers = [client.post("/v1/translations", json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [503, 200]
    assert asked == [500, 100, 100]
    assert "Bridge 599" in answers[1].get_json()["translations"]["fr"]


def test_languages_say_what_can_be_done_with_each(client: FlaskClient) -> None:
    rows = {row["code"]: row for row in client.get("/v1/languages").get_json()}
    assert rows["en"]["summarise"] == "abstractive"
    assert "fr" in rows["en"]["translate_to"]
    assert rows["ja"]["summarise"] == "extractive"


def test_an_experimental_pair_on_the_way_of_a_pivot_is_told(client: FlaskClient) -> None:
    rows = {row["code"]: row for row in client.get("/v1/languages").get_json()}
    assert rows["fr"]["via"] == {"de": ["en"], "es": ["en"]}
    assert rows["fr"]["experimental"] == ["es"]


def test_models_are_listed_with_their_licences(client: FlaskClient) -> None:
    rows = client.get("/v1/models").get_json()
    assert {row["task"] for row in rows} == {"summarise", "translate"}
    assert all(row["licence"] and row["revision"] for row in rows)


def test_metrics_count_requests_by_route_and_never_name_clients(client: FlaskClient) -> None:
    client.post("/v1/summaries", json={"text": ARTICLE}, headers={"X-API-Key": "k-secret"})
    text = client.get("/metrics").text
    assert 'precis_requests_total{method="POST",route="/v1/summaries",status="200"} 1.0' in text
    assert 'precis_answers_total{cache="miss",kind="summaries"} 1.0' in text
    assert "k-secret" not in text
    assert "127.0.0.1" not in text


def test_metrics_count_what_fell_back_and_what_grounding_replaced(client: FlaskClient) -> None:
    """The stub writes with the article's sentences under the card of an English model."""
    client.post("/v1/summaries", json={"text": ARTICLE})
    german = "Der Nachtzug fährt wieder. Er hält in Lindenau. Die Fahrt kostet 40 Euro."
    client.post("/v1/summaries", json={"text": german, "source": "de"})
    client.post("/v1/summaries", json={"text": german, "source": "de", "method": "extractive"})
    text = client.get("/metrics").text
    assert "precis_extractive_fallbacks_total 1.0" in text
    assert "precis_grounding_replacements_total" in text
    assert "precis_grounding_replacements_total 0.0" not in text


def test_how_long_loading_took_is_observed(models) -> None:
    seconds: list[float] = []
    assert BackgroundModels(lambda: models, seconds.append).wait(30)
    assert len(seconds) == 1


def test_the_openapi_document_is_valid_and_has_examples(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    validate(document)
    paths = document["paths"]
    assert {"/v1/summaries", "/v1/translations", "/v1/languages", "/v1/models"} <= set(paths)
    post = paths["/v1/summaries"]["post"]
    content = post["requestBody"]["content"]
    assert all(content[media_type]["example"] for media_type in ("application/json", "text/plain"))
    assert {"multipart/form-data", *MEDIA_TYPES.values()} <= set(content)
    assert "application/problem+json" in post["responses"]["422"]["content"]


def test_the_openapi_document_tells_the_answers_that_there_are(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").get_json()["paths"]
    offered = {"application/json", "text/plain"}
    for path, more in (("/v1/summaries", {"text/event-stream"}), ("/v1/translations", set())):
        responses = paths[path]["post"]["responses"]
        assert set(responses["200"]["content"]) == offered | more
        assert "304" in responses
    assert "422" not in paths["/livez"]["get"]["responses"]


def test_the_documentation_needs_nothing_from_outside(client: FlaskClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for name in ("js/swagger-ui-bundle.js", "css/swagger-ui.css", "docs.js"):
        assert client.get(f"/docs/static/{name}").status_code == 200
    assert client.get("/docs/static/../app.py").status_code == 404


def test_the_articles_of_jobs_are_counted_from_nought(client: FlaskClient) -> None:
    """An alert for workers that answer none compares a rate: without a series there is none."""
    told = client.get("/metrics").get_data(as_text=True).splitlines()
    assert 'precis_job_articles_total{outcome="done"} 0.0' in told
    assert 'precis_job_articles_total{outcome="failed"} 0.0' in told


def test_methods_that_clients_make_up_share_one_series(client: FlaskClient) -> None:
    for method in ("AAA", "BBB"):
        assert client.open("/livez", method=method).status_code == 405
    metrics = client.get("/metrics").text
    assert "AAA" not in metrics
    assert 'method="other"' in metrics
