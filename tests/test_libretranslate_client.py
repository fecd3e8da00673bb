"""A client written for LibreTranslate, unchanged, against the running service."""

from __future__ import annotations

import urllib.error
from collections.abc import Iterator

import pytest
from libretranslatepy import LibreTranslateAPI

from bench.server import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(REDIS_URL="", PRECIS_API_KEYS="first") as running:
        yield running


@pytest.fixture
def api(server: Server) -> LibreTranslateAPI:
    return LibreTranslateAPI(f"http://127.0.0.1:{server.port}", api_key="first")


def test_it_translates(api: LibreTranslateAPI) -> None:
    assert api.translate("The bridge was closed on Monday.", "en", "fr").startswith("Le pont")
    assert api.translate("The bridge was closed on Monday.", "auto", "fr").startswith("Le pont")


def test_it_detects(api: LibreTranslateAPI) -> None:
    assert api.detect("Le pont a été fermé lundi.")[0]["language"] == "fr"


def test_it_lists_languages(api: LibreTranslateAPI) -> None:
    names = {row["code"]: row["name"] for row in api.languages()}
    assert names["en"] == "English"
    assert "fr" in names


def test_it_is_told_what_is_wrong(server: Server, api: LibreTranslateAPI) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        api.translate("The bridge.", "en", "klingon")
    assert caught.value.code == 400
    stranger = LibreTranslateAPI(f"http://127.0.0.1:{server.port}", api_key="second")
    with pytest.raises(urllib.error.HTTPError) as caught:
        stranger.translate("The bridge.", "en", "fr")
    assert caught.value.code == 403
