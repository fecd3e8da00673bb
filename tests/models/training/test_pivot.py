"""English-Spanish pairs from English-French ones: what is taken over and what is left out."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from models.training.pivot import (
    neighbours,
    pivot_pairs,
    pivot_path,
    score_pivot,
    usual_share,
    write_pairs,
)
from models.training.text import Pair
from models.training.translator import Workshop
from tests.models.training.test_recipe import PRESET

WORDS = {"Le chat": "El gato", "chien": "perro", "dort": "duerme", "Marie": "*Marie"}
KNOWN = set(neighbours("El gato duerme.")) | set(neighbours("El gato y Marie duerme."))


def translate(lines: str) -> str:
    """Translate word by word and drop full stops, as Apertium does."""
    for french, spanish in WORDS.items():
        lines = lines.replace(french, spanish)
    return re.sub(r"\.$", "", lines.replace(" et ", " y "), flags=re.MULTILINE)


def pivot(*french: str, origin: str = "news") -> list[str]:
    pairs = [Pair(origin, f"English {n}.", text) for n, text in enumerate(french)]
    return [pair.target for pair in pivot_pairs(pairs, KNOWN, translate)]


def test_the_english_stays_and_the_origin_tells_of_the_pivot() -> None:
    pairs = list(pivot_pairs([Pair("news", "The cat sleeps.", "Le chat dort.")], KNOWN, translate))
    assert pairs == [Pair("pivot-news", "The cat sleeps.", "El gato duerme.")]


def test_an_unknown_name_stays_without_its_mark() -> None:
    assert pivot("Le chat et Marie dort.") == ["El gato y Marie duerme."]


@pytest.mark.parametrize(
    "french",
    [
        "Le chat dort?",  # its Spanish would lack the "¿"
        "Le chat dort",
        "Le chat dort * dort.",
        "Le chat #dort.",
        "Le chat et M. Dupont dort.",
    ],
)
def test_what_the_pivot_does_not_write_well_is_not_asked(french: str) -> None:
    def refuse(lines: str) -> str:
        assert lines == "Le chat dort.\n"
        return translate(lines)

    pairs = [Pair("news", "A.", french), Pair("news", "B.", "Le chat dort.")]
    assert [pair.source for pair in pivot_pairs(pairs, KNOWN, refuse)] == ["B."]


@pytest.mark.parametrize("spanish", ["El *chat duerme", "El #gato duerme", "EL gato duerme"])
def test_unknown_words_and_broken_ones_are_left_out(spanish: str) -> None:
    pairs = [Pair("news", "The cat sleeps.", "Le chat dort.")]
    assert not list(pivot_pairs(pairs, KNOWN, lambda lines: spanish + "\n"))


def test_what_nobody_writes_so_is_left_out() -> None:
    assert usual_share("El gato duerme.", KNOWN) == 1
    assert usual_share("Duerme gato el.", KNOWN) == 0
    assert pivot("Le chat dort.", "dort et dort dort et Le chat.") == ["El gato duerme."]


def test_other_origins_are_not_translated() -> None:
    assert pivot("Le chat dort.", origin="tatoeba") == []


def test_a_lost_line_is_an_error_and_not_a_shift() -> None:
    with pytest.raises(ValueError, match="2 lines became 1"):
        list(
            pivot_pairs(
                [Pair("news", "A.", "Le chat dort."), Pair("news", "B.", "Le chien dort.")],
                KNOWN,
                lambda lines: lines.splitlines()[0],
            )
        )


def test_the_pivot_is_scored_on_the_sentences_that_both_languages_have() -> None:
    french = [Pair("news", "A.", "Le chat dort."), Pair("news", "B.", "Le chien dort.")]
    spanish = [Pair("news", "A.", "El gato duerme."), Pair("news", "C.", "Otra cosa.")]
    assert score_pivot(french, spanish, translate) == pytest.approx(100)


def test_the_recipe_learns_from_them_and_keeps_to_the_human_ones(
    data: Path, tmp_path: Path
) -> None:
    workshop = Workshop(data, tmp_path, replace(PRESET, pairs=("en-es",)))
    human = workshop.clean("en-es")
    made = [Pair("pivot-news", "A dog barks.", "Un perro ladra.")]
    again = [replace(human[0], target=human[0].target + word) for word in (" Ay.", " Eh.", " Oh.")]
    assert write_pairs([*made, *again], pivot_path(tmp_path, "es")) == 4
    found = workshop.clean("en-es")
    assert len(found) == len(set(found))
    assert set(found) == {*human, made[0], again[0]}
