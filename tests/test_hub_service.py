"""The service on models of the hub: routes, licences, and a start that says what is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bench.server import ROOT, Server
from models.engines.conversion import convert
from models.fetch import fetch
from tests.models.hub_models import make_hub_model
from tests.models.tiny import LINES


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("models")
    for name in ("marian", "marian-multilingual", "bart", "mt5"):
        folder = make_hub_model(name, root / name)
        language = "fr" if name == "mt5" else "en"
        (folder / "README.md").write_text(
            f"---\nlicense: cc-by-nc-4.0\nlanguage: {language}\n---\n"
        )
        fetch(str(folder), root / "installed", partial(convert, quantisation="int8"))
    translators = f"{root / 'marian'}:fr-en,{root / 'marian-multilingual'}"
    with Server(
        PRECIS_MODELS_DIRECTORY=str(root / "installed"),
        PRECIS_TRANSLATOR=translators,
        PRECIS_SUMMARISER=f"{root / 'bart'},{root / 'mt5'}",
    ) as running:
        yield running


def get(server: Server, path: str) -> list[dict]:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=60) as answer:
        return json.load(answer)


def translate(server: Server, **fields: object) -> dict:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/v1/translations",
        json.dumps({"text": LINES[0], **fields}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def test_routes_over_a_pivot_can_be_seen_and_are_taken(server: Server) -> None:
    french = next(row for row in get(server, "/v1/languages") if row["code"] == "fr")
    assert set(french["translate_to"]) >= {"en", "de", "zh"}
    assert french["via"]["de"] == ["en"]
    assert "en" not in french["via"]
    assert translate(server, source="fr", targets=["de"])["via"] == {"de": ["en"]}


def test_a_variety_that_no_model_writes_is_answered_in_its_relative(server: Server) -> None:
    answer = translate(server, source="en", targets=["zh-TW", "pt_BR", "sr"])
    assert list(answer["translations"]) == ["zh-TW", "pt_BR", "sr"]
    said = {
        target: [w for w in warnings if w.startswith("written_as")]
        for target, warnings in answer["warnings"].items()
    }
    assert said == {"zh-TW": [], "pt_BR": ["written_as: pt"], "sr": ["written_as: sr-Latn"]}


def test_each_model_is_listed_and_non_commercial_ones_say_so(server: Server) -> None:
    models = get(server, "/v1/models")
    assert [model["id"] for model in models] == ["bart", "mt5", "marian", "marian-multilingual"]
    assert all(model["non_commercial"] for model in models)


def test_an_article_is_summarised(server: Server) -> None:
    _, answer = server.connect().summarise(" ".join(LINES[:20]), source="en")
    assert answer["models"]["summariser"]["id"] == "bart + mt5"  # type: ignore[index]
    assert answer["summaries"]


def test_several_summarisers_cover_their_languages_together(server: Server) -> None:
    rows = {row["code"]: row["summarise"] for row in get(server, "/v1/languages")}
    assert (rows["en"], rows["fr"], rows["de"]) == ("abstractive", "abstractive", "extractive")


@pytest.mark.parametrize("name", ["", "facebook/bart-large-cnn"])
def test_an_absent_model_ends_the_start_with_the_command_that_gets_it(
    name: str, tmp_path: Path
) -> None:
    settings = {
        "PRECIS_PROFILE": "hub",
        "PRECIS_SUMMARISER": name,
        "PRECIS_MODELS_DIRECTORY": str(tmp_path),
        "HF_HUB_OFFLINE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn"],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    wanted = name or "csebuetnlp/mT5_multilingual_XLSum"
    assert f"python -m models.fetch --into {tmp_path} {wanted}" in done.stderr
    assert "Traceback" not in done.stderr
