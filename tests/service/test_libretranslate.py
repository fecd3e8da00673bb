"""LibreTranslate's API as its clients see it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.pipeline import Pipeline
from service.settings import Settings


@pytest.fixture
def guarded(pipeline: Pipeline) -> FlaskClient:
    return create_app(Settings(api_keys="first"), pipeline).test_client()


CALL = {"q": "The bridge was closed.", "source": "en", "target": "fr"}


@pytest.mark.parametrize("form", ["data", "json", "query_string"])
def test_a_text_is_translated_from_a_form_json_or_the_query(client, form: str) -> None:
    response = client.post("/translate", **{form: CALL})
    assert response.status_code == 200
    assert response.get_json() == {"translatedText": "[fr] The bridge was closed."}


def test_a_multipart_form_is_read_too(client) -> None:
    response = client.post("/translate", data=CALL, content_type="multipart/form-data")
    assert response.get_json() == {"translatedText": "[fr] The bridge was closed."}


def test_a_list_comes_back_as_a_list_with_blanks_in_their_places(client) -> None:
    texts = ["The bridge was closed.", "", " ", "It rains."]
    answer = client.post("/translate", json=CALL | {"q": texts}).get_json()
    assert answer == {"translatedText": ["[fr] The bridge was closed.", "", " ", "[fr] It rains."]}


def test_the_language_is_told_where_it_was_to_be_found_out(client) -> None:
    text = "The council voted on Monday to rebuild the harbour bridge."
    answer = client.post("/translate", json=CALL | {"q": text, "source": "auto"}).get_json()
    assert answer["detectedLanguage"]["language"] == "en"
    assert 1 < answer["detectedLanguage"]["confidence"] <= 100
    texts = [text, "12 %"]
    answer = client.post("/translate", json=CALL | {"q": texts, "source": "auto"}).get_json()
    assert answer["detectedLanguage"][1] == {"confidence": 0, "language": "en"}


def test_a_short_text_takes_the_language_of_its_list(client) -> None:
    call = CALL | {"q": ["The bridge was closed.", "Hello"], "source": "auto"}
    answer = client.post("/translate", json=call).get_json()
    assert answer["translatedText"][1] == "[fr] Hello"
    assert answer["detectedLanguage"][1]["language"] == "en"


def test_alternatives_are_a_wish_that_gets_an_empty_list(client) -> None:
    assert (
        client.post("/translate", json=CALL | {"alternatives": 3}).get_json()["alternatives"] == []
    )
    assert (
        client.post("/translate", data=CALL | {"alternatives": "3"}).get_json()["alternatives"]
        == []
    )


def test_html_keeps_its_markup(client) -> None:
    call = CALL | {"q": ["<p>It rains.</p>"], "format": "html"}
    answer = client.post("/translate", json=call).get_json()
    assert answer == {"translatedText": ["<p>[fr] It rains.</p>"]}


def test_the_language_of_a_text_is_detected(client) -> None:
    (found,) = client.post("/detect", data={"q": "Le pont a été fermé lundi."}).get_json()
    assert found["language"] == "fr"
    assert 1 < found["confidence"] <= 100


def test_languages_have_a_code_a_name_and_targets(client) -> None:
    rows = {row["code"]: row for row in client.get("/languages").get_json()}
    assert rows["en"] == {"code": "en", "name": "English", "targets": ["de", "en", "es", "fr"]}
    assert rows["de"]["targets"] == ["de"]


def test_health_needs_no_key(guarded) -> None:
    assert guarded.get("/health").get_json() == {"status": "ok"}


def test_line_ends_stay_and_entities_are_written_out(client) -> None:
    answer = client.post("/translate", data=CALL | {"q": "It rains &amp; pours.\r\nIt snows."})
    assert answer.get_json() == {"translatedText": "[fr] It rains & pours.\r\n[fr] It snows."}


def test_the_page_settings_tell_the_limits(client, guarded) -> None:
    answer = client.get("/frontend/settings").get_json()
    assert answer["charLimit"] == Settings().max_characters
    assert answer["keyRequired"] is False
    assert guarded.get("/frontend/settings").get_json()["keyRequired"] is True


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"q": ""}, "q"),
        ({"q": 7}, "q"),
        ({"q": []}, "q"),
        ({"q": [7]}, "q"),
        ({"q": "\ud800"}, "JSON"),
        ({"source": ""}, "source"),
        ({"source": "klingon"}, "klingon"),
        ({"target": "auto"}, "auto"),
        ({"target": "ja"}, "'ja'"),
        ({"target": None}, "target"),
        ({"format": "pdf"}, "format"),
        ({"alternatives": "many"}, "alternatives"),
        ({"q": "a" * 600_000}, "500000"),
        ({"q": ["a"] * 201}, "200"),
    ],
)
def test_what_is_wrong_is_told_in_the_shape_of_that_api(client, fields, word: str) -> None:
    response = client.post("/translate", json=CALL | fields)
    assert response.status_code == 400
    assert response.mimetype == "application/json"
    assert list(response.get_json()) == ["error"]
    assert word in response.get_json()["error"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"\xff", "application/json"),
        (b"q=\xff", "application/x-www-form-urlencoded"),
        (b"nothing", "multipart/form-data"),
        (b"nothing", "multipart/form-data; boundary=x"),
        (b"a text", "text/plain"),
        (b"a" * 1_000_001, "text/plain"),
    ],
)
def test_a_body_that_cannot_be_read_is_an_error_of_the_client(client, body, content_type) -> None:
    for path in ("/translate", "/detect"):
        response = client.post(path, data=body, content_type=content_type)
        assert response.status_code == 400
        assert list(response.get_json()) == ["error"]


def test_a_wrong_method_keeps_its_status(client) -> None:
    assert client.get("/translate").status_code == 405


def test_the_key_may_stand_among_the_fields(guarded) -> None:
    assert guarded.post("/translate", data=CALL | {"api_key": "first"}).status_code == 200
    assert guarded.post("/translate", json=CALL | {"api_key": "first"}).status_code == 200
    missing, wrong = (guarded.post("/translate", data=CALL | k) for k in ({}, {"api_key": "no"}))
    assert (missing.status_code, wrong.status_code) == (400, 403)
    assert list(wrong.get_json()) == ["error"]
    assert guarded.post("/translate", json=CALL | {"api_key": 7}).status_code == 400


def test_the_list_of_languages_needs_no_key(guarded) -> None:
    assert guarded.get("/languages").status_code == 200


def test_scripts_of_other_origins_may_read_the_answers(guarded) -> None:
    response = guarded.options("/translate")
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in guarded.get("/livez").headers


def test_a_key_field_opens_nothing_else(guarded) -> None:
    call = {"text": "A.", "targets": ["fr"], "api_key": "first"}
    assert guarded.post("/v1/translations", json=call).status_code == 401


def test_it_can_be_turned_off(pipeline: Pipeline) -> None:
    client = create_app(Settings(libretranslate=False), pipeline).test_client()
    assert client.post("/translate", data=CALL).status_code == 404
    assert client.get("/languages").status_code == 404
