"""Grounding holds: what the evidence does not say is found, what it says is not complained of."""

from __future__ import annotations

import pytest

from models.grounding import align, find_names, is_looping, judge, read_number
from models.protocols import Sentence, Span

INFLATION = (
    "Inflation rose 3.5 percent in Australia last year, Prime Minister Anthony Albanese told "
    "reporters in Sydney on Monday, adding that wages had risen faster."
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,200", "1200"),
        ("1 200", "1.200"),
        ("1\u202f200", "1,200"),
        ("1,200,000", "1.200.000"),
        ("3.5", "3,5"),
        ("3.50", "3.5"),
        ("007", "7"),
        ("٣٫٥", "3.5"),
        ("1.234,5", "1,234.5"),
    ],
)
def test_a_number_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert read_number(one) & read_number(other)


@pytest.mark.parametrize(
    ("one", "other"), [("3.5", "35"), ("1.25", "125"), ("10", "1"), ("1,200", "120"), ("0", "10")]
)
def test_a_decimal_point_matters(one: str, other: str) -> None:
    assert not read_number(one) & read_number(other)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            INFLATION,
            "Inflation rose 3.5 percent in Australia last year, Anthony Albanese told them.",
        ),
        (INFLATION, "Inflation rose 3.5 percent, the prime minister told reporters in Sydney."),
        ("Three men died in Paris on Friday.", "3 men died in Paris."),
        ("Police said 3 men died in Paris.", "Police said three men died in Paris."),
        ("The plant, which opened in 1950, will not close.", "The plant will not close."),
        ("Le maire n'a pas annoncé de date pour l'Europe.", "Le maire n'a pas annoncé de date."),
        ("It sanctioned 32 people and entities.", "Sanctions on 32 people."),
    ],
)
def test_a_faithful_rewrite_is_supported(source: str, text: str) -> None:
    verdict = judge(text, [source])
    assert verdict.supported
    assert verdict.unsupported == ()


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (INFLATION, "Inflation rose 35 percent in Australia last year, Albanese told reporters."),
        (INFLATION, "Inflation rose 3.5 percent in austria last year, Albanese told reporters."),
        (INFLATION, "Inflation fell 3.5 percent in Australia last year, Albanese told reporters."),
        (
            INFLATION,
            "Inflation rose three percent in Australia last year, Albanese told reporters.",
        ),
        (INFLATION, "Inflation rose 3.5 percent in Australia last year."),
        ("The war was not won.", "The war was won."),
        ("They can leave the city.", "They cannot leave the city."),
        ("They can leave the city.", "They can't leave the city."),
        ("La loi n'a pas été votée.", "La loi a été votée."),
        (
            "The United States sanctioned Russia on Thursday.",
            "Russia sanctioned the United States.",
        ),
        ("The bridge could close in May.", "The bridge will close in May."),
    ],
)
def test_a_change_of_sense_is_not_supported(source: str, text: str) -> None:
    assert not judge(text, [source]).supported


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("Obama said inflation rose 3.5 percent.", ("Obama",)),
        ("Inflation rose 35 percent in Australia.", ("35",)),
        ("Inflation rose 3.5 percent in New Zealand.", ("New", "Zealand")),
        ("Inflation rose in Niger.", ("Niger",)),
    ],
)
def test_numbers_and_names_that_occur_nowhere_are_listed(text: str, listed: tuple[str]) -> None:
    assert judge(text, [INFLATION, "Nigeria was quiet."]).unsupported == listed


def test_what_stands_elsewhere_in_the_article_is_not_listed_yet_not_supported() -> None:
    verdict = judge("Inflation rose 3.5 percent in Perth.", [INFLATION], ["Perth is sunny."])
    assert not verdict.supported
    assert verdict.unsupported == ()


def test_an_elided_article_does_not_hide_a_name() -> None:
    assert find_names("Selon lui, l'Iran attend.") == ["l'Iran"]
    assert judge("Selon lui, l'Iran attend.", ["Selon lui, Téhéran attend."]).unsupported


@pytest.mark.parametrize(
    ("text", "loops"),
    [
        ("deux deux deux fois", True),
        ("the cat sat the cat sat the cat sat down", True),
        ("a b c d e a b c d e a b c d e", True),
        ("今天天气今天天气今天天气今天天气", True),
        ("The very, very old bridge was closed on Monday.", False),
        ("", False),
    ],
)
def test_loops_are_found(text: str, loops: bool) -> None:
    assert is_looping(text) is loops


def _sentences(*texts: str) -> list[Sentence]:
    return [Sentence(Span(i * 100, i * 100 + len(t)), t) for i, t in enumerate(texts)]


def test_evidence_is_the_fewest_sentences_in_their_order() -> None:
    first, second, third = _sentences(
        "The council voted for the bridge.", "Rain fell all day.", "It costs 12 million euros."
    )
    assert align(
        "The bridge costs 12 million euros, the council voted.", [first, second, third]
    ) == [
        first,
        third,
    ]


def test_what_shares_no_word_has_no_evidence() -> None:
    assert align("Zq xv 77777.", _sentences("The council voted.", "It rained.")) == []
