"""Pairs from a dictionary: what is read from its lines, and what of it is worth learning."""

import json
import lzma
from dataclasses import replace
from pathlib import Path

import pytest

from models.training.dictionary import (
    NEWS_FILES,
    NEWS_TIMES,
    SENTENCES,
    TERMS,
    count_terms,
    dictionary_path,
    main,
    read_entries,
    sentence_pairs,
    term_pairs,
)
from models.training.text import Pair, read_pairs, write_pairs
from models.training.translator import Workshop
from tests.models.training.test_recipe import PRESET

KNOWN = {"haus": 500, "house": 500}
NEWS = {("indictment",): 30, ("plea",): 30, ("house",): 900, ("ringing",): NEWS_TIMES}


def read(line: str) -> list[tuple[list[str], list[str]]]:
    return list(read_entries([line]))


def terms(*lines: str, pair: str = "en-de") -> list[tuple[str, str]]:
    found = list(term_pairs(read_entries(lines), (KNOWN, KNOWN), NEWS, pair))
    assert {one.origin for one in found} <= {TERMS}
    return [(one.source, one.target) for one in found]


@pytest.mark.parametrize(
    ("line", "entries"),
    [
        ("# Version :: 2023", []),
        ("Anklage {f} [jur.]; Klage {f} :: plea (law)", [(["plea"], ["Anklage", "Klage"])]),
        (
            "Aal {m} [zool.] | Aale {pl} :: eel | eels <eel-s>",
            [(["eel"], ["Aal"]), (["eels"], ["Aale"])],
        ),
        ("Aal {m} | Aale {pl} :: eel", []),  # which part belongs to which is not told
        ("jdm. etw. geben {vt} :: to give sb. sth.", []),
        ("Laden {m} :: shop [Br.]/store [Am.]; shop", [(["shop"], ["Laden"])]),
        ("Mißtrauen {n} [alt]; Misstrauen {n} :: mistrust", [(["mistrust"], ["Misstrauen"])]),
        ("sich hinsetzen {vr} :: to sit down", []),
        ("Wer setzt sich hin? :: Who sits down?", [(["Who sits down?"], ["Wer setzt sich hin?"])]),
        ("„Wie geht’s?“ :: How’s it going?", [(["How's it going?"], ['"Wie geht\'s?"'])]),
    ],
)  # fmt: skip
def test_a_line_is_read_as_terms_that_mean_the_same(line, entries) -> None:
    assert read(line) == entries


def test_only_whole_sentences_are_sentences() -> None:
    lines = [
        "Er kam gestern an.; Gestern kam er. :: He arrived yesterday evening.",
        "in der Nacht kommen :: to arrive during the night",
        "Guten Tag! :: Good day!",
    ]
    pairs = list(sentence_pairs(read_entries(lines)))
    assert pairs == [Pair(SENTENCES, "He arrived yesterday evening.", "Er kam gestern an.")]


def test_a_term_is_taken_that_news_has_and_the_text_has_not() -> None:
    assert terms(
        "Anklage {f} :: indictment",
        "Haus {n} :: house",  # taught by the text
        "Aal {m} :: eel",  # in no news
    ) == [("indictment", "Anklage")]


def test_what_a_term_means_first_comes_first_and_then_what_is_usual() -> None:
    lines = [
        "Bitte {f} :: entreaty; plea",
        "Einrede {f} :: plea",
        "Haus {n} :: plea",
        "Einwand {m} :: plea",
    ]
    assert terms(*lines) == [("plea", "Haus"), ("plea", "Einrede")]


def test_an_english_gerund_is_no_german_participle() -> None:
    assert terms("läutend :: ringing", "Läuten {n} :: ringing") == [("ringing", "Läuten")]


def test_out_of_german_the_german_word_is_the_rare_one() -> None:
    lines = ["Wohnhaus {n}; Haus {n} :: house", "Haus {n} :: indictment"]
    assert terms(*lines, pair="de-en") == [("house", "Wohnhaus")]


def test_terms_are_counted_whatever_their_case_and_without_to() -> None:
    counts = count_terms(["The Plea was heard.", "A plea"], {("plea",), ("the", "plea")})
    assert counts == {("plea",): 2, ("the", "plea"): 1}


def test_the_pairs_lie_where_the_recipe_looks_for_them(tmp_path: Path) -> None:
    data = tmp_path / "translation"
    news = tmp_path / "summarisation"
    for folder in (data, news):
        folder.mkdir()
    write_pairs(
        [Pair("news", "The house is old.", "Das Haus ist alt.")], data / "train.en-de.tsv.xz"
    )
    for name in ("docs", "dev"):
        write_pairs([], data / f"{name}.en-de.tsv.xz")
    _write_news(news, "An indictment was read. " * NEWS_TIMES)
    words = tmp_path / "de-en"
    words.write_text(
        "Anklage {f} :: indictment\nEr ging nach Hause. :: He went home again.\n", "utf-8"
    )

    main(
        ["--data", str(tmp_path), "--pair", "en-de", "--list", str(words), "--work", str(tmp_path)]
    )

    made = list(read_pairs(dictionary_path(tmp_path, "en-de")))
    assert [pair.target for pair in made] == ["Er ging nach Hause.", "Anklage"]
    pairs = Workshop(data, tmp_path, replace(PRESET, pairs=("en-de",))).clean("en-de")
    assert {pair.origin for pair in pairs} == {"news", TERMS, SENTENCES}


def _write_news(folder: Path, text: str) -> None:
    for name in NEWS_FILES:
        with lzma.open(folder / f"{name}.jsonl.xz", "wt", encoding="utf-8") as file:
            file.write(json.dumps({"article": text}) + "\n")
