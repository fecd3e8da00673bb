"""Names: which words of a sentence are one, and what of a translation is put right."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.catalogue import EMBEDDED
from models.names import FILE, Names, list_capitalised, list_missing, read_changing
from models.protocols import ModelMissing

CHANGING = {"en": frozenset({"Germany", "Monday", "Soviet", "Russian"})}
NAMES = Names(CHANGING, is_ordinary={"bell", "house"}.__contains__)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The painter Pissarro came.", ["Pissarro"]),
        ("Pissarro came with Sisley's friend.", ["Sisley"]),
        ("He met Ann Pissarro there, and then Pissarro went.", ["Ann", "Pissarro"]),
        ("It is said of Al-Azhar, in Egypt.", ["Al-Azhar", "Egypt"]),
        ("On a day in Germany it was Monday.", []),
        ("He said that Russian-backed and Soviets came.", []),
        ("He ate at the Taco Bell there.", ["Taco"]),
        ('He said: "Nothing was there at all."', []),
        ("It was in the USA, or NATO said so.", []),
        ("He saw d'Artagnan and the Li of it.", ["Artagnan"]),
        ("Painter Pissarro Seen In Town", []),
        ("", []),
    ],
)
def test_names_are_the_capitalised_words_that_nobody_translates(text, names) -> None:
    assert NAMES.find(text, "en") == names


def test_of_a_language_without_a_list_nothing_is_a_name() -> None:
    assert NAMES.find("Der Maler Pissarro kam.", "de") == []


@pytest.mark.parametrize(
    ("translated", "repaired"),
    [
        ("Le peintre Pisarro vint.", "Le peintre Pissarro vint."),
        ("Le peintre Pissarro vint.", "Le peintre Pissarro vint."),
        ("Le peintre Picard vint.", "Le peintre Picard vint."),  # may be somebody else
        ("Le peintre vint.", "Le peintre vint."),
        ("Pisarro vint.", "Pisarro vint."),
        ("We saw them in Pisarro's house.", "We saw them in Pissarro's house."),
        ("Le tableau d'une Pisarro.", "Le tableau d'une Pissarro."),
    ],
)
def test_what_is_much_like_a_missing_name_is_that_name(translated, repaired) -> None:
    assert NAMES.repair(["Pissarro"], "The painter Pissarro came.", translated) == repaired


def test_a_word_of_the_source_is_not_taken_for_another_name() -> None:
    source = "Then Marina and Marine met."
    translated = "Puis Marine vint."
    assert NAMES.repair(["Marina", "Marine"], source, translated) == translated


@pytest.mark.parametrize(
    ("text", "names", "wide"),
    [
        ("The council of Port Ellery met.", ["Ellery"], ["Port Ellery"]),
        ("He ate at Taco Bell's, he said.", ["Taco"], ["Taco Bell"]),
        ("It was in Soviet Ellery, he said.", ["Ellery"], ["Ellery"]),
        ("He met Ann, Pissarro and Bell.", ["Ann", "Pissarro"], ["Ann", "Pissarro"]),
        ("It is in Ellery's Port Lis.", ["Ellery", "Lis"], ["Ellery", "Port Lis"]),
        ("Ellery is old.", ["Ellery"], ["Ellery"]),
        ("It is old.", [], []),
    ],
)
def test_a_name_is_marked_with_the_words_that_belong_to_it(text, names, wide) -> None:
    assert NAMES.widen(names, text, "en") == wide


def test_the_most_alike_are_one() -> None:
    names = ["Nuremberg", "Göttingen", "Tübingen"]
    source = "Il est né à Nuremberg, à Göttingen ou à Tübingen."
    assert NAMES.repair(names, source, "He was born in Nuremberg or in Tibingen.") == (
        "He was born in Nuremberg or in Tübingen."
    )


@pytest.mark.parametrize(
    ("name", "translated"),
    [
        ("Calvinist", "le pasteur calviniste"),
        ("Séneca", "with Seneca, he said"),
        ("O’Brien", "avec O'Brien"),
        ("Kennedys", "les Kennedy"),
    ],
)
def test_how_another_language_writes_a_name_is_no_loss(name: str, translated: str) -> None:
    assert list_missing([name], translated) == []


def test_a_heading_has_no_names() -> None:
    assert list(list_capitalised("Old Town Of Port Ellery")) == []


def test_a_short_sentence_full_of_names_is_no_heading() -> None:
    assert list(list_capitalised("Merkel met Macron in Paris.")) == ["Macron", "Paris"]
    assert not list(list_capitalised("Merkel Met Macron in the Old Town"))


def test_the_lists_are_read_from_beside_the_weights(tmp_path: Path) -> None:
    assert read_changing(tmp_path) == {}
    (tmp_path / FILE).write_text('{"en": "Germany Monday"}', encoding="utf-8")
    assert read_changing(tmp_path) == {"en": frozenset({"Germany", "Monday"})}


@pytest.mark.parametrize("content", ["", "[]", '{"en": 1}'])
def test_a_list_that_cannot_be_read_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(ModelMissing):
        read_changing(tmp_path)


def test_the_embedded_translators_know_what_people_translate() -> None:
    english = read_changing(EMBEDDED / "translator")["en"]
    assert {"Germany", "European", "Tuesday"} <= english
    assert english.isdisjoint({"Obama", "Berlin", "Pissarro"})
    assert {*read_changing(EMBEDDED / "translator-en")} == {"fr", "es"}
