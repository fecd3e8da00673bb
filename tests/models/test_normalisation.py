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
        ("en", "from 7am to 12 p.m.", "from 7 o'clock to 12 o'clock."),
        ("en", "at 12.05 a.m. today", "at 0:05 today"),
        ("en", "13 pm, 5 amps", "13 pm, 5 amps"),
        ("en", "between 7 and 9pm", "between 19 and 21 o'clock"),
        ("en", "11:30-1 p.m. or 10 to 2am", "11:30-13 o'clock or 22 to 2 o'clock"),
        (
            "en",
            "$1.1 Billion, $3.2B, $10 mil",
            "1.1 billion dollars, 3.2 billion dollars, 10 million dollars",
        ),
        ("en", "a $50 million-a-year deal", "a $50 million-a-year deal"),
        ("en", "$1.2 billion dollars", "1.2 billion dollars"),
        ("en", "A$5m, C$4, US$2", "5 million Australian dollars, 4 Canadian dollars, 2 dollars"),
        ("en", "USD 15,000 or 20 CHF", "15,000 dollars or 20 Swiss francs"),
        ("en", "$145.20/share", "145.20 dollars per share"),
        ("en", "20m people, a 5m pool, 2bn", "20 million people, a 5m pool, 2 billion"),
        ("en", "35°C or 95 °F", "35 degrees Celsius or 95 degrees Fahrenheit"),
        ("en", "on Nov. 3 and Sept. 11, 1973", "on November 3 and September 11, 1973"),
        ("en", "Sen. Sanders saw No. 10.", "Senator Sanders saw number 10."),
        (
            "en",
            "No. 10 said no. 5 did NOT. It is NATO.",
            "Number 10 said no. 5 did NOT. It is NATO.",
        ),
        ("en", "it did NOT land", "it did not land"),
        ("en", "50 mg a day for £3 an hour", "50 mg per day for 3 pounds per hour"),
        (
            "en",
            "C$1.1m a year, 20m people a day",
            "1.1 million Canadian dollars per year, 20 million people per day",
        ),
        (
            "en",
            "$5m a year earlier, 5 a month ago",
            "5 million dollars a year earlier, 5 a month ago",
        ),
        ("en", "on p. 47 and pp. 4-5", "on page 47 and pages 4-5"),
        ("fr", "au XIXe siècle et la Ve République", "au 19e siècle et la 5e République"),
        ("fr", "l'art. L. 121-1, p. 4", "l'article L. 121-1, page 4"),
        ("de", "rd. 5 km, d. h. ca. 3 Std.", "rund 5 km, das heißt etwa 3 Stunden."),
        ("es", "Tampoco es así. Jamás ganó Jamás SA.", "No es así. Nunca ganó Jamás SA."),
        ("es", "el art. 5 del siglo XVIII, pág. 3", "el artículo 5 del siglo 18, página 3"),
        ("en", "from 20.12.2012 on", "from 20 December 2012 on"),
        (
            "fr",
            "3,5 Md€, 12 M€ et 650 €",
            "3,5 milliards d'euros, 12 millions d'euros et 650 euros",
        ),
        ("fr", "2 millions $", "2 millions de dollars"),
        ("fr", "vers 19h30, à 2h30 de Paris", "vers 19:30, à 2h30 de Paris"),
        ("fr", "à 20h30, pendant 1h30", "à 20:30, pendant 1h30"),
        ("fr", "le 24.12.2023", "le 24 décembre 2023"),
        ("de", "um 14.30 Uhr", "um 14:30 Uhr"),
        ("de", "8.00-10.30 Uhr, $300 Mio/Jahr", "8:00-10:30 Uhr, $300 Mio/Jahr"),
        ("de", "am 24.12.2023 und 01. 02. 1999", "am 24. Dezember 2023 und 1. Februar 1999"),
        ("de", "14.30.1 oder 31.13.2023", "14.30.1 oder 31.13.2023"),
        ("de", "3,5 Mrd. Euro, 5 Mio. €", "3,5 Milliarden Euro, 5 Millionen Euro"),
        ("es", "650 € y 5 millones €", "650 euros y 5 millones de euros"),
        ("es", "$54 millones de dólares", "54 millones de dólares"),
        ("es", "$200 mil a las 19.30 h", "200 mil dólares a las 19:30"),
        ("en", "In 2014 a second bomb fell.", "In 2014 a second bomb fell."),
        ("en", "In 2012 a person died.", "In 2012 a person died."),
        ("en", "In 2010 a week-long strike began.", "In 2010 a week-long strike began."),
        ("en", "12 people a month into the war", "12 people a month into the war"),
        (
            "en",
            "£3 an hour, 2% a year, 45p a litre",
            "3 pounds per hour, 2% per year, 45p per litre",
        ),
        ("ja", "5€ 7pm", "5€ 7pm"),
    ],
)
def test_what_models_hardly_know_is_written_out(source: str, text: str, written: str) -> None:
    assert write_out(text, source, "fr") == written


def test_full_hours_are_written_as_the_models_of_the_target_know_them() -> None:
    assert write_out("from 7 to 9pm", "en", "es") == "from 19 to 21:00"


def test_hours_stay_where_the_target_counts_to_12() -> None:
    assert write_out("at 7pm", "en", "hi") == "at 7pm"


def test_signs_stay_for_a_model_that_knows_them() -> None:
    assert write_out("€5 at 7pm", "en", "fr", amounts=False) == "€5 at 19 o'clock"
