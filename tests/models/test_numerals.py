"""Digits as they were, or as the target writes them."""

from __future__ import annotations

import pytest

from models.numerals import (
    localise_decimals,
    localise_groups,
    localise_number,
    mask_facts,
    repair_numbers,
)


@pytest.mark.parametrize(
    ("number", "source", "target", "localised"),
    [
        ("88,000", "en", "fr", "88\u00a0000"),
        ("1,234.5", "en", "de", "1.234,5"),
        ("3.5", "en", "es", "3,5"),
        ("1 234,5", "fr", "en", "1,234.5"),
        ("1.234", "de", "en", "1,234"),
        ("2029", "en", "fr", "2029"),
        ("5:30", "en", "fr", "5:30"),
        ("3.5", "ja", "fr", "3.5"),
        ("24.12", "de", "en", "24.12"),
        ("20.30", "de", "en", "20.30"),
        ("3,5", "en", "fr", "3,5"),
        ("0.750", "es", "en", "0.750"),
    ],
)
def test_a_marked_number_comes_back_as_its_language_writes_it(
    number, source, target, localised
) -> None:
    assert localise_number(number, source, target) == localised


def test_numbers_are_marked_in_their_order_in_every_process() -> None:
    text, _ = mask_facts("Of 17, 23, 45, 61, 78, 92 and 1200.", "en", "fr")
    assert text == "Of XX2, XX3, XX4, XX5, XX6, XX7 and XX1."


@pytest.mark.parametrize(
    ("given", "made", "source", "target", "right"),
    [
        ("4,150 came.", "4,150 sont venus.", "en", "fr", "4\u00a0150 sont venus."),
        ("1,250,000.5 m", "1,250,000.5 m", "en", "de", "1.250.000,5 m"),
        ("4,150 came.", "4.150 sont venus.", "en", "fr", "4\u00a0150 sont venus."),
        ("4,150 came.", "Kamen 4 150.", "en", "de", "Kamen 4.150."),
        ("1,250.5 m", "1.250,5 m", "en", "fr", "1\u00a0250,5 m"),
        ("4,150 at 4.150", "4,150 à 4.150", "en", "fr", "4\u00a0150 à 4.150"),
        ("Es kamen 4.150.", "4.150 came.", "de", "en", "4,150 came."),
        ("Ils sont 4\u202f150.", "They are 4\u202f150.", "fr", "en", "They are 4,150."),
        ("4,150 came.", "4\u00a0150 sont venus.", "en", "fr", "4\u00a0150 sont venus."),
        ("Version 17.4 of 4.5", "Version 17.4 de 4.5", "en", "fr", "Version 17.4 de 4.5"),
        ("On 1, 200 came.", "Le 1, 200 sont venus.", "en", "fr", "Le 1, 200 sont venus."),
        ("4,150 came.", "4,150 kwamen.", "en", "nl", "4,150 kwamen."),
        ("14,150 and 4,150.", "14,150 et 4,150.", "en", "fr", "14\u00a0150 et 4\u00a0150."),
        ("In 2010.", "En 2.010.", "en", "es", "En 2010."),
        ("Of 500 of 120.", "De 5.00 de 12,0.", "en", "es", "De 500 de 120."),
        ("500 at 5.00", "500 a las 5.00", "en", "es", "500 a las 5.00"),
        ("930 came at 9:30.", "930 kamen um 9.30.", "en", "de", "930 kamen um 9.30."),
        ("In 2000, 2,000,000.", "En 2000, 2 000 000.", "en", "fr", "En 2000, 2\u00a0000\u00a0000."),
        ("0.750 kg", "0.750 kg", "es", "en", "0.750 kg"),
        ("In 2010.", "En 2\u00a0010.", "en", "fr", "En 2010."),
        ("In 2010, 2.010 m", "En 2010, 2.010 m", "en", "es", "En 2010, 2.010 m"),
    ],
)
def test_copied_thousands_are_grouped_as_the_target_does(
    given: str, made: str, source: str, target: str, right: str
) -> None:
    assert localise_groups(given, made, source, target) == right


@pytest.mark.parametrize(
    ("given", "made", "source", "target", "right"),
    [
        (
            "It cost 81.30 pounds.",
            "Cela coûta 81.30 livres.",
            "en",
            "fr",
            "Cela coûta 81,30 livres.",
        ),
        ("It is 1.5 to 2.5%.", "Es sind 1.5 bis 2.5%.", "en", "de", "Es sind 1,5 bis 2,5%."),
        ("It is 1.234 million.", "Son 1.234 millones.", "en", "es", "Son 1,234 millones."),
        ("Version 3.2 at 8.10", "Version 3.2 à 8.10", "en", "fr", "Version 3.2 à 8.10"),
        ("Il y a 11,2 lettres.", "There are 11,2 letters.", "fr", "en", "There are 11.2 letters."),
        ("Es sind 1,5 % mehr.", "It is 1,5 % more.", "de", "en", "It is 1.5 % more."),
        ("Il a 1,5 ans.", "Er ist 1,5.", "fr", "de", "Er ist 1,5."),
        ("It is 1.5 years.", "1.5 年", "en", "ja", "1.5 年"),
    ],
)
def test_copied_decimals_of_measures_are_marked_as_the_target_does(
    given: str, made: str, source: str, target: str, right: str
) -> None:
    assert localise_decimals(given, made, source, target) == right


@pytest.mark.parametrize(
    ("source", "translated", "repaired"),
    [
        ("From 1994 to 1996.", "De 1994 à 1196.", "De 1994 à 1996."),
        ("Of 18 and 3.", "De 81 et 3.", "De 18 et 3."),
        ("At 3 p.m.", "À 15 heures.", "À 15 heures."),
        ("Of 5 billion.", "De 5000 millones.", "De 5000 millones."),
        ("19/19/19/20", "19/19/19/19", "19/19/19/19"),
        ("At 3.12 and 13.", "À 3.12 et 31.", "À 3.12 et 13."),
        ("See XX1 in 2019.", "Voir XX1 en 2091.", "Voir XX1 en 2019."),
        ("It cost 1,850 euros.", "Cela coûta 1500 euros.", "Cela coûta 1500 euros."),
        ("From 1994 to 1996.", "De 1196.", "De 1996."),
        ("From 1995 to 1996.", "De 199.", "De 199."),
        ("In 2020 it hit 32 of 10.", "Cela frappa 320 sur 10.", "Cela frappa 32 sur 10."),
        ("It hit 32.", "En 2020, cela frappa 320.", "En 2020, cela frappa 32."),
        ("In 2020 and 1875.", "En 37.", "En 37."),
        ("In 2011.", "En 2011.", "En 2011."),
    ],
)
def test_miscopied_numbers_are_put_right_where_it_is_clear(source, translated, repaired) -> None:
    assert repair_numbers(source, translated) == repaired
