"""Settings come from the environment, are checked, and are all documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.protocols import WARNINGS
from service.settings import Settings, SettingsError, read_settings

README = Path(__file__).parent.parent.parent / "README.md"


@pytest.mark.parametrize("name", [f.validation_alias for f in Settings.model_fields.values()])
def test_every_setting_is_in_the_table_of_the_readme(name: str) -> None:
    assert f"| `{name}` |" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", WARNINGS)
def test_every_warning_is_in_the_readme(code: str) -> None:
    assert f"| `{code}` | {WARNINGS[code]} |" in README.read_text(encoding="utf-8")


def test_every_setting_has_a_help_text() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_values_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9001")
    monkeypatch.setenv("PRECIS_API_KEYS", "one, two,")
    settings = read_settings()
    assert settings.port == 9001
    assert [key.get_secret_value() for key in settings.api_keys] == ["one", "two"]


def test_a_wrong_value_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(SettingsError, match="PORT") as caught:
        read_settings()
    assert "eighty" not in str(caught.value)


@pytest.mark.parametrize("name", ["HOST", "PROFILE", "LOG_LEVEL", "DEVICE", "port", "API_KEYS"])
def test_variables_of_others_are_not_read(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "another's")
    assert read_settings() == Settings()


@pytest.mark.parametrize("name", [f.validation_alias for f in Settings.model_fields.values()])
def test_what_is_empty_is_not_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")
    assert read_settings() == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PRECIS_REQUEST_TIMEOUT_SECONDS", "inf"),
        ("PRECIS_REQUEST_TIMEOUT_SECONDS", "1e12"),
        ("PRECIS_DOCUMENT_SECONDS", "nan"),
        ("PRECIS_FETCH_SECONDS", "inf"),
        ("PRECIS_HANG_SECONDS", "inf"),
        ("PRECIS_WEB_THREADS", "1000000"),
        ("PRECIS_WAITING_REQUESTS", "1000000"),
        ("PRECIS_CACHE_TTL_SECONDS", "99999999999999999999"),
        ("PRECIS_JOB_TTL_SECONDS", "99999999999999999999"),
    ],
)
def test_what_no_clock_or_machine_can_do_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        read_settings()


@pytest.mark.parametrize("name", ["REDIS_URL", "PRECIS_JOBS_URL"])
@pytest.mark.parametrize(
    "url",
    [
        "cache:6379",
        "http://:hush@cache",
        "redis://cache:hush",
        "redis://:hush/more@cache:6379",
        "redis://:hush@cache:99999",
        "redis://:hush@cache?socket_timeout=soon",
        "redis://:hush@cache?timeout=1",
        "rediss://:hush@cache?ssl_cert_reqs=perhaps",
    ],
)
def test_an_address_of_no_redis_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    monkeypatch.setenv(name, url)
    with pytest.raises(SettingsError, match=f"^{name}: .*redis://HOST:PORT") as caught:
        read_settings()
    assert "hush" not in str(caught.value)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRECIS_API_KEYS", "hush")
    monkeypatch.setenv("REDIS_URL", "redis://:hush@cache:6379/0")
    assert "hush" not in repr(read_settings())
