"""Numerals: the digits of a text in its translation, as they were or as its language has them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from models.grounding import find_numbers
from models.masking import ADDRESS, list_free_marks

_SEPARATORS = {"en": ",", "fr": "\u00a0", "de": ".", "es": "."}
_DECIMALS = {"en": ".", "fr": ",", "de": ",", "es": ","}
# In nine of ten such numbers people put the mark of their language; of others they copy many.
_MEASURES = (
    r"%|per ?cent|thousand|million|billion|trillion|dollars?|euros?|pounds?|cents|pence|yen|francs"
    r"|degrees|(?:kilo|centi|milli)?met(?:re|er)s?|miles?|[km]g|[kcm]?m|grams?|tonnes?|lit(?:re|er)s?"
    r"|hectares?|acres?|(?:percentage|basis) points?|years?|seconds?"
)
_COMMA = re.compile(r"(?<![\w.,:/-])(?P<number>\d+,(?:\d{1,2}|\d{4,}))(?![\w]|[.,:/-]\w)")
_FRACTION = {
    "en": re.compile(
        r"(?<![\w.,:/-])(?P<number>\d+\.\d+)"
        rf"(?=(?:(?:-|–| to | and | or )\d+(?:\.\d+)?)?[ \u00a0-]?(?:{_MEASURES})(?!\w))"
    ),
    **dict.fromkeys(("fr", "de", "es"), _COMMA),
}
# Between words of scripts without spaces a number or a mark stands free too.
_FREE_BEFORE, _FREE_AFTER = r"(?<![\da-zA-ZÀ-ɏ.,])", r"(?![\da-zA-ZÀ-ɏ]|[.,\u00a0\u202f ]\d)"
# "32" is that like "320", "1996" like "1196"; "18" is not like "81".
_MIN_LIKENESS = 0.7


def mask_facts(
    text: str, source: str, target: str, names: Sequence[str] = ()
) -> tuple[str, dict[str, str]]:
    """Return `text` with marks in the places of its numbers and of `names`, and what each is.

    A number is returned as `target` writes it.
    """
    free = list_free_marks(text)
    marks: dict[str, str] = {}
    # Not a set: its order, and so the marks, would differ between processes.
    numbers = filter("1".__ne__, dict.fromkeys(find_numbers(text)))
    for number in sorted(numbers, key=len, reverse=True):
        mark = next(free)
        text, times = re.subn(_match_number(number), mark, text, count=1)
        if times:
            marks[mark] = localise_number(number, source, target)
    for name in names:
        mark = next(free)
        text, times = re.subn(rf"\b{re.escape(name)}\b", mark, text, count=1)
        if times:
            marks[mark] = name
    return text, marks


def _match_number(number: str) -> str:
    """Return a pattern of `number` where it is no part of a longer one, or of a word."""
    return rf"{_FREE_BEFORE}{re.escape(number)}{_FREE_AFTER}"


def localise_number(number: str, source: str, target: str) -> str:
    """Return a number of one language as another groups its digits and marks its decimals.

    What is not written as `source` writes numbers, a date or a version, stays.
    """
    if not {source, target} <= {*_SEPARATORS} or not re.fullmatch(r"[\d.,\s’']+", number):
        return number
    whole, _, rest = number.partition(_DECIMALS[source])
    digits = re.sub(rf"[{_SEPARATORS[source]}\s]", "", whole)
    if not (digits.isdecimal() and (not rest or rest.isdecimal())):
        return number
    if digits != whole:
        if not re.fullmatch(rf"[1-9]\d{{0,2}}(?:[{_SEPARATORS[source]}\s]\d{{3}})+", whole):
            return number
        digits = f"{int(digits):,}".replace(",", _SEPARATORS[target])
    return digits + (_DECIMALS[target] + rest if rest else "")


def localise_groups(given: str, translated: str, source: str, target: str) -> str:
    """Return `translated` with the thousands of `given` grouped as `target` does.

    However the model wrote them: "4,150" and "4.150" are another number in French. Decimals stay:
    "17.4" may be a version. What `given` writes without a separator has none: "2010" is a year, and
    "5.00" is not 500.
    """
    numbers = list(dict.fromkeys(find_numbers(given)))
    for number in filter(re.compile(r"\d{3,4}").fullmatch, numbers):
        grouped = _match_parted(number)
        plain = _match_number(number)
        is_short = len(re.findall(plain, translated)) < len(re.findall(plain, given))
        if is_short and not re.search(grouped, given):
            translated = re.sub(grouped, number, translated)
    if not {source, target} <= {*_SEPARATORS}:
        return translated
    separator = r"[\u00a0\u202f ]" if source == "fr" else re.escape(_SEPARATORS[source])
    with_groups = rf"[1-9]\d{{0,2}}(?:{separator}\d{{3}})+(?:{re.escape(_DECIMALS[source])}\d+)?"
    for number in filter(re.compile(with_groups).fullmatch, numbers):
        localised = localise_number(number, source, target)
        grouped = _match_grouped(number, _DECIMALS[source])
        alone = set(re.findall(grouped, given)) <= {number}
        translated = re.sub(grouped if alone else _match_number(number), localised, translated)
    return translated


def localise_decimals(given: str, translated: str, source: str, target: str) -> str:
    """Return `translated` with the decimals of `given` marked as `target` does.

    Of English ones only those of a measure: "81.30 pounds", but not "version 3.2", nor "at 8.10".
    """
    mark = _DECIMALS.get(target)
    if source not in _DECIMALS or mark in (None, _DECIMALS[source]):
        return translated
    for match in _FRACTION[source].finditer(given):
        number = match["number"]
        pattern = _match_number(number)
        translated = re.sub(pattern, re.sub(r"\D", lambda _: str(mark), number), translated)
    return translated


def localise_alone(text: str, source: str, target: str) -> str:
    """Return a text without words as `target` writes it: "3,500", a cell's, is 3.5 in French.

    Only a number that stands alone is sure to be one; "+33 612 345 678" is to be called.
    """
    if len(find_numbers(text)) != 1 or "+" in text or ADDRESS.search(text):
        return text
    return localise(text, text, source, target)


def _match_grouped(number: str, decimal: str) -> str:
    """Return a pattern of a number with thousands, whatever separates and follows them."""
    whole, _, rest = number.partition(decimal)
    grouped = "[.,\u00a0\u202f ]".join(re.split(r"\D", whole)) + (f"[.,]{rest}" if rest else "")
    return rf"{_FREE_BEFORE}{grouped}{_FREE_AFTER}"


def _match_parted(number: str) -> str:
    """Return a pattern of a number of three or four digits with a separator that it has not."""
    parted = (
        [rf"{number[0]}[.,\u00a0\u202f ]{number[1:]}"]
        if len(number) > 3
        else [rf"{number[:at]}[.,]{number[at:]}" for at in (1, 2)]
    )
    return rf"{_FREE_BEFORE}(?:{'|'.join(parted)}){_FREE_AFTER}"


def repair_numbers(source: str, translated: str) -> str:
    """Return `translated` with miscopied numbers as the source has them ("1196" for "1996").

    Only plain digits are put right, since how longer numbers are grouped differs between languages;
    and only where the two are much alike: "3 p.m." may well have become "15 heures". A number that
    stands there more than once is left, since which of them is wrong is not known.
    """
    given, made = Counter(find_numbers(source)), Counter(find_numbers(translated))
    missing = list((given - made).elements())
    wrong = list((made - given).elements())
    for number, right in _pair_alike(wrong, missing):
        if made[number] == 1:
            translated = re.sub(_match_number(number), right, translated)
    return translated


def _pair_alike(wrong: Sequence[str], missing: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pair each wrong number with the one missing number that it is most like, if it is."""
    left = list(filter(str.isdecimal, missing))
    for number in filter(str.isdecimal, wrong):
        likeness = {other: _measure_likeness(number, other) for other in left}
        best = max(likeness.values(), default=0)
        alike = [other for other in left if likeness[other] == best >= _MIN_LIKENESS]
        if len(alike) == 1:
            left.remove(alike[0])
            yield number, alike[0]


def _measure_likeness(number: str, other: str) -> float:
    """Return from 0 to 1 how alike two numbers look; digits in another order are miscopied too."""
    if len(number) > 1 and sorted(number) == sorted(other):
        return 1.0
    return SequenceMatcher(None, number, other).ratio()


def localise(given: str, translated: str, source: str, target: str) -> str:
    """Return `translated` with the numbers of `given` as `target` writes them."""
    grouped = localise_groups(given, translated, source, target)
    return localise_decimals(given, grouped, source, target)
