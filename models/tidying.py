"""Tidying: what small models write twice, or as no language does, is put right."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from html import unescape

# "Est-elle elle-même", "two two-seat boats" and "jungen Jungen" double nothing.
_DOUBLED_WORD = re.compile(r"(?<![\w'’-])(\w{5,})(?: \1)+(?![\w'’-])", re.I)
# Not what begins with a capital: "de De Gaulle", "New York York" may be a name's beginning.
_DOUBLED_SMALL_WORD = re.compile(
    r"(?<![\w'’-])([^\W\d_]{1,4})(?: (?!(?-i:[A-ZÀ-Þ]))\1)+(?![\w'’-])", re.I
)
# Of the small words that people's 250,000 sentences of a language double, the frequent ones.
_RIGHTLY_DOUBLED: Mapping[str, Collection[str]] = {
    "en": ("that", "had", "her", "you", "in", "on"),
    "fr": ("nous", "vous", "être", "est", "en"),
    "de": ("die", "sie", "der", "das", "ihr"),
    "es": (),
}
_DOUBLED_END = re.compile(r"(?<![.!?])([.!?])\.(?![.\w])")
_LOOP = re.compile(r"(?P<phrase>\b\w+(?:\W+\w+){0,5}?)(?:\W+(?P=phrase)\b){2,}", re.I)
# To repeat no three pieces, a model writes another mark after the second "l'" of a sentence.
_QUOTED_ELISION = re.compile(r"\b([cdjlmnst]|qu)\"(?=[^\W\d_])", re.I)
_FULL_HOUR = re.compile(r"(?<![\d.,:])(\d{1,2}):00(?![\d:])")
_ENTITY = re.compile(r"&#?\w+;")


def trim_loop(text: str) -> str:
    """Return `text` with a phrase that is repeated three times or more said once."""
    return _LOOP.sub(lambda match: match.group("phrase"), text)


def mend_elisions(text: str, target: str) -> str:
    """Return a French text with apostrophes for the quotation marks inside of "l\"avenir"."""
    return _QUOTED_ELISION.sub(r"\1'", text) if target == "fr" else text


def drop_doubles(source: str, translated: str, target: str) -> str:
    """Return `translated` with a word, or an end of a sentence, that stands there twice once.

    Small words that `target` may double are left: "nous nous" is good French; and all of them in a
    language of which that is not known. So are all words, or ends, where the source doubles one.
    """
    kept = _RIGHTLY_DOUBLED.get(target)

    def once(match: re.Match[str]) -> str:
        return match[0] if kept is None or match[1].casefold() in kept else match[1]

    def once_in_one_case(match: re.Match[str]) -> str:
        # In German another case is another word: "ein Leben leben".
        others = {*match[0].split()} - {match[1]}
        return match[0] if target == "de" and match.start() and others else match[1]

    if not _DOUBLED_WORD.search(source):
        translated = _DOUBLED_WORD.sub(once_in_one_case, translated)
    if not _DOUBLED_SMALL_WORD.search(source):
        translated = _DOUBLED_SMALL_WORD.sub(once, translated)
    if not _DOUBLED_END.search(source):
        translated = _DOUBLED_END.sub(r"\1", translated)
    return translated


def tidy(text: str, made: str, target: str) -> str:
    """Return what a model made of `text` with what can be put right without knowing more."""
    made = made if _ENTITY.search(text) else unescape(made)
    for hour in _FULL_HOUR.findall(text):  # models write on, as after thousands: "19:000"
        made = re.sub(rf"(?<![\d.,]){hour} ?[.:,] ?0?00(?![\d.,]\d|\d)", f"{hour}:00", made)
    return drop_doubles(text, mend_elisions(made.strip(), target), target)
