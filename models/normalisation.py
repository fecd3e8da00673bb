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
ABBREVIATIONS = frozenset({*_MONTHS, *_TITLES, "No"})
# Of one and of more; and how a word like "million" is joined to it.
_CURRENCIES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": {"$": ("dollar", "dollars"), "€": ("euro", "euros"), "£": ("pound", "pounds"),
           "¥": ("yen", "yen"), "₣": ("Swiss franc", "Swiss francs")},
    "fr": {"$": ("dollar", "dollars"), "€": ("euro", "euros"), "£": ("livre", "livres"),
           "¥": ("yen", "yens"), "₣": ("franc suisse", "francs suisses")},
    "de": {"$": ("Dollar", "Dollar"), "€": ("Euro", "Euro"), "£": ("Pfund", "Pfund"),
           "¥": ("Yen", "Yen"), "₣": ("Franken", "Franken")},
    "es": {"$": ("dólar", "dólares"), "€": ("euro", "euros"), "£": ("libra", "libras"),
           "¥": ("yen", "yenes"), "₣": ("franco suizo", "francos suizos")},
}  # fmt: skip
_OF = {"fr": ("d'", "de "), "es": ("de ", "de ")}  # before a vowel, and else
# Whose dollars they are, where "dollars" alone would be others.
_DOLLARS = {
    "A": "Australian", "AU": "Australian", "C": "Canadian", "CA": "Canadian",
    "HK": "Hong Kong", "NZ": "New Zealand", "S": "Singapore",
}  # fmt: skip
_CODES = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CHF": "₣"}
_MAGNITUDES = {
    "en": {
        "bn": "billion", "b": "billion", "m": "million", "mln": "million", "mil": "million",
        "tn": "trillion", "k": "thousand",
    },
    "fr": {"md": "milliards", "mds": "milliards", "m": "millions"},
    "de": {"mio": "Millionen", "mrd": "Milliarden", "mio.": "Millionen", "mrd.": "Milliarden"},
    "es": {"m": "millones"},
}  # fmt: skip
_MAGNITUDE_WORDS = {
    "en": "million|billion|trillion|thousand",
    "fr": "millions?|milliards?",
    "de": "Million(?:en)?|Milliarden?|Tausend",
    "es": "mill[oó]n(?:es)?|mil millones|millardos?|mil",
}
# What there are millions of; "5m deep" is a length.
_COUNTED = (
    "people|users|voters|customers|fans|tons|tonnes|litres|liters|barrels|subscribers|viewers"
    "|workers|jobs|homes|households|children|shares|downloads|copies|visitors|passengers|patients"
    "|doses|members|vehicles|cars|Americans|Britons|Europeans|hectares|acres|refugees|residents"
    "|pounds|euros|dollars|of (?:them|whom|which)|or more|a (?:year|month|week|day)"
)
_PER = "share|barrel|hour|ounce|oz|ton|tonne|day|week|month|year|kg|litre|gallon|person|night"
# "50 mg a day", but not "1.1 billion dollars a year earlier"; models make "un jour" of it.
_PER_EACH = ("fr", "es")
_MANY = (
    f"(?:(?:{'|'.join(_DOLLARS.values())}) )?(?:dollars?|pounds?|euros?|cents?|pence|yen)|mg|g|kg"
    "|tons?|tonnes?|barrels?|lit(?:re|er)s?|gallons?|miles?|km|hours?|minutes?|times|calories"
    "|people|per ?cent|passengers|visitors|jobs|days?|games?"
)
_MAGNITUDE = "[ -]?(?:thousand|million|billion|trillion|bn|m|k)"
# A number alone may be a year: "in 2014 a week later".
_EACH = re.compile(
    rf"(?<![\w.,-])(?P<many>(?<=[£$€¥])\d[\d.,]*(?:{_MAGNITUDE})?|\d[\d.,]*"
    rf"(?:{_MAGNITUDE}(?: (?:{_MANY}))?| (?:{_MANY})|%|p\b)) an? (?="
    r"(?:minute|hour|day|night|week|month|quarter|year|season|share|barrel|ounce|tonne?|lit(?:re|er)|gallon|kilo(?:gram(?:me)?)?|kg|lb"
    r"|bushel|person|head|piece|unit|copy|ticket|mile|metre|game|match|vote)\b"
    r"(?!-| (?:into|earlier|ago|before|later|after|prior|previous|in advance|or|and a half|from"
    r"|since|to|old|on|away|early|behind|apart|of|short|ahead)))"
)
_CENTURY = "[XVI]{1,5}"
_CELSIUS = {"en": "degrees", "fr": "degrés", "de": "Grad", "es": "grados"}
# Such a target counts the hours of a day to 24; how its models know a full one best.
_FULL_HOURS = {"fr": "{} o'clock", "de": "{} o'clock", "es": "{}:00"}


