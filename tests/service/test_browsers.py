"""What browsers are told: security headers always, CORS only for listed origins."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.pipeline import Pipeline
from service.settings import Settings, SettingsError, read_settings

PREFLIGHT = {"Origin": "https://news.example", "Access-Control-Request-Method": "POST"}


@pytest.mark.parametrize("path", ["/docs", "/v1/models", "/nothing", "/livez"])
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert len({name for name, _ in headers}) == len(headers), "a header stands there twice"


def test_no_origin_may_call_by_default(client: FlaskClient) -> None:
    for response in (
        client.options("/v1/summaries", headers=PREFLIGHT),
        client.get("/v1/models", headers=PREFLIGHT),
    ):
        assert "Access-Control-Allow-Origin" not in response.headers


def test_a_listed_origin_may_call_and_others_not(pipeline: Pipeline) -> None:
    """The preflight needs no key; the call does."""
    settings = Settings(cors_origins="https://news.example, https://b.example", api_keys="k")
    client = create_app(settings, pipeline).test_client()
    preflight = client.options("/v1/summaries", headers=PREFLIGHT)
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "https://news.example"
    refused = client.get("/v1/models", headers=PREFLIGHT)
    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == "https://news.example"
    stranger = client.options(
        "/v1/summaries", headers=PREFLIGHT | {"Origin": "https://evil.example"}
    )
    assert "Access-Control-Allow-Origin" not in stranger.headers


def test_an_origin_that_is_an_address_of_ipv6_is_no_pattern(pipeline: Pipeline) -> None:
    settings = Settings(cors_origins="http://[::1]:3000")
    client = create_app(settings, pipeline).test_client()
    for origin in ("http://[::1]:3000", "http://1:3000", "http://[::1]:30001"):
        shown = client.options("/v1/summaries", headers=PREFLIGHT | {"Origin": origin}).headers
        assert ("Access-Control-Allow-Origin" in shown) == (origin == "http://[::1]:3000"), origin


@pytest.mark.parametrize(
    "origin",
    [
        "https://*.news.example",
        "https://news.example/",
        "news.example",
        "null",
        "http://[::1",
        "http://[a-z]",
    ],
)
def test_what_is_no_origin_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, origin: str
) -> None:
    """As a pattern "https://*.news.example" would let in "https://news.example.evil.example"."""
    monkeypatch.setenv("PRECIS_CORS_ORIGINS", f"https://b.example,{origin}")
    with pytest.raises(SettingsError, match=r"PRECIS_CORS_ORIGINS: .*https://example\.org"):
        read_settings()


@pytest.mark.parametrize(
    "origins", ["*", "https://news.example", "http://localhost:5173", "http://[::1]:3000"]
)
def test_origins_are_taken_as_they_are(monkeypatch: pytest.MonkeyPatch, origins: str) -> None:
    monkeypatch.setenv("PRECIS_CORS_ORIGINS", origins)
    assert read_settings().cors_origins == (origins,)
