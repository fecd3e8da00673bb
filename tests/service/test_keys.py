"""Keys: one of several opens; their file is read again; what they are is told nowhere."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.keys import KeyRing
from service.pipeline import Pipeline
from service.settings import Settings, SettingsError, read_settings
from tests.service.conftest import ARTICLE


@pytest.fixture
def guarded(pipeline: Pipeline) -> FlaskClient:
    return create_app(Settings(api_keys="first, second"), pipeline).test_client()


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer first"},
        {"authorization": "bearer second"},
        {"X-API-Key": "second"},
        {"Authorization": "Basic eDpzZWNvbmQ="},
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


@pytest.mark.parametrize("key", [" ", "\x80\xff", "a" * 8000, "sha256:" + "0" * 64])
def test_any_string_is_a_wrong_key_and_no_fault(guarded: FlaskClient, key: str) -> None:
    assert guarded.get("/v1/models", headers={"X-API-Key": key}).status_code == 403


def test_a_key_can_be_given_as_its_hash(pipeline: Pipeline) -> None:
    hashed = "sha256:" + hashlib.sha256(b"first").hexdigest()
    client = create_app(Settings(api_keys=hashed), pipeline).test_client()
    assert client.get("/v1/models", headers={"X-API-Key": "first"}).status_code == 200
    assert client.get("/v1/models", headers={"X-API-Key": hashed}).status_code == 403


def test_health_and_pages_stay_open_and_metrics_do_not(guarded: FlaskClient) -> None:
    paths = ("/livez", "/readyz", "/docs", "/openapi.json", "/metrics", "/v1/usage", "/nothing")
    statuses = {path: guarded.get(path).status_code for path in paths}
    assert statuses == dict(zip(paths, [200, 200, 200, 200, 401, 401, 401], strict=True))


def test_pages_can_be_closed_and_metrics_opened(pipeline: Pipeline) -> None:
    settings = Settings(api_keys="first", docs_need_key=True, metrics_need_key=False)
    client = create_app(settings, pipeline).test_client()
    assert client.get("/metrics").status_code == 200
    closed = client.get("/docs")
    assert closed.status_code == 401
    assert closed.headers["WWW-Authenticate"].startswith("Basic ")
    assert client.get("/docs", auth=("anybody", "first")).status_code == 200


def test_a_changed_file_of_keys_counts_from_the_next_request_on(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text("# for the newsroom\none\n\n")
    ring = KeyRing(["given"], path)
    assert [ring.holds(key) for key in ("given", "one", "two", "")] == [True, True, False, False]
    path.write_text("one\ntwo\n")
    assert ring.holds("two")
    path.write_text("two\n")
    assert not ring.holds("one")
    assert ring.holds("given")


def test_a_file_that_is_gone_empty_or_damaged_leaves_the_keys_as_they_were(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "keys"
    path.write_text("hush\n")
    ring = KeyRing(path=path)
    for spoil in (
        path.unlink,
        lambda: path.write_text("# none\n"),
        lambda: path.write_bytes(b"\xff"),
        lambda: path.write_text("new\nsha256:hush\n"),
    ):
        spoil()
        assert ring.holds("hush")
        assert not ring.holds("")
    assert not ring.holds("sha256:hush")
    assert caplog.text.count("cannot be used") == 4
    assert "it has a 'sha256:' without" in caplog.text
    assert "hush" not in caplog.text


def test_a_file_without_keys_ends_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (tmp_path / "absent", tmp_path / "empty"):
        (tmp_path / "empty").touch()
        monkeypatch.setenv("PRECIS_API_KEYS_FILE", str(path))
        with pytest.raises(SettingsError, match="PRECIS_API_KEYS_FILE"):
            read_settings()


@pytest.mark.parametrize("damaged", ["sha256:hush", "sha256:", "SHA256:" + "0" * 63])
def test_a_damaged_hash_is_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: str
) -> None:
    path = tmp_path / "keys"
    path.write_text(f"good\n{damaged}\n")
    for name, value in (
        ("PRECIS_API_KEYS", f"good,{damaged}"),
        ("PRECIS_API_KEYS_FILE", str(path)),
    ):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            with pytest.raises(SettingsError, match=f"^{name}: .*64 hexadecimal") as caught:
                read_settings()
        assert "hush" not in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_a_public_address_without_keys_is_refused_unless_asked_for_by_name(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRECIS_HOST", host)
    with pytest.raises(SettingsError, match="PRECIS_ALLOW_ANONYMOUS"):
        read_settings()
    monkeypatch.setenv("PRECIS_ALLOW_ANONYMOUS", "true")
    assert read_settings().host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_needs_no_keys(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRECIS_HOST", host)
    assert not read_settings().api_keys


def test_keys_and_texts_are_told_nowhere(
    pipeline: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in logs, metrics or errors, be the key right or wrong, the text taken or refused."""
    caplog.set_level(logging.DEBUG)
    client = create_app(
        Settings(api_keys="k-right", rate_limit_per_minute=9), pipeline
    ).test_client()
    told = []
    for key in ("k-right", "k-wrong"):
        for body in ({"text": ARTICLE}, {"text": ARTICLE, "targets": ["xx"]}, {"txt": ARTICLE}):
            response = client.post("/v1/summaries", json=body, headers={"X-API-Key": key})
            told += [] if response.status_code == 200 else [response.text]
    told += [client.get("/metrics", headers={"X-API-Key": "k-right"}).text, caplog.text]
    for text in told:
        assert not [secret for secret in ("k-right", "k-wrong", "Ellery") if secret in text]
