"""The numbers of a sentence and of its translation, compared by value."""

from __future__ import annotations

import pytest

from models.quantities import count_changed, count_kept


@pytest.mark.parametrize(
    ("source", "text", "target", "translated", "changed"),
    [
        ("en", "2.5 trillion dollars", "es", "2,5 billones de dólares", 0),
        ("en", "2.5 trillion dollars", "es", "2,5 dólares", 2),
        ("en", "3.2 billion dollars", "es", "3.200 millones de dólares", 0),
        ("en", "3.2 billion dollars", "es", "3,2 mil millones de dólares", 0),
        ("en", "3.2 billion dollars", "es", "3,2 billones de dólares", 2),
        ("en", "20 million euros", "de", "20 Euro", 2),
        ("en", "20 million euros", "de", "20 Mio. Euro", 0),
        ("en", "1.7m people", "fr", "1,7 million d'habitants", 0),
        ("en", "a 5m pool", "fr", "un bassin de 5 m", 0),
        ("en", "12.5 percent, not 125", "de", "12,5 Prozent, nicht 1,25", 2),
        ("en", "1,250.75 pounds", "fr", "1 250,75 livres", 0),
        ("en", "1,250.75 pounds", "fr", "1250.75 livres", 0),
        ("en", "3.5 percent", "fr", "35 pour cent", 2),
        ("en", "at 9:30 p.m.", "fr", "à 21h30", 0),
        ("en", "at 9:30 p.m.", "de", "um 9:30 Uhr", 2),
        ("fr", "à 20h30", "en", "at 8:30 p.m.", 0),
        ("de", "um 21.40 Uhr", "en", "at 21:40", 0),
        ("en", "in 1996 and 1996", "fr", "en 1996", 1),
        ("en", "It was old.", "fr", "Il avait 5 ans.", 1),
        ("en", "on 192.168.1.1", "fr", "sur 192.168.11", 2),
        ("en", "at 7 p.m.", "de", "um 19.000", 2),
        ("en", "at 7 p.m.", "de", "um 19 Uhr", 0),
        ("en", "a 4-2 win", "de", "ein 4:2", 0),
        ("en", "a 42 win", "de", "ein 4:2", 3),
        ("en", "12 boys and two girls", "de", "zwölf Jungen und 2 Mädchen", 0),
        ("en", "12 boys", "de", "zehn Jungen", 1),
        ("en", "1.8 billion", "es", "1,8 millardos", 0),
        ("en", "£30m, not 5 million pounds", "fr", "30 millions, pas 5 millions d'euros", 2),
        ("en", "£30m and 5 million pounds", "fr", "30 millions de livres et 5 millions", 0),
        ("en", "$5 and 5 EUR", "de", "5 US$ und 5 €", 0),
        ("en", "5 dollars in Europe at Euro 2024", "de", "5 Euro in Europa bei der EM 2024", 1),
        ("es", "yendo al 5", "en", "going to 5", 0),
        ("fr", "5 livres", "en", "5 books", 0),
        ("en", "5 dollars", "ja", "5ドル", 0),
        ("en", "4.12 billion dollars", "fr", "4,12 milliards de couronnes", 2),
        ("en", "3 pounds per hour", "es", "3 libros por hora", 1),
        ("fr", "2 milliards d'euros", "en", "two billion", 2),
        ("fr", "2 milliards d'euros", "en", "2 billion euros", 0),
        ("en", "9,100 to 5,000 pounds", "fr", "9 100 livres à 5 000 couronnes", 1),
        ("en", "CZK 500", "fr", "500 couronnes", 0),
        ("de", "bei 3,4 %", "en", "at £3.4%", 1),
        ("fr", "3 livres sur 5", "en", "3 books of 5", 0),
        ("en", "$5 or 3 roubles", "de", "5 Dollar oder 3 Rubel", 0),
        ("es", "300 robles", "en", "300 oaks", 0),
        ("en", "the 2016 Euros", "fr", "le championnat d'Europe 2016", 0),
        ("es", "$500 pesos", "en", "500 pesos", 0),
        ("en", "the 18th century", "es", "el siglo XVIII", 0),
        ("es", "el siglo 18", "en", "the eighteenth century", 0),
        ("en", "in Euro 2012", "es", "en la Eurocopa 2012", 0),
        ("en", "5 million people", "ja", "500万人", 2),
        ("ja", "5万人", "en", "5 million people", 0),
    ],
)
def test_numbers_are_compared_by_value(
    source: str, text: str, target: str, translated: str, changed: int
) -> None:
    assert count_changed(text, source, translated, target) == changed


def test_what_a_translation_keeps_is_counted_as_often_as_it_is_there() -> None:
    assert count_kept("5, 5 and 7", "en", "5 et 8", "fr") == 1
