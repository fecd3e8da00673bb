"""News whose source a model writes: what is read, what is translated and what is kept."""

import json
import lzma
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from marisa_trie import Trie

from models.lexicon import Lexicon
from models.training.backtranslation import (
    back_pairs,
    back_path,
    is_fit,
    known_words,
    not_yet_read,
    read_sentences,
)
from models.training.pivot import write_pairs
from models.training.text import Pair
from models.training.translator import Workshop
from tests.models.training.test_recipe import PRESET

KNOWN = Lexicon({"de": Trie(["der", "hund", "schläft", "garten", "das", "haus"])})


class Decoder:
    """Answers from a list of translations, and remembers what it was asked in."""

    name = "listed"

    def __init__(self, outputs: Mapping[str, str]) -> None:
        self._outputs = outputs
        self.languages: set[str] = set()

    def decode(
        self, texts: Sequence[str], target_token: str, generation: Mapping[str, object]
    ) -> list[str]:
        self.languages.add(target_token)
        return [self._outputs[text] for text in texts]


def test_people_wrote_what_is_learnt_to_write_and_the_model_what_is_read() -> None:
    decoder = Decoder({"The dog sleeps in the garden.": "Der Hund schläft im Garten."})
    found = list(back_pairs(["The dog sleeps in the garden."], "de-en", decoder, KNOWN))
    assert found == [
        Pair("back-news", "The dog sleeps in the garden.", "Der Hund schläft im Garten.")
    ]
    assert decoder.languages == {"__de__"}


def test_out_of_english_the_model_wrote_the_english() -> None:
    decoder = Decoder({"Der Hund schläft.": "The dog sleeps."})
    known = Lexicon({"en": Trie(["the", "dog", "sleeps"])})
    found = list(back_pairs(["Der Hund schläft."], "en-de", decoder, known))
    assert found == [Pair("back-news", "The dog sleeps.", "Der Hund schläft.")]
    assert decoder.languages == {"__en__"}


@pytest.mark.parametrize(
    "written",
    [
        "Der Hund schläft im Gartnernungs.",  # a word that nobody wrote
        "Der Hund schläft 2 Garten im Haus.",  # a number that is not there
        "Der.",
        "Der Hund. " * 12,
    ],
)
def test_a_source_that_cannot_be_trusted_is_left_out(written: str) -> None:
    text = "The dog sleeps in the garden."
    assert not list(back_pairs([text], "de-en", Decoder({text: written}), KNOWN))


def test_a_name_may_stand_in_the_source_as_it_is_in_the_sentence() -> None:
    text = "Ms Abbink sleeps in the house."
    decoder = Decoder({text: "Abbink schläft im Haus."})
    assert list(back_pairs([text], "de-en", decoder, KNOWN))


def test_the_bound_is_on_what_is_kept() -> None:
    texts = [f"The dog sleeps in garden {n}." for n in range(9)]
    decoder = Decoder(
        {text: "Der Hund schläft." if n % 2 else "" for n, text in enumerate(texts)}
        | {texts[n]: f"Der Hund schläft im Garten {n}." for n in (4, 6, 8)}
    )
    found = list(back_pairs(texts, "de-en", decoder, KNOWN, rows=2))
    assert [pair.source for pair in found] == [texts[4], texts[6]]


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ("The bank said on Monday that it would close.", True),
        ('"We will close," said the bank on Monday.', True),
        ("Too short.", False),
        ("The bank said on Monday that it would", False),
        ("bank said on Monday that it would close.", False),
        ('"We will close, said the bank on Monday.', False),
        ("Profit rose to 5 mln dlrs from 4 mln.", False),
        ("Le château a été vendu à un âge avancé.", True),
        ("It costs Â£600 in the shops of London.", False),
        ("More on this story at http://news.example.com today.", False),
        (" ".join(["Word", *["word"] * 40]) + ".", False),
    ],
)
def test_only_whole_sentences_of_plain_news_are_fit(text: str, fit: bool) -> None:
    assert is_fit(text) is fit


def test_sentences_are_read_once_each_from_all_corpora_of_the_language(tmp_path: Path) -> None:
    first = "The bank said on Monday that it would close. Too short."
    second = "The dog sleeps in the “old” garden.\nThe bank said on Monday that it would close."
    for name, record in {
        "bbc.en.articles": {"title": "A", "article": first},
        "reuters.en.articles": {"title": "B", "article": "The council met again on Tuesday."},
        "xsum.en.train": {"article": second, "summary": "S"},
    }.items():
        with lzma.open(tmp_path / f"{name}.jsonl.xz", "wt", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
    assert sorted(read_sentences(tmp_path, "en")) == [
        "The bank said on Monday that it would close.",
        "The council met again on Tuesday.",
        'The dog sleeps in the "old" garden.',
    ]
    with pytest.raises(ValueError, match="no news in de: there is some in en, fr"):
        read_sentences(tmp_path, "de")


def test_a_word_is_known_from_its_second_time_in_any_case() -> None:
    assert known_words(["Der Hund.", "der Hase"]) == {"der"}


def test_the_recipe_learns_from_them_in_their_direction_alone(data: Path, tmp_path: Path) -> None:
    row = Pair("back-news", "The dog sleeps in the garden.", "Der Hund schläft im Garten.")
    write_pairs([row], back_path(tmp_path, "de-en"))
    workshop = Workshop(data, tmp_path, replace(PRESET, pairs=("de-en",)))
    swapped = Pair(row.origin, row.target, row.source)
    assert swapped in workshop.clean("de-en")
    assert {pair.origin for pair in workshop.clean("en-de")} == {"news"}


def test_a_later_run_reads_what_no_pair_of_an_earlier_one_was_made_of_in_whatever_order() -> None:
    sentences = ["One.", "Two.", "Three.", "Four."]
    made = [Pair("back-news", "Eins.", "One."), Pair("back-news", "Vier.", "Four.")]
    assert not_yet_read(sentences, made) == ["Two.", "Three."]
    assert not_yet_read(sentences[::-1], made) == ["Three.", "Two."]
    assert not_yet_read(sentences, []) == sentences