def _write_amount(language: str, number: str, magnitude: str, symbol: str, whose: str) -> str:
    one, more = _CURRENCIES[language][symbol]
    magnitude = magnitude if language == "de" else magnitude.lower()
    magnitude = _MAGNITUDES[language].get(magnitude.lower(), magnitude)
    whose = f"{_DOLLARS[whose]} " if whose in _DOLLARS else ""
    if not magnitude:
        return f"{number} {whose}{one if number == '1' else more}"
    before_vowel, else_ = _OF.get(language, ("", ""))
    joint = before_vowel if more[0] in "aeiou" else else_
    return f"{number} {magnitude} {whose}{'' if magnitude == 'mil' else joint}{more}"


def _amount_rules(language: str) -> list[Rule]:
    short = sorted(_MAGNITUDES[language], key=len, reverse=True)
    words = "|".join((_MAGNITUDE_WORDS[language], *map(re.escape, short)))
    # Possessive: what follows "$50 million" is not to be read as what follows "$50".
    magnitude = rf"(?:[ \u00a0\u202f-]?(?P<magnitude>(?i:{words})(?!\w)))?+"
    names = {form for forms in _CURRENCIES[language].values() for form in forms}
    said = rf"(?:(?: de| d')? ?\b(?:{'|'.join(sorted(names, key=len, reverse=True))})\b)?"
    whose = rf"(?P<whose>US|{'|'.join(sorted(_DOLLARS, key=len, reverse=True))})?"
    codes = "|".join(_CODES)
    symbol = rf"(?:{whose if language == 'en' else '(?P<whose>US)?'}"
    symbol += rf"(?P<symbol>[{''.join(_CURRENCIES[language])}])|(?P<code>{codes}))"
    before = rf"{_FREE}{symbol}[ \u00a0\u202f]?(?P<number>{_NUMBER}){magnitude}{said}"
    after = rf"{_FREE}(?P<number>{_NUMBER}){magnitude}[ \u00a0\u202f]?{symbol}(?![\w$])"

    def write(match: re.Match[str]) -> str:
        symbol = match["symbol"] or _CODES[match["code"]]
        parts = match["number"], match["magnitude"] or "", symbol, match["whose"] or ""
        return _write_amount(language, *parts)

    # "$5-10" is no amount of five dollars, "$50-a-day" no word for a model either.
    return [(re.compile(rf"{before}(?![\w%]|[-–/]\w|[.,]\d)"), write), (re.compile(after), write)]


_AMOUNTS = {language: _amount_rules(language) for language in _CURRENCIES}


_HOUR = r"(?P<{0}>1[0-2]|0?[1-9])(?:[:.](?P<{0}_minute>[0-5]\d))?"
_CLOCK = re.compile(
    rf"{_FREE}(?:{_HOUR.format('first')}(?P<to> ?[-–] ?| to | and | until ))?"
    rf"{_HOUR.format('hour')}[ \u00a0]?(?P<half>[apAP])(?:\.[ ]?m\.|[mM](?!\w))"
)


def write_24(text: str, full: str = "{}:00") -> str:
    """Return an English text with the hours of a day counted to 24: "21:30" for "9:30 p.m.".

    `full` is how a full hour is written. "7 to 9 p.m." is 19 to 21.
    """

    def write(match: re.Match[str]) -> str:
        hour, first = int(match["hour"]) % 12, int(match["first"] or 0) % 12
        later = match["half"] in "pP"
        begins = ""
        if match["first"]:
            # "11 to 1 p.m." begins in the other half of the day.
            begins = _write_hour(first + 12 * (later == (first < hour)), match["first_minute"])
            begins += match["to"]
        end = _write_hour(hour + 12 * later, match["hour_minute"], full)
        # A full stop may be that of the sentence too.
        stop = "." if match.end() == len(text) and match.group().endswith(".") else ""
        return f"{begins}{end}{stop}"

    return _CLOCK.sub(write, text)


def _write_hour(hour: int, minute: str | None, full: str = "{}") -> str:
    return full.format(hour) if minute in (None, "00") else f"{hour}:{minute}"


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


def read_roman(numeral: str) -> int:
    """Return the value of a numeral of the letters I, V and X."""
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in numeral]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _word_rules(words: Mapping[str, str], following: str = "") -> list[Rule]:
    """Return the rules for abbreviations, each written as a pattern."""

    def rule(short: str, word: str) -> Rule:
        def write(match: re.Match[str]) -> str:
            # A full stop may be that of the sentence too.
            return f"{word}." if match.end() == len(match.string) else word

        return re.compile(rf"(?<![\w.-]){short}{following}"), write

    return [rule(short, word) for short, word in words.items()]


