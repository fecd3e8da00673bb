"""Quantities: the numbers of a sentence as values, by which a translation is compared with it.

"2.5 trillion" is "2,5 billones" and no "2,5"; "9:30 p.m." is "21h30" and no "9:30".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from models.grounding import NUMBER_WORDS, find_numbers, read_number
from models.normalisation import read_roman, write_24
from models.words import find_words

_POWERS: Mapping[str, Mapping[str, int]] = {
    "en": {
        "thousand million": 9, "thousand": 3, "million": 6, "millions": 6, "mln": 6, "m": 6,
        "billion": 9, "billions": 9, "bn": 9, "trillion": 12, "trillions": 12, "tn": 12,
    },
    "fr": {
        "mille": 3, "milliers": 3, "million": 6, "millions": 6, "milliard": 9, "milliards": 9,
        "billion": 12, "billions": 12,
    },
    "de": {
        "tausend": 3, "million": 6, "millionen": 6, "mio": 6, "milliarde": 9, "milliarden": 9,
        "mrd": 9, "billion": 12, "billionen": 12,
    },
    "es": {
        "mil millones": 9, "millardo": 9, "millardos": 9, "mil": 3, "millón": 6, "millones": 6,
        "billón": 12, "billones": 12,
    },
}  # fmt: skip
_POWER_WORD = {
    language: re.compile(rf"[ \u00a0\u202f-]?({'|'.join(powers)})(?!\w)", re.IGNORECASE)
    for language, powers in _POWERS.items()
}
# What parts the thousands: read so, "19.000" is no time in German.
_GROUPED = {
    language: re.compile(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+")
    for language, mark in (("en", ","), ("de", "."), ("es", "."))
}
_SCORE = re.compile(r"\d+:\d+")
_TIME = re.compile(r"(?<![\d.,:])([01]?\d|2[0-4]) ?[h:] ?([0-5]\d)(?![\d:])")

# What money is called in all of the languages, and how it is written. A French or Spanish pound may
# be a book, or somebody set free.
_MONEY = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in (
        ("dollar", r"\$|\bd[oó]l+ars?\b|\bdólares\b|\bUSD\b"),
        ("euro", r"€|\beuros?\b|\bEUR\b"),
        ("pound", r"£|\b(?:pounds?|livres?|pfund|libras?|sterling|GBP)\b"),
        ("crown", r"\b(?:crowns?|couronnes?|kron(?:e[nr]?|or)|coronas?|CZK|DKK|NOK|SEK)\b"),
        ("yen", r"¥|\b(?:yen(?:s|es)?|JPY)\b"),
        ("rouble", r"₽|\b(?:ro?ubles?|rubel|rublos?|RUB)\b"),
    )
}
_NOT_SURELY_MONEY = {"fr": {"pound"}, "es": {"pound"}}
_PAID = re.compile(
    r"(?:[$€£¥₽] ?\d[\d.,]*+(?! ?pesos)"
    r"|(?<![\d.,])(?!(?:19|20)\d\d euros\b)\d[\d.,]*+(?:[\s-](?:mil|[mb]illion\w*"
    r"|milliard\w*|millones|trillion\w*|tausend|thousand|mille)){0,2}(?: de| d['’])? ?"
    r"(?:[$€£¥₽]|\b(?:d[oó]l+ar(?:e?s)?|euros?|pounds?|pfund|yen|ro?ubles?|rubel|rublos?"
    r"|crowns?|couronnes?|kron(?:e[nr]?|or)|coronas?)\b))",
    re.IGNORECASE,
)

# Of Roman numerals and of these only what the other text has in digits counts.
_ROMAN = re.compile(r"(?<!\w)([XVI]{1,5})(?:er?|ème)?(?!\w)")
_ORDINALS = {
    word: str(value)
    for value, word in enumerate(
        "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
        " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=3,
    )
}

Quantity = frozenset[str]


def list_quantities(text: str, language: str, powers: bool = True) -> list[Quantity]:
    """Return of each number in a text of a language the values that it can have.

    Without `powers` a "million" behind a number says nothing: of the other language of two it may
    not be known how it says so.
    """
    text = _TIME.sub(r"\1:\2", write_24(text) if language == "en" else text)
    return list(_read(text, _POWER_WORD.get(language) if powers else None, language))


def _read(text: str, power_word: re.Pattern[str] | None, language: str) -> Iterator[Quantity]:
    place = 0
    for number in find_numbers(text):
        place = text.index(number, place) + len(number)
        found = power_word.match(text, place) if power_word else None
        word = found[1].lower() if found else ""
        powers = (0, 6) if word == "m" else (_POWERS[language][word] if word else 0,)
        for values in _list_values(number, language):
            yield frozenset(_write(value, power) for value in values for power in powers)


def _list_values(number: str, language: str) -> Iterator[Iterable[str]]:
    """Yield what a written number can mean; a score is two numbers."""
    time, grouped = _TIME.fullmatch(number), _GROUPED.get(language)
    if time:
        yield [f"{int(time[1])}.{time[2]}"]
    elif _SCORE.fullmatch(number):
        yield from (read_number(part) for part in number.split(":"))
    elif grouped and grouped.fullmatch(number):
        yield [re.sub(r"\D", "", number)]
    else:
        yield read_number(number)


def _write(value: str, power: int) -> str:
    try:
        return f"{Decimal(value).scaleb(power).normalize():f}"
    except InvalidOperation:  # a date, or an address
        return re.sub(r"\D", "", value)


def _count_other_money(text: str, language: str, other: str) -> int:
    """Return how many kinds of money a text has sums of that the `other` does not name."""
    sums = " ".join(_PAID.findall(text))
    named = {name for name, known in _MONEY.items() if known.search(sums)}
    named -= _NOT_SURELY_MONEY.get(language, set())
    return sum(_MONEY[name].search(other) is None for name in named)


def count_kept(text: str, source: str, translated: str, target: str) -> int:
    """Return how many quantities of a sentence of the language `source` its translation has."""
    return _compare(text, source, translated, target)[0]


def count_changed(text: str, source: str, translated: str, target: str) -> int:
    """Return how many quantities, and kinds of money, one of a sentence and its translation has."""
    return _compare(text, source, translated, target)[1]


def _compare(text: str, source: str, translated: str, target: str) -> tuple[int, int]:
    """Return how many quantities of a sentence its translation has, and how many one has alone."""
    powers = {source, target} <= _POWERS.keys()
    given = list_quantities(text, source, powers)
    left = list_quantities(translated, target, powers)
    lost = _take_alike(given, left)
    # "Zwölf" for "12", and the other way round.
    lost = _take_alike(lost, _list_words(translated))
    left = _take_alike(left, _list_words(text))
    changed = len(lost) + len(left)
    if powers:
        changed += _count_other_money(text, source, translated)
        changed += _count_other_money(translated, target, text)
    return len(given) - len(lost), changed


def _list_words(text: str) -> list[Quantity]:
    """Return the values of a text's words for numbers, of its centuries and of "the Fifth"."""
    words = list(map(str.casefold, find_words(text)))
    named = (NUMBER_WORDS.get(word) or _ORDINALS.get(word) for word in words)
    romans = (str(read_roman(match[1])) for match in _ROMAN.finditer(text))
    return [frozenset({value}) for value in (*named, *romans) if value]


def _take_alike(quantities: Iterable[Quantity], others: list[Quantity]) -> list[Quantity]:
    """Take what is alike out of `others`; return the quantities that are like none of them."""
    lost = []
    for quantity in quantities:
        like = next((i for i, other in enumerate(others) if not quantity.isdisjoint(other)), None)
        if like is None:
            lost.append(quantity)
        else:
            del others[like]
    return lost
