"""The shortcut: what is known leaves early, and is what the whole way would have sent."""

from __future__ import annotations

import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from models.protocols import Overloaded
from service import shortcut
from service.app import create_app
from service.routes import start_timings
from service.schemas import SummaryRequest
from service.settings import Settings
from service.shortcut import STARTED
from service.telemetry import Timings
from tests.service.conftest import ARTICLE

BODY = json.dumps({"text": ARTICLE, "targets": ["fr"]})
ADDRESSES = ("/v1/summaries", "/v1/translations")
VARYING = {"X-Request-ID", "Server-Timing"}


@pytest.fixture
def seen(app: Flask) -> list[str]:
    """Return the addresses of the requests that Flask sees."""
    paths: list[str] = []
    app.before_request(lambda: paths.append(request.path))
    return paths


def ask(client: FlaskClient, body: str = BODY, url: str = "/v1/summaries", **headers: str):
    return client.post(url, data=body, content_type="application/json", headers=headers)


def _describe(response) -> tuple[int, bytes, dict[str, str]]:
    told = {name: value for name, value in response.headers if name not in VARYING}
    return response.status_code, response.data, told


@pytest.mark.parametrize("url", ADDRESSES)
@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "br"}])
def test_it_sends_what_the_whole_way_would(
    client: FlaskClient, seen: list[str], url: str, headers: dict[str, str]
) -> None:
    ask(client, url=url, **headers)
    whole = ask(client, BODY + " ", url, **headers)  # the same request in other bytes
    assert len(seen) == 2
    short = ask(client, url=url, **headers)
    assert len(seen) == 2
    assert _describe(short) == _describe(whole)
    assert short.headers["X-Request-ID"] != whole.headers["X-Request-ID"]
    assert "lookup;dur=" in short.headers["Server-Timing"]


def test_who_has_it_is_told_so(client: FlaskClient, seen: list[str]) -> None:
    tag = ask(client).headers["ETag"]
    short = ask(client, **{"If-None-Match": f'"other", {tag}'})
    assert (short.status_code, short.data, short.headers["ETag"]) == (304, b"", tag)
    assert ask(client, **{"If-None-Match": '"other"'}).status_code == 200
    assert len(seen) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "text/plain"},
        {"Accept": "text/event-stream"},
        {"Origin": "https://example.org"},
        {"Content-Encoding": "gzip"},
    ],
)
def test_what_is_asked_for_otherwise_goes_the_whole_way(
    client: FlaskClient, seen: list[str], headers: dict[str, str]
) -> None:
    ask(client)
    for _ in range(2):
        ask(client, **headers).get_data()
    assert len(seen) == 3


def test_what_tells_of_the_call_itself_is_not_memorised(
    client: FlaskClient, seen: list[str]
) -> None:
    body = json.dumps({"text": ARTICLE, "include": ["text"]})
    texts = [ask(client, body).get_json()["source"]["text"] for _ in range(2)]
    assert texts == [ARTICLE] * 2
    page = f"<article><h1>Old bridge</h1><p>{ARTICLE}</p></article>"
    for _ in range(2):
        response = client.post("/v1/summaries", data=page, content_type="text/html")
        assert response.get_json()["document"]["media_type"] == "text/html"
    assert len(seen) == 4


def test_plain_text_with_options_is_known_by_both(client: FlaskClient, seen: list[str]) -> None:
    for lengths in ("short", "long", "short", "long"):
        response = client.post(
            f"/v1/summaries?lengths={lengths}", data=ARTICLE, content_type="text/plain"
        )
        assert list(response.get_json()["summaries"]) == [lengths]
    assert len(seen) == 2


def test_what_the_cache_has_lost_is_computed_anew(client: FlaskClient, store, models) -> None:
    ask(client)
    with store._connect() as connection:
        connection.execute("DELETE FROM entry")
    assert ask(client).get_json()["cache"] == "miss"
    assert models.summariser.calls == 2


def test_a_body_that_breaks_off_is_told_as_ever(client: FlaskClient) -> None:
    ask(client)
    response = client.post(
        "/v1/summaries",
        data=BODY[:-5],
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": str(len(BODY))},
    )
    assert response.get_json()["code"] == "malformed_body"


