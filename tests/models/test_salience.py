"""Salience prefers what stands by itself and belongs to the subject, in any language."""

from __future__ import annotations

import json

import pytest

from models.salience import (
    FEATURES,
    WEIGHTS_FILE,
    SentenceVectors,
    describe_sentences,
    leans_on_context,
    score_sentences,
)

TEXTS = [
    "The council of Port Ellery voted on Monday to rebuild the harbour bridge.",
    "The weather was fine that day in most of the country, forecasters said.",
    "The new harbour bridge of Port Ellery will cost 42 million euros.",
    "Is that too much?",
]


@pytest.mark.parametrize(
    ("sentence", "leans"),
    [
        ("She told reporters that the bridge was safe.", True),
        ("“We cannot allow that.”", True),
        ('"It was closed too long," she told reporters.', True),
        ('"It was closed too long," Mayor Ines Varga said.', False),
        ("« Il avait raison », raconte Élise Morand.", False),
        ("« Il avait raison. »", True),
        ("「子どもの声が消えた」と高瀬さんは話した。", False),
        ("The bridge was closed.", False),
    ],
)
def test_sentences_that_need_one_before_them_are_told(sentence: str, leans: bool) -> None:
    assert leans_on_context(sentence) is leans


def test_every_feature_has_a_weight_and_every_sentence_every_feature() -> None:
    assert set(json.loads(WEIGHTS_FILE.read_text())["salience"]) == set(FEATURES)
    rows = describe_sentences(TEXTS, SentenceVectors(TEXTS))
    assert {len(row) for row in rows} == {len(FEATURES)}


def test_what_belongs_to_the_subject_comes_before_what_does_not() -> None:
    scores = score_sentences(TEXTS, [])
    assert max(scores) in (scores[0], scores[2])
    assert min(scores) == scores[3]


def test_a_headline_lifts_what_it_speaks_of() -> None:
    plain, titled = score_sentences(TEXTS, []), score_sentences(TEXTS, ["New bridge to cost 42"])
    assert titled[2] - plain[2] > titled[1] - plain[1]


@pytest.mark.parametrize("texts", [[], [""], ["x"], ["", "a b c"], ["同じ。"] * 3])
def test_odd_articles_have_scores_too(texts: list[str]) -> None:
    assert len(score_sentences(texts, [])) == len(texts)
