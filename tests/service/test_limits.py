"""Who may call, and how often."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.pipeline import Pipeline
from service.settings import Settings


@pytest.fixture
def guarded(pipeline: Pipeline) -> FlaskClient:
    return create_app(Settings(api_keys="first, second"), pipeline).test_client()


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer first"},
        {"authorization": "bearer second"},
        {"X-API-Key": "second"},
    ],
)
def test_any_of_the_keys_opens(guarded: FlaskClient, headers: dict) -> None:
    assert guarded.get("/v1/models", headers=headers).status_code == 200


def test_no_key_is_401_and_a_wrong_one_403(guarded: FlaskClient) -> None:
    missing = guarded.get("/v1/models")
    assert (missing.status_code, missing.get_json()["code"]) == (401, "key_required")
    assert missing.headers["WWW-Authenticate"] == "Bearer"
    wrong = guarded.get("/v1/models", headers={"X-API-Key": "first, second"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (403, "key_unknown")


def test_health_stays_open(guarded: FlaskClient) -> None:
    assert guarded.get("/livez").status_code == 200
    assert guarded.get("/readyz").status_code == 200


def test_the_rate_is_limited_per_key(pipeline: Pipeline) -> None:
    settings = Settings(api_keys="first,second", rate_limit_per_minute=2)
    client = create_app(settings, pipeline).test_client()
    statuses = [client.get("/v1/models", headers={"X-API-Key": "first"}) for _ in range(3)]
    assert [r.status_code for r in statuses] == [200, 200, 429]
    assert int(statuses[2].headers["Retry-After"]) > 0
    assert statuses[2].mimetype == "application/problem+json"
    assert client.get("/v1/models", headers={"X-API-Key": "second"}).status_code == 200


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