def test_a_key_is_asked_for_each_time(pipeline, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text("first-key\n")
    client = create_app(Settings(api_keys_file=path), pipeline).test_client()
    for headers in ({"Authorization": "Bearer first-key"}, {"X-API-Key": "first-key"}):
        assert ask(client, **headers).status_code == 200
    assert ask(client).status_code == 401
    assert ask(client, **{"Authorization": "Bearer other"}).status_code == 403
    path.write_text("second-key-longer\n")
    assert ask(client, Authorization="Bearer first-key").status_code == 403
    assert ask(client, Authorization="Bearer second-key-longer").status_code == 200


@pytest.mark.parametrize("limit", ["rate_limit_per_minute", "daily_characters"])
def test_where_uses_are_counted_each_is(pipeline, limit: str) -> None:
    client = create_app(Settings(**{limit: 2 * len(ARTICLE)}), pipeline).test_client()
    left = [ask(client).headers["RateLimit-Remaining"] for _ in range(2)]
    assert int(left[1]) < int(left[0])


def test_it_is_logged_and_counted_like_any_other(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    ask(client).close()
    with caplog.at_level(logging.INFO, "precis.access"):
        ask(client, **{"X-Request-ID": "desk-7"}).close()
    (line,) = caplog.records
    told = {name: getattr(line, name) for name in ("request_id", "route", "status", "cache")}
    expected = {"request_id": "desk-7", "route": "/v1/summaries", "status": 200, "cache": "hit"}
    assert told == expected
    text = client.get("/metrics").text
    assert 'precis_answers_total{cache="hit",kind="summaries"} 1.0' in text
    count = 'precis_requests_total{method="POST",route="/v1/summaries",status="200"} 2.0'
    assert count in text
    assert "precis_requests_in_flight 1.0" in text  # the one that asks for the metrics


def test_those_who_come_meanwhile_wait_for_the_one_that_computes(app: Flask, models) -> None:
    began, goes_on = threading.Event(), threading.Event()
    summarise = models.summariser.summarise

    def wait(*arguments: object) -> object:
        began.set()
        assert goes_on.wait(10)
        return summarise(*arguments)

    models.summariser.summarise = wait
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(lambda: ask(app.test_client()).get_json())
        assert began.wait(10)
        others = [pool.submit(lambda: ask(app.test_client()).get_json()) for _ in range(8)]
        goes_on.set()
        assert first.result()["cache"] == "miss"
        assert {other.result()["cache"] for other in others} == {"hit"}
    assert models.summariser.calls == 1


def test_where_the_one_that_computes_fails_the_others_go_on(app: Flask, models) -> None:
    began, goes_on = threading.Event(), threading.Event()
    summarise, calls = models.summariser.summarise, []

    def fail_first(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            began.set()
            assert goes_on.wait(10)
            raise Overloaded("The first one fails.")
        return summarise(*arguments)

    models.summariser.summarise = fail_first
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(lambda: ask(app.test_client()).status_code)
        assert began.wait(10)
        others = [pool.submit(lambda: ask(app.test_client()).status_code) for _ in range(2)]
        goes_on.set()
        assert first.result() == 503
        assert [other.result() for other in others] == [200, 200]


def test_it_remembers_so_many_requests_and_no_more(
    client: FlaskClient, seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortcut, "_MAX_MEMORISED", 2)
    bodies = [BODY + " " * number for number in range(3)]
    for body in (*bodies, *bodies[1:]):
        ask(client, body)
    assert len(seen) == 3
    ask(client, bodies[0])
    assert len(seen) == 4


def test_the_time_of_a_request_runs_from_when_it_was_there(app: Flask, pipeline, models) -> None:
    """Also where it waited for the answer of another one, in vain, before Flask saw it."""
    deadlines, summarise = [], models.summariser.summarise

    def note(article, lengths, method, deadline):
        deadlines.append(deadline)
        return summarise(article, lengths, method, deadline)

    models.summariser.summarise = note
    started = time.monotonic() - 100
    pipeline.run(SummaryRequest(text="The old bridge is closed."), Timings(started=started))
    assert deadlines == [started + 120]
    with app.test_request_context(environ_overrides={STARTED: started}):
        assert start_timings().started == started
