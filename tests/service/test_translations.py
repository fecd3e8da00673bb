"""`POST /v1/translations` as a client sees it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from cache.single_flight import SingleFlight
from models.protocols import Translation
from models.stubs import StubTranslator
from service.app import create_app
from service.pipeline import Pipeline
from service.settings import Settings
from tests.service.test_bad_input import check_problem


def ask(client: FlaskClient, **fields: object) -> dict:
    response = client.post("/v1/translations", json=fields)
    assert response.status_code == 200, response.text
    return response.get_json()


def test_a_text_comes_back_as_a_text_for_each_target(client: FlaskClient) -> None:
    answer = ask(client, text="The bridge was closed on Monday.", targets=["fr", "de"])
    assert list(answer["translations"]) == ["fr", "de"]
    assert all(isinstance(text, str) for text in answer["translations"].values())
    assert answer["source"]["language"] == "en"


def test_a_list_comes_back_as_a_list_in_order(client: FlaskClient) -> None:
    texts = ["The first bridge was closed.", "The second bridge was opened.", ""]
    answer = ask(client, text=texts, targets=["fr"])
    assert len(answer["translations"]["fr"]) == len(answer["source"]) == 3
    assert answer["translations"]["fr"][2] == ""
    single = ask(client, text=texts[1], targets=["fr"])
    assert answer["translations"]["fr"][1] == single["translations"]["fr"]


@pytest.mark.parametrize("pattern", ["{}", "<p>{}</p>"])
def test_a_text_too_short_to_tell_takes_the_language_of_its_list(client, pattern: str) -> None:
    english = ["The bridge was closed on Monday.", "The ferry will run at night."]
    texts = [*english, "Hello", "Le pont est fermé.", "12 %"]
    answer = ask(
        client,
        text=[pattern.format(text) for text in texts],
        targets=["en"],
        format="html" if pattern != "{}" else "text",
    )
    assert [facts["language"] for facts in answer["source"]] == ["en"] * 3 + ["fr", "und"]
    assert answer["translations"]["en"][2:4] == [
        pattern.format(texts[2]),
        pattern.format("[en] Le pont est fermé."),
    ]


@pytest.mark.parametrize("form", ["text", "html"])
def test_a_text_in_the_target_comes_back_as_it_came(client: FlaskClient, form: str) -> None:
    text = "<p>The  bridge</p> was&nbsp;<b>cl</b>osed  &amp; shut on Monday.\u200b"
    answer = ask(client, text=[text], source="en", targets=["en-GB", "fr"], format=form)
    assert answer["translations"]["en-GB"] == [text]
    assert answer["translations"]["fr"] != [text]


def test_a_problem_names_the_texts_that_are_at_fault(client: FlaskClient) -> None:
    """In a list and alone, where the language was to be found out."""
    texts = ["The bridge was closed.", "El puente está cerrado.", "12 %", "Die Brücke ist offen."]
    for text, fields in ((texts, ["text.1", "text.3"]), ("Hello", ["text"])):
        body = {"text": text, "targets": ["fr"]}
        problem = check_problem(
            client.post("/v1/translations", json=body), 422, "unsupported_language"
        )
        assert [error["field"] for error in problem["errors"]] == fields
        assert problem["errors"][0]["message"] in problem["detail"]
    assert problem["detail"].startswith("The language of the text could not be identified")


def test_line_breaks_and_paragraphs_survive(client: FlaskClient) -> None:
    text = "The bridge was closed.\n\n  The ferry runs at night.\nThe mayor was pleased.\n"
    translated = ask(client, text=text, targets=["fr"], source="en")["translations"]["fr"]
    assert [len(line.strip()) > 0 for line in translated.split("\n")] == [
        len(line.strip()) > 0 for line in text.split("\n")
    ]
    assert translated.split("\n")[2].startswith("  ")


def test_known_sentences_are_not_translated_again(client: FlaskClient, models) -> None:
    ask(client, text="The bridge was closed. The ferry runs.", targets=["fr"], source="en")
    seen = list(models.translator.seen)
    answer = ask(client, text="The bridge was closed. It rains.", targets=["fr"], source="en")
    assert answer["cache"] == "partial"
    assert models.translator.seen[len(seen) :] == ["It rains."]


def test_the_same_call_again_is_a_hit(client: FlaskClient) -> None:
    fields = {"text": "The bridge was closed.", "targets": ["fr"]}
    assert [ask(client, **fields)["cache"] for _ in range(2)] == ["miss", "hit"]


def test_targets_are_needed(client: FlaskClient) -> None:
    response = client.post("/v1/translations", json={"text": "The bridge."})
    assert response.status_code == 422
    assert response.get_json()["errors"][0]["field"] == "targets"


def test_a_variety_stands_under_the_tag_that_was_asked_for(client: FlaskClient) -> None:
    """And is told where another one is written; its sentences and terms are those of that."""
    targets = ["fr-CA", "fr", "FR_fr", "de-AT"]
    glossary = {"fr": {"bridge": "pont"}}
    answer = ask(client, text="The bridge is open.", targets=targets, glossary=glossary)
    assert answer["warnings"] == {
        "fr-CA": ["written_as: fr"],
        "fr": [],
        "FR_fr": [],
        "de-AT": ["written_as: de"],
    }
    made = answer["translations"]
    assert list(made) == list(answer["via"]) == targets
    assert "pont" in made["fr-CA"]
    assert made["fr-CA"] == made["fr"] == made["FR_fr"]


def test_an_unsupported_pair_is_422(client: FlaskClient) -> None:
    response = client.post(
        "/v1/translations", json={"text": "The bridge.", "source": "en", "targets": ["ja"]}
    )
    assert response.status_code == 422
    assert response.get_json()["code"] == "unsupported_language"


def test_plain_text_in_and_out(client: FlaskClient) -> None:
    response = client.post(
        "/v1/translations?targets=fr",
        data="The bridge was closed on Monday.",
        content_type="text/plain",
        headers={"Accept": "text/plain"},
    )
    expected = ask(client, text="The bridge was closed on Monday.", targets=["fr"])
    assert response.text == expected["translations"]["fr"] + "\n"


def test_what_has_no_words_comes_back_as_it_is(client: FlaskClient) -> None:
    texts = ["12 %", "https://example.org/a", "😀"]
    answer = ask(client, text=texts, targets=["fr"])
    assert answer["translations"]["fr"] == texts


def test_what_was_known_before_changes_nothing_but_the_cache_state(store, models) -> None:
    class Warner(StubTranslator):
        def translate(self, sentences, *_args):
            return [Translation("Oui.", (), (sentence.lower(),)) for sentence in sentences]

    warning = type(models)(models.reader, models.summariser, Warner())
    pipeline = Pipeline(lambda: warning, store, SingleFlight(store))
    client = create_app(Settings(), pipeline).test_client()
    ask(client, text="It rains.", targets=["fr"], source="en")
    answer = ask(client, text="It snows. It rains.", targets=["fr"], source="en")
    assert answer["cache"] == "partial"
    assert answer["warnings"]["fr"] == ["it snows.", "it rains."]


def test_html_keeps_its_markup(client: FlaskClient) -> None:
    html = "<p>The bridge was closed.</p>\n<pre>It  rains.</pre>"
    answer = ask(client, text=html, source="en", targets=["fr"], format="html")
    assert answer["translations"]["fr"] == (
        "<p>[fr] The bridge was closed.</p>\n<pre>It  rains.</pre>"
    )
    assert ask(client, text=html, source="en", targets=["fr"])["translations"]["fr"] != html
    texts = [html, "<hr>", ""]
    answer = ask(client, text=texts, source="en", targets=["fr"], format="html")
    assert answer["translations"]["fr"][1:] == ["<hr>", ""]


def test_the_language_of_html_is_that_of_its_words(client: FlaskClient) -> None:
    html = "<div class='die der das und'>The council voted to rebuild the bridge.</div>"
    answer = ask(client, text=html, targets=["fr"], format="html")
    assert answer["source"]["language"] == "en"


def test_pieces_of_html_are_translated_once_and_their_warnings_told(store, models) -> None:
    class Loser(StubTranslator):
        def translate(self, sentences, *_args):
            self.seen += sentences
            written = {"Menu": "Carte", "closed": "fermée"}
            return [
                Translation(written.get(s, "Pas de repas."), (), (s,) if s == "closed" else ())
                for s in sentences
            ]

    losing = replace(models, translator=Loser())
    pipeline = Pipeline(lambda: losing, store, SingleFlight(store))
    client = create_app(Settings(), pipeline).test_client()
    html = "<p>Menu</p><p>Menu <b>shut</b> and <b>closed</b></p>"
    body = {"text": html, "source": "en", "targets": ["fr"], "format": "html"}
    first, second = (ask(client, **body) for _ in range(2))
    assert first["translations"]["fr"].startswith("<p>Carte</p><p>Carte <b>")
    assert first["warnings"]["fr"] == ["closed"]
    assert second["cache"] == "hit"
    assert len(losing.translator.seen) == len(set(losing.translator.seen))
