"""`Accept: text/event-stream` on `POST /v1/summaries`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cache.single_flight import SingleFlight
from models.protocols import DeadlineExceeded
from models.stubs import StubReader, StubSummariser, StubTranslator
from service.app import create_app
from service.context import LanguageModels
from service.pipeline import Pipeline
from service.settings import Settings
from tests.service.conftest import ARTICLE

EVENTS = {"Accept": "text/event-stream"}


def read_events(text: str) -> list[tuple[str, dict]]:
    """Return the events of a stream, names and data; comments are not events."""
    blocks = [b for b in text.split("\n\n") if b and not b.startswith(":")]
    pairs = [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]
    return [(pair["event"], json.loads(pair["data"])) for pair in pairs]


def ask(client: FlaskClient, **fields: object) -> list[tuple[str, dict]]:
    response = client.post("/v1/summaries", json={"text": ARTICLE, **fields}, headers=EVENTS)
    assert response.status_code == 200, response.text
    assert response.mimetype == "text/event-stream"
    return read_events(response.text)


def serve(models: LanguageModels, store) -> FlaskClient:
    return create_app(
        Settings(), Pipeline(lambda: models, store, SingleFlight(store))
    ).test_client()


def test_the_parts_are_told_in_order_and_the_answer_last(client: FlaskClient) -> None:
    events = ask(client, targets=["fr", "de"])
    translations = [(d["target"], d["length"]) for name, d in events if name == "translation"]
    assert [name for name, _ in events] == (
        ["source", "summary", "summary"] + ["translation"] * 4 + ["done"]
    )
    assert translations == [("fr", "short"), ("fr", "long"), ("de", "short"), ("de", "long")]


def test_the_parts_are_those_of_the_answer(client: FlaskClient) -> None:
    events = ask(client, targets=["fr"])
    answer = events[-1][1]
    assert events[0][1] == answer["source"]
    for name, data in events[1:-1]:
        summary = answer["summaries"][data["length"]]
        if name == "summary":
            assert data["summary"] == summary | {"translations": {}}
        else:
            assert data["translation"] == summary["translations"][data["target"]]


def test_the_answer_is_the_one_that_json_gives(client: FlaskClient) -> None:
    streamed = ask(client, targets=["fr"])[-1][1]
    plain = client.post("/v1/summaries", json={"text": ARTICLE, "targets": ["fr"]}).get_json()
    assert (streamed.pop("cache"), plain.pop("cache")) == ("miss", "hit")
    assert streamed == plain


def test_a_known_answer_tells_the_same_parts(client: FlaskClient) -> None:
    first, again = ask(client, targets=["fr"]), ask(client, targets=["fr"])
    assert again[-1][1]["cache"] == "hit"
    assert first[:-1] == again[:-1]


def test_the_text_goes_with_the_source_where_it_is_wanted(client: FlaskClient) -> None:
    assert ask(client, include=["text"])[0][1]["text"] == ARTICLE
    assert "text" not in ask(client)[0][1]


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"text": ""}, "invalid_values"), ({"targets": ["ja"]}, "unsupported_language")],
)
def test_what_fails_before_the_first_event_has_its_own_status(client, fields, code) -> None:
    response = client.post("/v1/summaries", json={"text": ARTICLE} | fields, headers=EVENTS)
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["code"] == code


def test_what_fails_later_is_told_as_the_last_event(store) -> None:
    class Late(StubTranslator):
        def translate(self, *_args):
            raise DeadlineExceeded("too late")

    client = serve(LanguageModels(StubReader(), StubSummariser(), Late()), store)
    events = ask(client, targets=["fr"])
    assert [name for name, _ in events] == ["source", "summary", "summary", "problem"]
    assert events[-1][1]["code"] == "deadline_exceeded"
    assert events[-1][1]["request_id"]


def test_a_failure_of_ours_says_nothing_of_the_inside(store) -> None:
    class Broken(StubTranslator):
        def translate(self, *_args):
            raise RuntimeError("a secret")

    client = serve(LanguageModels(StubReader(), StubSummariser(), Broken()), store)
    name, problem = ask(client, targets=["fr"])[-1]
    assert (name, problem["status"]) == ("problem", 500)
    assert "secret" not in json.dumps(problem)


def test_json_stays_the_default(client: FlaskClient) -> None:
    for accept in ("*/*", "application/json, text/event-stream", ""):
        response = client.post("/v1/summaries", json={"text": ARTICLE}, headers={"Accept": accept})
        assert response.mimetype == "application/json"


class PatientTranslator(StubTranslator):
    """Translates when it is let; `asked` records the targets, `began` is set by the first."""

    def __init__(self) -> None:
        super().__init__()
        self.began, self.may_go_on = threading.Event(), threading.Event()
        self.asked: list[str] = []

    def translate(self, sentences, source, target, deadline=None):
        self.asked.append(target)
        self.began.set()
        assert self.may_go_on.wait(30)
        return super().translate(sentences, source, target, deadline)


def open_stream(client: FlaskClient) -> tuple[TestResponse, Iterator[str]]:
    """Return a response that is being read, and its events as they come."""
    body = {"text": ARTICLE, "targets": ["fr", "de", "es"], "lengths": ["short"]}
    response = client.post("/v1/summaries", json=body, headers=EVENTS, buffered=False)
    return response, (block.decode() for block in response.iter_encoded())


def test_parts_arrive_while_the_rest_is_worked_out(store) -> None:
    translator = PatientTranslator()
    _, events = open_stream(
        serve(LanguageModels(StubReader(), StubSummariser(), translator), store)
    )
    assert next(events).startswith("event: source\n")
    assert next(events).startswith("event: summary\n")
    assert next(events) == ": working\n\n"
    translator.may_go_on.set()
    assert list(events)[-1].startswith("event: done\n")


def test_a_client_that_goes_away_frees_its_work(store) -> None:
    translator = PatientTranslator()
    client = serve(LanguageModels(StubReader(), StubSummariser(), translator), store)
    response, _ = open_stream(client)
    assert translator.began.wait(30)
    worker = next(thread for thread in threading.enumerate() if thread.name == "stream")
    response.close()
    translator.may_go_on.set()
    worker.join(30)
    assert translator.asked == ["fr"]
