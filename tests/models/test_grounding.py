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
    ("source", "text"),
    [
        (
            "Israel attacked Hamas positions in Gaza on Tuesday.",
            "Hamas attacked Israel positions in Gaza on Tuesday.",
        ),
        ("France beat Germany 2-1 in Lyon.", "Germany beat France 2-1 in Lyon."),
        ("The minister accused the mayor of lying.", "The mayor accused the minister of lying."),
        (
            "Apple sued Samsung over patents in 2011, and Samsung won.",
            "Samsung sued Apple over patents in 2011.",
        ),
        ("Police shot a man who had attacked a woman.", "A woman shot a man."),
        ("Talks begin on Monday and end on Friday.", "Talks begin on Friday."),
        ("The bridge closed in May and will open in June.", "The bridge will open in May."),
        ("The firm was founded in 1995 and sold in 2004.", "The firm was sold in 1995."),
        (
            "Sales rose from 10 million to 12 million euros.",
            "Sales rose from 12 million to 10 million euros.",
        ),
        ("Smith scored 3 goals and Jones scored 5.", "Smith scored 5 goals."),
        ("The minister denied that he had lied.", "The minister had lied."),
        ("The minister denied that he had lied.", "The minister said he had lied."),
        (
            "The company rejected claims that it polluted the river.",
            "The company polluted the river.",
        ),
        ("The court dismissed a claim that he stole the car.", "He stole the car."),
        ("He failed to win the vote.", "He won the vote."),
        ("The plan to close the school was dropped.", "The school was closed."),
        ("The mayor refused to resign.", "The mayor resigned."),
        ("Doctors said the drug might help.", "Doctors said the drug helps."),
        (
            'He said: "We will not close the bridge until May."',
            'He said: "We will close the bridge."',
        ),
        ('"We will win, but only if we work," she said.', '"We will win," she said.'),
        ('"It is a good plan, or so they say," Reed said.', '"It is a good plan", Reed said.'),
        ("Reed said the plan was bad and Varga said it was good.", "Reed said the plan was good."),
        ("According to Reed, the plan is bad.", "The plan is bad."),
        ("The United States and Britain attacked Iraq.", "Iraq attacked Britain."),
        ("Nearly 500 people died.", "500 people died."),
        ("About 40 per cent of voters stayed at home.", "40 per cent of voters stayed at home."),
        ("Up to 90 people may have died.", "90 people died."),
        ("At least 20 were hurt.", "20 were hurt."),
        ("Prices fell by less than 2 per cent.", "Prices fell by 2 per cent."),
        ("The mayor was acquitted of fraud.", "The mayor was convicted of fraud."),
        ("Two of the three men were freed.", "Three men were freed."),
        ("Profit fell to $3m from $5m.", "Profit fell to $5m from $3m."),
        ("The temperature was -5 degrees.", "The temperature was 5 degrees."),
        ("The firm lost £5m.", "The firm lost $5m."),
        ("The deal is worth 5 million euros.", "The deal is worth 5 billion euros."),
        ("The deal is worth 5m euros.", "The deal is worth 5bn euros."),
        ("Unemployment rose to 5.2% in May.", "Unemployment rose to 5.2 million in May."),
        ("The suspect allegedly stole the car.", "The suspect stole the car."),
        (
            "Prosecutors alleged that Reed stole the car.",
            "Prosecutors said that Reed stole the car.",
        ),
        ("If the vote passes, the bridge will be built.", "The bridge will be built."),
        ("The former president of France died.", "The president of France died."),
        ("The bridge will open in May unless it rains.", "The bridge will open in May."),
        ("Only members can vote.", "Members can vote."),
        ("The talks almost failed.", "The talks failed."),
        ("Ms Varga, not Mr Reed, won the vote.", "Mr Reed won the vote."),
        ("Le maire a démenti avoir menti.", "Le maire a menti."),
        ("La France a battu l'Allemagne.", "L'Allemagne a battu la France."),
        ("Deutschland schlug Frankreich am Montag.", "Frankreich schlug Deutschland am Montag."),
        ("Der Minister bestreitet, dass er gelogen hat.", "Der Minister hat gelogen."),
        ("El alcalde negó que hubiera mentido.", "El alcalde había mentido."),
    ],
)
def test_a_rewrite_whose_words_are_all_there_can_still_be_wrong(source: str, text: str) -> None:
    """Roles, dates and numbers swapped; denials, hedges, halves of quotations lost."""
    assert not judge(text, [source]).supported


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Nearly 500 people died on Monday in the city.", "Nearly 500 people died in the city."),
        (
            "The council voted on Monday to rebuild the bridge, which is closed.",
            "The council voted to rebuild the bridge.",
        ),
        ("The firm was founded in 1995 and sold in 2004.", "The firm was founded in 1995."),
        ("France beat Germany 2-1 in Lyon on Tuesday night.", "France beat Germany 2-1 in Lyon."),
        ("The mayor, Ines Varga, said the plan was good.", "Ines Varga said the plan was good."),
        (
            "The deal is worth 5 million euros, the firm said.",
            "The deal is worth 5 million euros, the firm said.",
        ),
    ],
)
def test_what_was_only_left_out_is_supported(source: str, text: str) -> None:
    assert judge(text, [source]).supported


@pytest.mark.parametrize(
    "text",
    [
        "Iran sanctioned the United States, and the talks in Geneva ended.",
        "The talks in Geneva ended, and the fine was 5bn euros.",
        'The talks in Geneva ended, and the fine was "far too".',
    ],
)
def test_several_sentences_of_evidence_do_not_loosen_names_quantities_or_quotations(
    text: str,
) -> None:
    evidence = [
        "The talks in Geneva ended.",
        "The United States sanctioned Iran, and the fine was 5m euros.",
        'Some said the fine was "far too high".',
    ]
    assert not judge(text, evidence, min_coverage=0.9).supported


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
