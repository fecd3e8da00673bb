"""The rewriter learns from faithful pairs alone."""

import random

import pytest

from models.training.compression import (
    compress,
    deletion_pairs,
    detokenise,
    find_evidence,
    identity_pairs,
    label,
    reference_pairs,
    split_tokenised,
    unsupported,
)

ARTICLE = [
    "the river rose by three metres on monday after a week of rain in the northern hills.",
    "two hundred people left their homes, and the mayor opened the school for them.",
    "a bakery sent bread to the school.",
]


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ("it was n't the minister 's fault .", "it wasn't the minister's fault."),
        ('the " old - age " plan costs $ 32 million .', 'the "old-age" plan costs $32 million.'),
        (
            "london ( cnn ) -- the ship sank ( twice ) , he said .",
            "the ship sank (twice), he said.",
        ),
        ("russia ’s tsar was a ' constant ' friend .", "russia's tsar was a 'constant' friend."),
    ],
)
def test_treebank_tokens_become_plain_text(tokens: str, expected: str) -> None:
    assert detokenise(tokens) == expected


def test_tokenised_text_is_split_after_its_final_tokens() -> None:
    assert split_tokenised("one . two ? mr. three .") == ["one .", "two ?", "mr. three ."]


def test_evidence_is_the_neighbouring_sentences_that_hold_everything() -> None:
    reference = "people left their homes after rain in the hills."
    assert find_evidence(reference, ARTICLE) == f"{ARTICLE[0]} {ARTICLE[1]}"


@pytest.mark.parametrize(
    "reference",
    ["four hundred people left their homes.", "the governor opened the school for people."],
)
def test_a_reference_with_anything_unsupported_has_no_evidence(reference: str) -> None:
    assert find_evidence(reference, ARTICLE) is None


def test_pairs_are_labelled_by_how_much_they_keep() -> None:
    source = ARTICLE[0]
    assert label(source, "the river rose by three metres.") == "short"
    assert label(source, "the river rose by three metres after a week of rain.") == "long"
    assert label(source, source) is None


def test_a_lost_negation_or_a_broken_quotation_is_no_pair() -> None:
    source = 'the mayor did not open the old school on monday, "a pity" for the people of the town.'
    assert label(source, "the mayor did open the old school on monday.") is None
    assert label(source, 'the mayor did not open the school, "a pity.') is None
    assert label(source, "the mayor did not open the old school on monday.") == "long"


def test_reference_pairs_are_lower_case_and_named_by_control() -> None:
    found = list(reference_pairs([(ARTICLE, ["The river rose by three metres."])]))
    assert [(pair.origin, pair.target) for pair in found] == [
        ("reference/short", "the river rose by three metres.")
    ]


def test_a_headline_without_articles_is_no_reference() -> None:
    assert not list(reference_pairs([(ARTICLE, ["River rose three metres in northern hills."])]))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("the mayor (a baker) left.", "the mayor left."),
        ("the ship, which had sailed from the north, sank.", "the ship sank."),
        ("ana lee, a judge from the city, resigned.", "ana lee resigned."),
        ("however, the plan failed.", "the plan failed."),
        ("the plan failed, the mayor said.", "the plan failed, the mayor said."),
    ],
)
def test_deletion_drops_what_can_be_spared_and_never_an_attribution(
    sentence: str, expected: str
) -> None:
    assert compress(sentence, random.Random(1), strongly=True) == expected


def test_deletion_and_identity_pairs_add_nothing() -> None:
    sentences = [
        f"However, the ship (number {n}) sank near the old harbour wall." for n in range(9)
    ]
    pairs = [*deletion_pairs(sentences, seed=1), *identity_pairs(ARTICLE, 2)]
    assert len(pairs) > 5
    assert not any(unsupported(pair.target, pair.source) for pair in pairs)
