"""`POST /v1/summaries` as a client sees it."""

from __future__ import annotations

import hashlib
import json

import pytest
from flask.testing import FlaskClient

from tests.service.conftest import ARTICLE


def ask(client: FlaskClient, **fields: object) -> dict:
    response = client.post("/v1/summaries", json={"text": ARTICLE, **fields})
    assert response.status_code == 200, response.text
    return response.get_json()


def test_both_lengths_are_the_default_and_nothing_is_translated(client: FlaskClient) -> None:
    answer = ask(client)
    assert list(answer["summaries"]) == ["short", "long"]
    assert answer["summaries"]["short"]["translations"] == {}
    assert answer["source"]["language"] == "en"
    assert answer["source"]["characters"] == len(ARTICLE)


def test_every_sentence_has_its_evidence_in_the_article(client: FlaskClient) -> None:
    for summary in ask(client)["summaries"].values():
        for sentence in summary["sentences"]:
            spans = sentence["evidence"]
            assert spans
            assert all(ARTICLE[s["start"] : s["end"]].strip() for s in spans)


def test_a_variety_stands_under_the_tag_that_was_asked_for(client: FlaskClient) -> None:
    made = ask(client, targets=["fr-CA", "fr"], lengths=["short"])["summaries"]["short"]
    canadian, french = (made["translations"][tag] for tag in ("fr-CA", "fr"))
    assert (canadian["warnings"], french["warnings"]) == (["written_as: fr"], [])
    assert canadian["text"] == french["text"]


def test_targets_are_translated_in_one_call(client: FlaskClient) -> None:
    answer = ask(client, targets=["fr", "de"], lengths=["short"])
    short = answer["summaries"]["short"]
    assert list(short["translations"]) == ["fr", "de"]
    assert len(short["translations"]["fr"]["sentences"]) == len(short["sentences"])
    assert set(answer["models"]) == {"summariser", "translator"}


def test_the_same_call_again_is_a_hit_with_the_same_content(client: FlaskClient) -> None:
    first, second = ask(client, targets=["fr"]), ask(client, targets=["fr"])
    assert (first.pop("cache"), second.pop("cache")) == ("miss", "hit")
    assert first == second


def test_one_language_more_computes_only_that(client: FlaskClient, models) -> None:
    ask(client, targets=["fr"])
    summarised = models.summariser.calls
    answer = ask(client, targets=["fr", "de"])
    assert answer["cache"] == "partial"
    assert models.summariser.calls == summarised


def test_a_part_of_what_is_known_is_a_hit(client: FlaskClient) -> None:
    ask(client, targets=["fr", "de"])
    assert ask(client, targets=["de"], lengths=["long"])["cache"] == "hit"


def test_plain_text_takes_its_options_from_the_query(client: FlaskClient) -> None:
    response = client.post(
        "/v1/summaries?lengths=short&targets=fr,de", data=ARTICLE, content_type="text/plain"
    )
    answer = response.get_json()
    assert list(answer["summaries"]) == ["short"]
    assert list(answer["summaries"]["short"]["translations"]) == ["fr", "de"]


def test_a_shell_gets_the_texts_alone(client: FlaskClient) -> None:
    response = client.post(
        "/v1/summaries?lengths=short&targets=fr",
        data=ARTICLE,
        content_type="text/plain",
        headers={"Accept": "text/plain"},
    )
    short = ask(client, lengths=["short"], targets=["fr"])["summaries"]["short"]
    assert response.mimetype == "text/plain"
    assert response.text == f"{short['text']}\n\n{short['translations']['fr']['text']}\n"


def test_a_known_entity_tag_is_answered_with_304(client: FlaskClient) -> None:
    first = client.post("/v1/summaries", json={"text": ARTICLE})
    tag = first.headers["ETag"]
    again = client.post("/v1/summaries", json={"text": ARTICLE}, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.data == b""
    weak = {"If-None-Match": f'"other", {tag.removeprefix("W/")}'}  # compared weakly
    assert client.post("/v1/summaries", json={"text": ARTICLE}, headers=weak).status_code == 304
    other = client.post(
        "/v1/summaries",
        json={"text": ARTICLE, "lengths": ["long"]},
        headers={"If-None-Match": tag},
    )
    assert other.status_code == 200


def test_the_id_names_text_and_options(client: FlaskClient) -> None:
    one, same, other = ask(client), ask(client), ask(client, lengths=["short"])
    assert one["id"] == same["id"] != other["id"]
    assert len(one["id"]) == len(hashlib.sha256().hexdigest())


def test_answers_carry_timings_and_the_request_id(client: FlaskClient) -> None:
    response = client.post(
        "/v1/summaries", json={"text": ARTICLE}, headers={"X-Request-ID": "desk-7"}
    )
    assert response.headers["X-Request-ID"] == "desk-7"
    assert "summarise;dur=" in response.headers["Server-Timing"]


def test_a_request_id_that_could_forge_a_log_line_is_replaced(client: FlaskClient) -> None:
    response = client.get("/livez", headers={"X-Request-ID": "a b<script>"})
    assert response.headers["X-Request-ID"] != "a b<script>"


def test_targets_that_are_not_offered_are_refused_before_any_work(client, models) -> None:
    response = client.post("/v1/summaries", json={"text": ARTICLE, "targets": ["ja"]})
    assert response.status_code == 422
    assert response.get_json()["code"] == "unsupported_language"
    assert models.summariser.calls == 0


def test_the_source_language_can_be_named(client: FlaskClient) -> None:
    source = ask(client, source="de")["source"]
    assert (source["language"], source["confidence"]) == ("de", 1.0)


@pytest.mark.parametrize("method", ["auto", "abstractive", "extractive"])
def test_methods_have_answers_of_their_own(client: FlaskClient, method: str) -> None:
    assert ask(client, method=method)["cache"] == "miss"


def test_a_byte_order_mark_before_json_is_ignored(client: FlaskClient) -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"text": ARTICLE}).encode()
    response = client.post("/v1/summaries", data=body, content_type="application/json")
    assert response.get_json()["id"] == ask(client)["id"]
