"""Selection prefers what the article is about, once, and what can stand first."""

from __future__ import annotations

import pytest

from models.reader import TextReader
from models.salience import read_weights
from models.selection import BUDGETS, STOP_FEATURES, choose_sentences, opens_outside
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


def test_a_short_summary_ends_where_one_sentence_says_enough() -> None:
    full = (
        "The city council voted on Monday to rebuild the old harbour bridge for 12 million euros, "
        "to close the fish market while the work lasts, and to pay every stall holder of the "
        "market 900 euros a month from the reserves of the city until the bridge can be used "
        "again by cars in two years."
    )
    rest = "Rain is expected. Schools are open. The ferry runs. Tickets are sold at the quay."
    assert _choose(f"{full} {rest}") == [full]
    assert len(_choose(f"{ABOUT} {ABOUT.replace('bridge', 'market')} {rest}")) == 2


def test_a_long_summary_of_a_longer_article_has_more_sentences() -> None:
    def write(count: int) -> str:
        return " ".join(f"The council of town {i} rebuilds bridge {i}." for i in range(count))

    few, many = _choose(write(14), "long"), _choose(write(90), "long")
    assert BUDGETS["long"].min_sentences <= len(few) < len(many)


@pytest.mark.parametrize("length", BUDGETS)
def test_the_stop_has_a_weight_for_each_of_its_features(length: str) -> None:
    assert tuple(read_weights("stop", length)) == STOP_FEATURES
