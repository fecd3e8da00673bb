"""Amounts, times and abbreviations as they are written out before a model reads them."""

from __future__ import annotations

import pytest

from models.normalisation import write_out


@pytest.mark.parametrize(
    ("source", "text", "written"),
    [
        ("en", "It costs £42m – or €48m.", "It costs 42 million pounds – or 48 million euros."),
        ("en", "It lost $3.5bn.", "It lost 3.5 billion dollars."),
        ("en", "He paid US$1,250.75, then $1.", "He paid 1,250.75 dollars, then 1 dollar."),
        ("en", "It is 5€ today.", "It is 5 euros today."),
        ("en", "$5-10 a day, a $50-a-day plan", "$5-10 a day, a $50-a-day plan"),
        ("en", "at 9:30 p.m. on Friday", "at 21:30 on Friday"),
        ("en", "from 7am to 12 p.m.", "from 7:00 to 12:00."),
        ("en", "at 12.05 a.m. today", "at 0:05 today"),
        ("en", "13 pm, 5 amps", "13 pm, 5 amps"),
        ("en", "on Nov. 3 and Sept. 11, 1973", "on November 3 and September 11, 1973"),
        ("en", "Sen. Sanders saw No. 10.", "Senator Sanders saw number 10."),
        (
            "en",
            "No. 10 said no. 5 did NOT. It is NATO.",
            "Number 10 said no. 5 did NOT. It is NATO.",
        ),
        ("en", "it did NOT land", "it did not land"),
        ("en", "from 20.12.2012 on", "from 20 December 2012 on"),
        (
            "fr",
            "3,5 Md€, 12 M€ et 650 €",
            "3,5 milliards d'euros, 12 millions d'euros et 650 euros",
        ),
        ("fr", "2 millions $", "2 millions de dollars"),
        ("fr", "à 20h30, pendant 1h30", "à 20:30, pendant 1h30"),
        ("fr", "le 24.12.2023", "le 24 décembre 2023"),
        ("de", "um 14.30 Uhr", "um 14:30 Uhr"),
        ("de", "am 24.12.2023 und 01. 02. 1999", "am 24. Dezember 2023 und 1. Februar 1999"),
        ("de", "14.30.1 oder 31.13.2023", "14.30.1 oder 31.13.2023"),
        ("de", "3,5 Mrd. Euro, 5 Mio. €", "3,5 Milliarden Euro, 5 Millionen Euro"),
        ("es", "650 € y 5 millones €", "650 euros y 5 millones de euros"),
        ("ja", "5€ 7pm", "5€ 7pm"),
    ],
)
def test_what_models_hardly_know_is_written_out(source: str, text: str, written: str) -> None:
    assert write_out(text, source, "fr") == written


def test_hours_stay_where_the_target_counts_to_12() -> None:
    assert write_out("at 7pm", "en", "hi") == "at 7pm"


def test_signs_stay_for_a_model_that_knows_them() -> None:
    assert write_out("€5 at 7pm", "en", "fr", amounts=False) == "€5 at 19:00"
