"""How much may be used, by whom, and what is said of it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from cache.breaker import RETRY_SECONDS
from cache.single_flight import SingleFlight
from service.allowances import Allowances
from service.app import create_app
from service.pipeline import Pipeline
from service.settings import Settings
from tests.redis_server import RedisServer
from tests.service.conftest import ARTICLE
from tests.service.test_bad_input import check_problem


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.stop()


def test_the_rate_is_limited_per_key(pipeline: Pipeline) -> None:
    settings = Settings(api_keys="first,second", rate_limit_per_minute=2)
    client = create_app(settings, pipeline).test_client()
    answers = [client.get("/v1/models", headers={"X-API-Key": "first"}) for _ in range(3)]
    assert [r.status_code for r in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].mimetype == "application/problem+json"
    assert answers[2].get_json()["code"] == "rate_limited"
    assert client.get("/v1/models", headers={"X-API-Key": "second"}).status_code == 200


def test_wrong_keys_are_not_guessed_at_any_rate(pipeline: Pipeline) -> None:
    settings = Settings(api_keys="first", rate_limit_per_minute=2)
    client = create_app(settings, pipeline).test_client()
    answers = [client.get("/v1/models", headers={"X-API-Key": f"guess{n}"}) for n in range(3)]
    assert [r.status_code for r in answers] == [403, 403, 429]
    assert client.get("/v1/models", headers={"X-API-Key": "first"}).status_code == 200


def test_a_forged_address_changes_nothing(pipeline: Pipeline) -> None:
    client = create_app(Settings(rate_limit_per_minute=1), pipeline).test_client()
    forged = [
        client.get("/v1/models", headers={"X-Forwarded-For": f"192.0.2.{i}"}) for i in range(2)
    ]
    assert [r.status_code for r in forged] == [200, 429]


def test_a_trusted_proxy_is_believed_once(pipeline: Pipeline) -> None:
    settings = Settings(rate_limit_per_minute=1, trusted_proxies=1)
    client = create_app(settings, pipeline).test_client()
    chains = ["198.51.100.1, 192.0.2.1", "198.51.100.2, 192.0.2.1", "192.0.2.2"]
    answers = [client.get("/v1/models", headers={"X-Forwarded-For": c}) for c in chains]
    assert [r.status_code for r in answers] == [200, 429, 200]


def test_health_is_not_counted(pipeline: Pipeline) -> None:
    client = create_app(Settings(rate_limit_per_minute=1), pipeline).test_client()
    assert {client.get(path).status_code for path in ["/livez", "/readyz"] * 5} == {200}


def test_characters_are_counted_and_what_is_refused_is_not(pipeline: Pipeline) -> None:
    """A text that is too long for what is left leaves room for a shorter one."""
    client = create_app(Settings(daily_characters=len(ARTICLE) + 20), pipeline).test_client()

    def post(text: str) -> int:
        return client.post("/v1/translations", json={"text": text, "targets": ["fr"]}).status_code

    assert client.post("/v1/summaries", json={"text": ARTICLE}).status_code == 200
    refused = client.post("/v1/summaries", json={"text": ARTICLE})
    assert (refused.status_code, refused.get_json()["code"]) == (429, "quota_exceeded")
    assert "20 of" in refused.get_json()["detail"]
    assert int(refused.headers["Retry-After"]) > 60
    assert [post("The bridge is so."), post("The bridge is so.")] == [200, 429]


@pytest.mark.parametrize("spent", [False, True])
def test_what_is_more_than_a_whole_day_is_not_to_be_tried_again(pipeline, spent: bool) -> None:
    client = create_app(Settings(daily_characters=len(ARTICLE) - 1), pipeline).test_client()
    if spent:
        text = "The bridge is so." + " " * (len(ARTICLE) - 18)
        answer = client.post("/v1/translations", json={"text": text, "targets": ["fr"]})
        assert answer.headers["RateLimit-Remaining"] == "0"
    response = client.post("/v1/summaries", json={"text": ARTICLE})
    detail = check_problem(response, 413, "too_large")["detail"]
    assert f" {len(ARTICLE) - 1} a day" in detail
    assert "Retry-After" not in response.headers


def test_usage_shows_a_key_its_own_and_costs_nothing(pipeline: Pipeline) -> None:
    settings = Settings(api_keys="first,second", rate_limit_per_minute=5, daily_characters=1000)
    client = create_app(settings, pipeline).test_client()
    client.post("/v1/summaries", json={"text": ARTICLE}, headers={"X-API-Key": "first"})

    def usage(key: str) -> dict:
        return client.get("/v1/usage", headers={"X-API-Key": key}).get_json()

    for _ in range(2):
        first = usage("first")
        assert first["counted_by"] == "key"
        assert first["allowances"]["requests"]["used"] == 1
        assert first["allowances"]["characters"]["used"] == len(ARTICLE)
    assert usage("second")["allowances"]["characters"]["remaining"] == 1000


def test_usage_without_limits_lists_none(client: FlaskClient) -> None:
    assert client.get("/v1/usage").get_json() == {"counted_by": "address", "allowances": {}}
    assert "RateLimit" not in client.get("/v1/models").headers


def test_headers_tell_what_is_left(pipeline: Pipeline) -> None:
    settings = Settings(rate_limit_per_minute=5, daily_characters=1000)
    headers = create_app(settings, pipeline).test_client().get("/v1/models").headers
    assert headers["RateLimit-Policy"] == '"requests";q=5;w=60, "characters";q=1000;w=86400'
    pattern = r'"requests";r=4;t=\d+, "characters";r=1000;t=\d+'
    assert re.fullmatch(pattern, headers["RateLimit"])
    assert (headers["RateLimit-Limit"], headers["RateLimit-Remaining"]) == ("5", "4")


def test_replicas_count_together_in_redis_and_alone_while_it_is_away(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    states: dict[str, bool] = {}
    amounts = {"requests": (2, 60)}
    one, other = (Allowances(amounts, redis_server.url, states.__setitem__) for _ in range(2))
    assert [a.spend("requests", "me") for a in (one, other, one)] == [True, True, False]
    redis_server.stop()
    assert [one.spend("requests", "me") for _ in range(3)] == [True, True, False]
    assert states == {"Redis for limits": True}
    redis_server.start()
    time.sleep(RETRY_SECONDS + 0.2)
    assert [one.spend("requests", "me") for _ in range(3)] == [True, True, False]
    assert states == {"Redis for limits": False}
    assert caplog.text.count("is away") == caplog.text.count("is back") == 1


def test_limits_on_a_request_are_told_in_the_error(pipeline: Pipeline) -> None:
    settings = Settings(max_characters=50, max_targets=1, max_items=2, max_body_bytes=2000)
    client = create_app(settings, pipeline).test_client()

    def detail(**body: object) -> str:
        return client.post("/v1/translations", json={"targets": ["fr"], **body}).get_json()[
            "detail"
        ]

    assert "the limit is 50" in detail(text="a" * 51)
    assert "at most 1 here, not 2" in detail(text="a", targets=["fr", "de"])
    assert "at most 2 here, not 3" in detail(text=["a", "b", "c"])
    assert "2000 bytes" in detail(text="a" * 3000)


def test_a_text_of_too_many_sentences_is_told_the_limit(models, store) -> None:
    pipeline = Pipeline(lambda: models, store, SingleFlight(store), max_sentences=3)
    client = create_app(Settings(), pipeline).test_client()
    for path, options in (("/v1/summaries", {}), ("/v1/translations", {"targets": ["fr"]})):
        answer = client.post(path, json={"text": ARTICLE, **options})
        assert answer.status_code == 413
        assert "5 sentences; the limit is 3" in answer.get_json()["detail"]
