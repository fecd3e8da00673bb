"""What is not article text is mended or left out; what is stays."""

from __future__ import annotations

import pytest

from models.cleaning import clean, is_boilerplate, is_caption, strip_dateline, strip_list_mark


@pytest.mark.parametrize(
    ("received", "cleaned"),
    [
        ("Itâ€™s a testâ€”really.", "It’s a test—really."),
        ("a\u200bb \x07c", "ab c"),
        ("  two \n lines\t here ", "two lines here"),
        ("1\x1f0", "1 0"),
        ("x\ud800y", "x?y"),
        ("e\u0301t\u0301e\u0301", "ét\u0301é"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("plain words", "plain words"),
    ],
)
def test_a_sentence_is_mended(received: str, cleaned: str) -> None:
    assert clean(received) == cleaned


@pytest.mark.parametrize(
    "line",
    [
        "Powered by automated translation",
        "AFP contributed to this report.",
        "Read more: Council votes on the bridge",
        "Sign up for our newsletter.",
        "Share this",
        "(Photo: Ana Diaz/Reuters)",
        "By Maria Lopez and Jan de Vries",
        "(Reporting by Ana Diaz; Editing by Jo Roe)",
        "© 2024 Example News. All rights reserved.",
        "Lire aussi : le pont",
        "Lesen Sie auch: Die Brücke",
        "Publicidad",
        "Читайте также: Мост",
        "اقرأ أيضا: الجسر",
        "阅读更多",
        "続きを読む",
        "Devamını oku",
        "Xem thêm",
        "Propos recueillis par Yann Le Gall.",
        "Das Interview führte Dirk Moos.",
        "Mit ihr sprach Dirk Moos.",
        "Q: How do you feel?",
        "P. ¿Cómo se encuentra?",
        "Hamburg, 4. März 2025.",
        "Paris, le 3 mai 2024",
        "New York, March 4, 2025",
    ],
)
def test_boilerplate_is_known(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "sentence",
    [
        "Read more books this summer, the minister told pupils on Monday.",
        "By Monday the bridge was closed.",
        "Powered by the wind, the ship crossed the sea in nine days.",
        "Join us, the strikers shouted at the gates of the plant.",
        "Published figures show that 12 people died.",
        "Share prices fell sharply on Tuesday.",
        "Subscribe to nothing, he advised.",
        "AFP reported that the troops had left the city.",
        "Video games are 50 years old this year.",
        "The bridge opened in Paris, 4 March 2025.",
        "Q: Critics said that it cost 400 dollars.",
        "P. Shah asked: who pays?",
        "Question: will the government survive the vote?",
        "Das Gespräch führte zu einem Streit zwischen beiden Ländern.",
        "Mit ihm sprach sie auch über die Lage in der Ukraine.",
        "Recueilli par une famille de Lyon, l'enfant va mieux.",
    ],
)
def test_a_sentence_of_the_article_is_not_boilerplate(sentence: str) -> None:
    assert not is_boilerplate(sentence)
    assert not is_caption(sentence)


def test_a_credit_at_the_end_makes_a_caption() -> None:
    assert is_caption("The bridge in May. AFP")
    assert is_caption("The bridge in May (Getty Images)")


@pytest.mark.parametrize(
    "dateline",
    [
        "PORT ELLERY (Reuters) - ",
        "OSLO, March 4, 2025 – ",
        "PARIS, le 3 mai 2024 (AFP) — ",
        "Hamburg/Berlin – ",
        "Port Ellery -- ",
    ],
)
def test_a_dateline_is_taken_off(dateline: str) -> None:
    assert strip_dateline(f"{dateline}The council voted.") == "The council voted."


@pytest.mark.parametrize(
    "sentence",
    [
        "Spain – Italy 2:1.",
        "In his speech on March 4, 2025 -- the first -- he said so.",
        "Poverty – Why?",
        "Varga – the mayor – said so.",
        "Apple — America's most valuable company — said so on Monday.",
        "Angela Merkel – Deutschlands Kanzlerin – hat das gesagt.",
        "Paris – Roubaix est la course la plus dure.",
        "Moscow – Beijing relations have soured.",
    ],
)
def test_what_only_looks_like_a_dateline_stays(sentence: str) -> None:
    assert strip_dateline(sentence) == sentence


def test_the_letter_of_a_speaker_is_taken_off_but_not_that_of_a_club() -> None:
    assert strip_list_mark("R. No fue así.", "es") == "No fue así."
    assert strip_list_mark("R. Madrid gana la liga.", "es") == "R. Madrid gana la liga."
