"""Selection prefers what the article is about, once, and what can stand first."""

from __future__ import annotations

import time

import pytest

from models.reader import TextReader
from models.selection import BUDGETS, choose_sentences, opens_outside
from models.words import count_words

ABOUT = "The city council voted on Monday to rebuild the old harbour bridge for 12 million euros."


def _choose(text: str, length: str = "short") -> list[str]:
    article = TextReader().read(text, "en")
    return [article.sentences[i].text for i in choose_sentences(article, length)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sentence",
    [
        "However, it rained.",
        "He said no.",
        "“But we lost.”",
        "Cependant, il pleut.",
        "Aber es regnet.",
    ],
)
def test_words_that_point_outside_are_known(sentence: str) -> None:
    assert opens_outside(sentence)


@pytest.mark.parametrize("sentence", ["Hervé left.", "Thessaly burns.", "Butter is dear."])
def test_words_that_only_begin_like_them_are_not(sentence: str) -> None:
    assert not opens_outside(sentence)


def test_the_same_is_not_said_twice() -> None:
    again = ABOUT.replace("voted", "has voted")
    other = "Fishermen of the harbour had asked the council for a ferry that runs at night instead."
    chosen = _choose(
        f"{ABOUT} {again} {other} Rain is expected in the hills on most days this week."
    )
    assert not (ABOUT in chosen and again in chosen)


def test_short_is_part_of_long_and_both_keep_their_budgets() -> None:
    text = " ".join(ABOUT.replace("12", str(i)).replace("harbour", f"quay{i}") for i in range(60))
    article = TextReader().read(text, "en")
    short, long = choose_sentences(article, "short"), choose_sentences(article, "long")
    assert set(short) < set(long)
    assert long == sorted(long)
    assert len(long) <= BUDGETS["long"].max_sentences
    assert sum(count_words(article.sentences[i].text) for i in long) <= BUDGETS["long"].max_words


def test_an_article_of_20000_words_is_ranked_quickly() -> None:
    text = " ".join(ABOUT.replace("12", str(i)) for i in range(1_300))
    article = TextReader().read(text, "en")
    began = time.monotonic()
    assert choose_sentences(article, "long")
    assert time.monotonic() - began < 2.0
