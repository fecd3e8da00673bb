"""English-Spanish pairs from English-French ones: what is taken over and what is left out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from models.training.pivot import (
    draw_pairs,
    neighbours,
    pivot_pairs,
    pivot_path,
    score_pivot,
    use_preterite,
    usual_share,
)
from models.training.text import Pair, write_pairs
from models.training.translator import Workshop
from tests.models.training.test_recipe import PRESET

WORDS = {"Le chat": "El gato", "chien": "perro", "dort": "duerme", "Marie": "*Marie"}
KNOWN = set(neighbours("El gato duerme.")) | set(neighbours("El gato y Marie duerme."))


def translate(pairs: Sequence[Pair]) -> list[str]:
    """Translate word by word and drop full stops, as Apertium does."""
    return [translate_line(pair.target) for pair in pairs]


def translate_line(line: str) -> str:
    for french, spanish in WORDS.items():
        line = line.replace(french, spanish)
    return line.replace(" et ", " y ").removesuffix(".")


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
        "Monsieur le Président dort.",
    ],
)
def test_what_the_pivot_does_not_write_well_is_not_asked(french: str) -> None:
    def refuse(pairs: Sequence[Pair]) -> list[str]:
        assert [pair.target for pair in pairs] == ["Le chat dort."]
        return translate(pairs)

    pairs = [Pair("news", "A.", french), Pair("news", "B.", "Le chat dort.")]
    assert [pair.source for pair in pivot_pairs(pairs, KNOWN, refuse)] == ["B."]


@pytest.mark.parametrize("spanish", ["El *chat duerme", "El #gato duerme", "EL gato duerme"])
def test_unknown_words_and_broken_ones_are_left_out(spanish: str) -> None:
    pairs = [Pair("news", "The cat sleeps.", "Le chat dort.")]
    assert not list(pivot_pairs(pairs, KNOWN, lambda pairs: [spanish]))


def test_what_nobody_writes_so_is_left_out() -> None:
    assert usual_share("El gato duerme.", KNOWN) == 1
    assert usual_share("Duerme gato el.", KNOWN) == 0
    assert pivot("Le chat dort.", "dort et dort dort et Le chat.") == ["El gato duerme."]


def test_of_the_debates_only_the_most_usual_are_taken() -> None:
    unusual = "Le chat et dort."
    assert usual_share("El gato y duerme.", KNOWN) == pytest.approx(4 / 5)
    assert pivot(unusual, origin="news") == pivot(unusual, origin="back-news") != []
    assert pivot(unusual, origin="europarl") == []


def test_of_each_origin_so_many_are_drawn_in_random_order() -> None:
    pairs = [Pair(name, f"{n}", "") for name in ("europarl", "news") for n in range(50)]
    drawn = list(draw_pairs(pairs, 20))
    assert Counter(pair.origin for pair in drawn) == {"europarl": 20, "news": 20}
    assert len({*drawn}) == 40
    assert drawn == list(draw_pairs(pairs, 20)) != sorted(drawn, key=pairs.index)


@pytest.mark.parametrize(
    ("perfect", "preterite"),
    [
        (
            "^Haber<vbhaver><pri><p3><sg>$ ^indicar<vblex><pp><m><sg>$ ^que<cnjsub>$",
            "^Indicar<vblex><ifi><p3><sg>$ ^que<cnjsub>$",
        ),
        (  # "a-t-il dit"
            "^,<cm>$ ^haber<vbhaver><pri><p3><sg>$^decir<vblex><pri><p3><sg>$",
            "^,<cm>$ ^decir<vblex><ifi><p3><sg>$",
        ),
        (
            "^Haber<vbhaver><pri><p3><pl>$ ^todavía<adv>$ ^decidir<vblex><pp><m><sg>$",
            "^Todavía<adv>$ ^decidir<vblex><ifi><p3><pl>$",
        ),
        (
            "^Estar<vblex><pri><p3><sg>$ ^llegar<vblex><pp><m><sg>$",
            "^Llegar<vblex><ifi><p3><sg>$",
        ),
    ],
)
def test_a_perfect_becomes_a_preterite(perfect: str, preterite: str) -> None:
    assert use_preterite(perfect) == preterite


@pytest.mark.parametrize(
    "stream",
    [
        "^Estar<vblex><pri><p3><sg>$ ^cansar<vblex><pp><m><sg>$",  # "elle est fatiguée"
        "^haber<vbhaver><pii><p3><sg>$ ^decir<vblex><pp><m><sg>$",  # "había dicho"
        "^haber<vbhaver><pri><p3><sg>$ ^un<det><ind><m><sg>$",
        "^haber<vbhaver><pri><p3><sg>$ ^comer<vblex><pp><m><sg>$ ^y<cnjcoo>$"
        " ^dormir<vblex><pp><m><sg>$",
    ],
)
def test_other_tenses_stay(stream: str) -> None:
    assert use_preterite(stream) == stream


def test_other_origins_are_not_translated() -> None:
    assert pivot("Le chat dort.", origin="tatoeba") == []


def test_a_lost_line_is_an_error_and_not_a_shift() -> None:
    with pytest.raises(ValueError, match="2 lines became 1"):
        list(
            pivot_pairs(
                [Pair("news", "A.", "Le chat dort."), Pair("news", "B.", "Le chien dort.")],
                KNOWN,
                lambda pairs: translate(pairs)[:1],
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