def _degree_rules(language: str) -> list[Rule]:
    degrees = _CELSIUS[language]
    return [
        (re.compile(r"(?<=\d) ?° ?C(?!\w)"), lambda _match: f" {degrees} Celsius"),
        (re.compile(r"(?<=\d) ?° ?F(?!\w)"), lambda _match: f" {degrees} Fahrenheit"),
    ]


_RULES: Mapping[str, list[Rule]] = {
    "en": [
        (re.compile(rf"\b({_list_names(_MONTHS)})\.(?= \d)"), _look_up(_MONTHS)),
        (re.compile(rf"\b({_list_names(_TITLES)})\.(?= [A-Z])"), _look_up(_TITLES)),
        # Said aloud; of abbreviations there are too many like "ALL".
        (re.compile(r"(?<=[a-z,] )(?:NOT|NEVER|MUST|VERY|ONLY)(?= [a-z])"), _lower),
        (re.compile(r"^No\.(?= \d)"), lambda _match: "Number"),
        (re.compile(r"\bNo\.(?= \d)"), lambda _match: "number"),
        (re.compile(rf"(?<=\d)/(?=(?:{_PER})\b)"), lambda _match: " per "),
        (re.compile(r"(?<=\d) ?bn\b"), lambda _match: " billion"),
        (re.compile(r"(?<=\d) ?tn\b"), lambda _match: " trillion"),
        (re.compile(rf"(?<=\d)m(?= (?:{_COUNTED})\b)"), lambda _match: " million"),
        *_word_rules({r"p\.": "page", r"pp\.": "pages"}, r"(?= ?\d)"),
        *_degree_rules("en"),
        _date_rule("en"),
    ],
    "fr": [
        (
            # "Pendant 1h30", "à 2h30 de Paris" are durations.
            re.compile(
                r"\b([àÀ]|vers|dès|avant|après|entre) ([01]?\d|2[0-4]) ?h ?([0-5]\d)"
                r"(?!\w| de | d'| par )",
            ),
            lambda match: f"{match[1]} {match[2]}:{match[3]}",
        ),
        (
            re.compile(rf"\b({_CENTURY})(?:e|ème)\b"),
            lambda match: f"{read_roman(match[1])}e",
        ),
        *_word_rules({r"[Aa]rt\.": "article", r"pp?\.": "page"}, r"(?= ?(?:[LRD]\. ?)?\d)"),
        *_degree_rules("fr"),
        _date_rule("fr"),
    ],
    "de": [
        (
            re.compile(
                rf"{_FREE}([01]?\d|2[0-4])\.([0-5]\d)"
                r"(?=(?: ?[-–] ?\d{1,2}[.:]\d\d| bis \d{1,2}[.:]\d\d)? Uhr\b)"
            ),
            lambda match: f"{match[1]}:{match[2]}",
        ),
        *_word_rules(
            {
                r"d\. ?h\.": "das heißt",
                r"z\. ?B\.": "zum Beispiel",
                r"rd\.": "rund",
                r"ca\.": "etwa",
                r"(?<=\d )Std\.": "Stunden",
                r"(?<=\d )Min\.": "Minuten",
            }  # fmt: skip
        ),
        *_degree_rules("de"),
        _date_rule("de"),
        (
            re.compile(r"(?<=\d )(Mio|Mrd)\.(?= \w)"),
            lambda match: _MAGNITUDES["de"][match[1].lower()],
        ),
    ],
    "es": [
        (
            re.compile(r"(?<=\blas )([01]?\d|2[0-4])\.([0-5]\d)(?: ?h\b| horas\b)?(?![\d,])"),
            lambda match: f"{match[1]}:{match[2]}",
        ),
        (
            re.compile(rf"(?<=\bsiglo )({_CENTURY})\b"),
            lambda match: str(read_roman(match[1])),
        ),
        *_word_rules({r"[Aa]rt\.": "artículo", r"págs?\.": "página"}, r"(?= ?\d)"),
        # Models take them for names where they begin a sentence, and say the contrary.
        *_word_rules({"Tampoco": "No", "Jamás": "Nunca"}, "(?= [a-zá-ú])"),
        *_degree_rules("es"),
        _date_rule("es"),
    ],
}


def write_out(text: str, source: str, target: str, amounts: bool = True) -> str:
    """Return a sentence of `source` with its amounts, times and abbreviations written out.

    "€20m" as "20 million euros", "9:30 p.m." as "21:30" where `target` counts hours so, "Nov. 3" as
    "November 3". `amounts` can be left: not for models that know the signs of currencies.
    """
    rules = [*_RULES.get(source, ()), *(_AMOUNTS.get(source, ()) if amounts else ())]
    for pattern, write in rules:
        text = pattern.sub(write, text)
    if source == "en" and target in _PER_EACH:
        text = _EACH.sub(r"\g<many> per ", text)
    full = _FULL_HOURS.get(target)
    return write_24(text, full) if source == "en" and full else text
