"""Cleaning keeps sentence pairs that say the same and nothing that does not."""

import lzma
from pathlib import Path

import pytest

from models.training.text import Pair, clean_pairs, is_clean, normalise, read_pairs, roughen_pairs

GOOD = Pair("news", "The 3 ministers met on Monday.", "Les 3 ministres se sont réunis lundi.")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("« Bonjour »  dit-il…", '"Bonjour" dit-il...'),
        ("l’été — oui", "l'été - oui"),
        ("Pourquoi\u00a0?", "Pourquoi?"),
        ("a\u200bb\u00ad c\t d", "ab c d"),
        ("cafe\u0301", "café"),
    ],
)
def test_normalising_leaves_plain_quotes_dashes_and_spaces(raw: str, expected: str) -> None:
    assert normalise(raw) == expected


def test_a_good_pair_is_clean() -> None:
    assert is_clean(GOOD)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("", "Bonjour."),
        ("There were 27 of them in the room.", "Ils étaient 72 dans la salle, 3 debout."),
        ("A short one.", "Une phrase beaucoup trop longue pour traduire une si petite phrase."),
        ("This was never translated at all.", "This was never translated at all."),
        ("The work of the committee is done.", "L'uvre du comité est accomplie."),
        ("1 2 3 4 5 / 6 7 8", "1 2 3 4 5 / 6 7 8"),
    ],
)
def test_a_pair_that_cannot_be_a_translation_is_dropped(source: str, target: str) -> None:
    assert not is_clean(Pair("europarl", source, target))


def test_duplicates_held_out_sentences_and_third_targets_are_dropped() -> None:
    variants = [
        Pair("tatoeba", "He is here now.", text) for text in ("Il est ici.", "Le voilà là.")
    ]
    third = Pair("tatoeba", "He is here now.", "Il se trouve ici.")
    held_out = Pair("dev", "Held out sentence.", "Phrase retenue.")
    found = list(clean_pairs([GOOD, GOOD, *variants, third, held_out], [held_out]))
    assert found == [GOOD, *variants]


def test_roughening_changes_a_share_of_the_pairs_and_is_repeatable() -> None:
    pairs = [GOOD] * 400
    rough = list(roughen_pairs(pairs, 0.5, seed=1))
    assert rough == list(roughen_pairs(pairs, 0.5, seed=1))
    assert 120 < sum(pair != GOOD for pair in rough) < 280
    assert {pair.target for pair in rough} == {GOOD.target, GOOD.target.rstrip(".")}


def test_reading_refuses_a_row_without_three_columns(tmp_path: Path) -> None:
    path = tmp_path / "train.tsv.xz"
    path.write_bytes(lzma.compress(b"news\ta\tb\nnews\tonly one\n"))
    with pytest.raises(ValueError, match="expected 3"):
        list(read_pairs(path))
