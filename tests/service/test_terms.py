"""`glossary` and `keep`, in summaries and translations."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from tests.service.conftest import ARTICLE
from tests.service.test_bad_input import check_problem

TEXT = "The White House and SolarWinds spoke."
GLOSSARY = {"fr": {"White House": "Maison-Blanche"}, "de": {"White House": "Weißes Haus"}}


def ask(client: FlaskClient, **fields: object) -> dict:
    call = {"text": TEXT, "source": "en", "targets": ["fr", "de"], **fields}
    response = client.post("/v1/translations", json=call)
    assert response.status_code == 200, response.text
    return response.get_json()


def test_each_language_has_its_terms(client: FlaskClient) -> None:
    answer = ask(client, glossary=GLOSSARY, keep=["SolarWinds"])
    assert answer["translations"] == {
        "fr": "[fr] The Maison-Blanche and SolarWinds spoke.",
        "de": "[de] The Weißes Haus and SolarWinds spoke.",
    }
    assert answer["warnings"] == {"fr": [], "de": []}


def test_terms_are_part_of_what_an_answer_is_known_by(client: FlaskClient) -> None:
    assert ask(client)["cache"] == "miss"
    assert ask(client, glossary=GLOSSARY)["cache"] == "miss"
    assert ask(client, glossary=GLOSSARY)["cache"] == "hit"
    assert "White House" in ask(client)["translations"]["fr"]


def test_a_sentence_without_the_terms_is_known_with_and_without_them(client) -> None:
    ask(client, text="It rains.")
    answer = ask(client, text="It rains.", glossary=GLOSSARY)
    assert answer["cache"] == "hit"


def test_the_glossary_goes_before_keep(client: FlaskClient) -> None:
    answer = ask(client, glossary=GLOSSARY, keep=["White House"])
    assert "Maison-Blanche" in answer["translations"]["fr"]


def test_terms_hold_in_the_translations_of_summaries(client: FlaskClient) -> None:
    call = {"text": ARTICLE, "targets": ["fr"], "glossary": {"fr": {"harbour bridge": "pont"}}}
    answer = client.post("/v1/summaries", json=call).get_json()
    assert "harbour bridge" in answer["summaries"]["long"]["text"]
    assert "the pont." in answer["summaries"]["long"]["translations"]["fr"]["text"]


def test_terms_can_stand_in_the_query(client: FlaskClient) -> None:
    response = client.post(
        "/v1/translations",
        query_string={
            "targets": "fr",
            "source": "en",
            "keep": "SolarWinds,Orion",
            "glossary": json.dumps(GLOSSARY),
        },
        data=TEXT,
        content_type="text/plain",
        headers={"Accept": "text/plain"},
    )
    assert response.text == "[fr] The Maison-Blanche and SolarWinds spoke.\n"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"glossary": ["White House"]}, "glossary"),
        ({"glossary": {"klingon": {"a": "b"}}}, "glossary.klingon"),
        ({"glossary": {"fr": "White House"}}, "glossary.fr"),
        ({"glossary": {"fr": {"": "b"}}}, "glossary.fr"),
        ({"glossary": {"fr": {"a": " "}}}, "glossary.fr.a"),
        ({"glossary": {"fr": {"a": 7}}}, "glossary.fr.a"),
        ({"glossary": {"fr": {"a" * 201: "b"}}}, "glossary.fr"),
        ({"glossary": {"fr": {f"a{n}": "b" for n in range(501)}}}, "glossary.fr"),
        ({"keep": "SolarWinds"}, "keep"),
        ({"keep": ["(((("]}, "keep.0"),
        ({"keep": ["a"] * 501}, "keep"),
    ],
)
def test_terms_that_cannot_be_used_are_422(client: FlaskClient, fields, field: str) -> None:
    call = {"text": TEXT, "targets": ["fr"], **fields}
    for path in ("/v1/translations", "/v1/summaries"):
        problem = check_problem(client.post(path, json=call), 422, "invalid_values")
        assert problem["errors"][0]["field"].startswith(field)


@pytest.mark.parametrize("glossary", ["{", "7", '{"fr": 7}'])
def test_a_glossary_in_the_query_that_cannot_be_read_is_422(client, glossary: str) -> None:
    response = client.post(
        "/v1/translations",
        query_string={"targets": "fr", "glossary": glossary},
        data=TEXT,
        content_type="text/plain",
    )
    check_problem(response, 422, "invalid_values")
