"""Normalisation: amounts, times and abbreviations as words that small translation models know.

They were taught with sentences that hold few of them, and write "7 pages" for "7pm" and
"20 Euro" for "€20m". What is written out they translate, and it can be checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

_NUMBER = r"\d+(?:[.,\u00a0\u202f' ]\d{3})*(?:[.,]\d+)?"
_FREE = r"(?<![\w.,])"
_MONTHS = {
    "Jan": "January", "Feb": "February", "Mar": "March", "Apr": "April", "Aug": "August",
    "Sept": "September", "Sep": "September", "Oct": "October", "Nov": "November",
    "Dec": "December",
}  # fmt: skip
_DATE = re.compile(
    rf"{_FREE}(0?[1-9]|[12]\d|3[01])\. ?(0?[1-9]|1[0-2])\. ?((?:1[5-9]|20)\d\d)(?![\w]|\.\d)"
)
_DATES = {
    "en": (
        "{} {} {}",
        "January February March April May June July August September October November December",
    ),
    "fr": (
        "{} {} {}",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    ),
    "de": (
        "{}. {} {}",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    ),
    "es": (
        "{} de {} de {}",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    ),
}
_TITLES = {
    "Sen": "Senator", "Sens": "Senators", "Rep": "Representative", "Reps": "Representatives",
    "Gov": "Governor", "Gen": "General", "Col": "Colonel", "Capt": "Captain", "Sgt": "Sergeant",
    "Lt": "Lieutenant", "Prof": "Professor", "Rev": "Reverend",
}  # fmt: skip
# Of one and of more; and how a word like "million" is joined to it.
_CURRENCIES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": {"$": ("dollar", "dollars"), "€": ("euro", "euros"), "£": ("pound", "pounds"),
           "¥": ("yen", "yen")},
    "fr": {"$": ("dollar", "dollars"), "€": ("euro", "euros"), "£": ("livre", "livres"),
           "¥": ("yen", "yens")},
    "de": {"$": ("Dollar", "Dollar"), "€": ("Euro", "Euro"), "£": ("Pfund", "Pfund"),
           "¥": ("Yen", "Yen")},
    "es": {"$": ("dólar", "dólares"), "€": ("euro", "euros"), "£": ("libra", "libras"),
           "¥": ("yen", "yenes")},
}  # fmt: skip
_OF = {"fr": ("d'", "de "), "es": ("de ", "de ")}  # before a vowel, and else
_MAGNITUDES = {
    "en": {"bn": "billion", "m": "million", "mln": "million", "tn": "trillion", "k": "thousand"},
    "fr": {"Md": "milliards", "Mds": "milliards", "M": "millions"},
    "de": {"Mio": "Millionen", "Mrd": "Milliarden", "Mio.": "Millionen", "Mrd.": "Milliarden"},
    "es": {"M": "millones"},
}
_MAGNITUDE_WORDS = {
    "en": "million|billion|trillion|thousand",
    "fr": "millions?|milliards?",
    "de": "Million(?:en)?|Milliarden?|Tausend",
    "es": "mill[oó]n(?:es)?|mil millones",
}
# Such a target counts the hours of a day to 24.
_TO_24 = frozenset({"fr", "de", "es"})


def _write_amount(language: str, number: str, magnitude: str, symbol: str) -> str:
    one, more = _CURRENCIES[language][symbol]
    magnitude = _MAGNITUDES[language].get(magnitude, magnitude)
    if not magnitude:
        return f"{number} {one if number == '1' else more}"
    before_vowel, else_ = _OF.get(language, ("", ""))
    return f"{number} {magnitude} {before_vowel if more[0] in 'aeiou' else else_}{more}"


def _amount_rules(language: str) -> list[Rule]:
    short = sorted(_MAGNITUDES[language], key=len, reverse=True)
    words = "|".join((*map(re.escape, short), _MAGNITUDE_WORDS[language]))
    magnitude = rf"(?:[ \u00a0\u202f-]?(?P<magnitude>(?:{words})(?!\w)))?"
    symbol = rf"(?P<symbol>[{''.join(_CURRENCIES[language])}])"
    before = rf"{_FREE}(?:US)?{symbol}[ \u00a0\u202f]?(?P<number>{_NUMBER}){magnitude}"
    after = rf"{_FREE}(?P<number>{_NUMBER}){magnitude}[ \u00a0\u202f]?(?:US)?{symbol}(?![\w$])"

    def write(match: re.Match[str]) -> str:
        return _write_amount(language, match["number"], match["magnitude"] or "", match["symbol"])

    # "$5-10" is no amount of five dollars, "$50-a-day" no word for a model either.
    return [(re.compile(rf"{before}(?![\w%]|[-–/]\w|[.,]\d)"), write), (re.compile(after), write)]


_AMOUNTS = {language: _amount_rules(language) for language in _CURRENCIES}


_CLOCK = re.compile(
    rf"{_FREE}(?P<hour>1[0-2]|0?[1-9])(?:[:.](?P<minute>[0-5]\d))?[ \u00a0]?"
    r"(?P<half>[apAP])(?:\.[ ]?m\.|[mM](?!\w))"
)


def write_24(text: str) -> str:
    """Return an English text with the hours of a day counted to 24: "21:30" for "9:30 p.m."."""

    def write(match: re.Match[str]) -> str:
        hour = int(match["hour"]) % 12 + (12 if match["half"] in "pP" else 0)
        # A full stop may be that of the sentence too.
        stop = "." if match.end() == len(text) and match.group().endswith(".") else ""
        return f"{hour}:{match['minute'] or '00'}{stop}"

    return _CLOCK.sub(write, text)


def _look_up(names: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    return lambda match: names[match[1]]


def _lower(match: re.Match[str]) -> str:
    return match[0].lower()


def _list_names(names: Mapping[str, str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


def _date_rule(language: str) -> Rule:
    """Return the rule for "24.12.2023", which only Germans write so."""
    form, names = _DATES[language]
    months = names.split()

    def write(match: re.Match[str]) -> str:
        day, month, year = match.groups()
        return form.format(int(day), months[int(month) - 1], year)

    return _DATE, write


_RULES: Mapping[str, list[Rule]] = {
    "en": [
        (re.compile(rf"\b({_list_names(_MONTHS)})\.(?= \d)"), _look_up(_MONTHS)),
        (re.compile(rf"\b({_list_names(_TITLES)})\.(?= [A-Z])"), _look_up(_TITLES)),
        # Said aloud; of abbreviations there are too many like "ALL".
        (re.compile(r"(?<=[a-z,] )(?:NOT|NEVER|MUST|VERY|ONLY)(?= [a-z])"), _lower),
        (re.compile(r"^No\.(?= \d)"), lambda _match: "Number"),
        (re.compile(r"\bNo\.(?= \d)"), lambda _match: "number"),
        _date_rule("en"),
    ],
    "fr": [
        (
            # "Pendant 1h30" is a duration.
            re.compile(r"(?<=\b[àÀ] )([01]?\d|2[0-4]) ?h ?([0-5]\d)(?!\w)"),
            lambda match: f"{match[1]}:{match[2]}",
        ),
        _date_rule("fr"),
    ],
    "de": [
        (
            re.compile(rf"{_FREE}([01]?\d|2[0-4])\.([0-5]\d)(?= Uhr\b)"),
            lambda match: f"{match[1]}:{match[2]}",
        ),
        _date_rule("de"),
        (
            re.compile(r"(?<=\d )(Mio|Mrd)\.(?= \w)"),
            lambda match: _MAGNITUDES["de"][match[1]],
        ),
    ],
    "es": [_date_rule("es")],
}


def write_out(text: str, source: str, target: str, amounts: bool = True) -> str:
    """Return a sentence of `source` with its amounts, times and abbreviations written out.

    "€20m" as "20 million euros", "7pm" as "19:00" where `target` counts hours so, "Nov. 3" as
    "November 3". `amounts` can be left: not for models that know the signs of currencies.
    """
    rules = [*(_AMOUNTS.get(source, ()) if amounts else ()), *_RULES.get(source, ())]
    for pattern, write in rules:
        text = pattern.sub(write, text)
    return write_24(text) if source == "en" and target in _TO_24 else text
