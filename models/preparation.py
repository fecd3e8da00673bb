"""Preparation: a text as its model reads such texts best, and what is held out of it.

What a model has no pieces for it would write bytes of, and words about them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from models import normalisation
from models.grounding import FUNCTION_WORDS
from models.languages import is_latin
from models.masking import ADDRESS, LATIN, is_wordless, mask_addresses
from models.names import Names
from models.numerals import localise_alone
from models.protocols import TextModel

_BYTES = frozenset("|{}<>~^\\`")  # one piece each for models that have bytes for what they lack
# What is one with a raised or lowered sign, or with the half beside it: "km²", "CO₂", "3½".
_JOINED = (
    r"(?:(?<![^\W_])(?:\d+|(?:[A-Z][a-z]?\d*){{1,4}}|[a-z]{{1,2}}))?"
    r"[{0}]+(?:[ '’.-]?[{0}]|[A-Za-z]{{1,3}}(?![a-zß-ɏ]))*"
)
_TAG = r"</?[A-Za-z][^<>]{0,200}>"
# A dash, a bullet or another mark that opens a line; "-5" is a number and "#tag" an address.
_OPENING_MARK = re.compile(r"(?:[-–—―*#>]+\s+)+|[—―](?=[\w¿¡\"“«])")
_KNOWN_CURRENCIES = frozenset("$€£¥")  # "5-10 €" was learnt; of others models make these
_EMOJI_JOINERS = frozenset("\u200d\u20e3\ufe0e\ufe0f")
_CAPITALS = re.compile(r"[^\W\d_]{2,}")
_MIN_SHOUTED_WORDS = 3
_MAX_ABBREVIATION = 4


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text as it was given, its words between the signs around them, and those as they are read.

    `marks` are in the places of what `held` finds.
    """

    given: str
    before: str
    core: str
    after: str
    held: re.Pattern[str]
    text: str
    marks: Mapping[str, str]


class Preparation:
    """Prepares texts for one model; `names` knows which capitalised words people translate."""

    def __init__(self, model: TextModel, names: Names) -> None:
        self._model, self._names = model, names
        self._signs: dict[str, bool] = {}

    def prepare(self, given: str, source: str, target: str) -> Prepared:
        """Return a text in its parts, with what is held out of it behind marks."""
        written = self.write_out(given, source, target)
        signs, held = self.hold_out(written, source)
        before, core, after = _split_signs(written, signs)
        if is_wordless(held.sub("", core)):
            before, core, after = localise_alone(written, source, target), "", ""
        return Prepared(given, before, core, after, held, *mask_addresses(core, held))

    def write_out(self, text: str, source: str, target: str) -> str:
        """Return a text as the model knows such sentences best."""
        text = self._lower(text, source) if is_shouted(text) else text
        text = text if self._knows_sign("…") else text.replace("…", "...")
        return normalisation.write_out(text, source, target, amounts=not self._knows_sign("€"))

    def _lower(self, text: str, source: str) -> str:
        """Return a text in capitals as people write it otherwise, as far as can be known."""

        def write(match: re.Match[str]) -> str:
            word = match[0].capitalize()
            if self._names.is_changing(word, source) or word in normalisation.ABBREVIATIONS:
                return word
            low = match[0].lower()
            is_short = len(low) <= _MAX_ABBREVIATION and low not in FUNCTION_WORDS
            return match[0] if is_short and not is_piece(self._model, low) else low

        small = _CAPITALS.sub(write, text)
        return small[:1].upper() + small[1:]

    def _knows_sign(self, sign: str) -> bool:
        if sign in _BYTES:
            return self._knows_sign("€")
        if sign not in self._signs:
            count = self._model.count_tokens
            self._signs[sign] = count(f"a{sign}") <= count("a") + 1
        return self._signs[sign]

    def hold_out(self, text: str, source: str) -> tuple[str, re.Pattern[str]]:
        """Return what finds the signs around a text that the model has no piece for, and in it.

        It would write bytes of them, and words about them. The signs of currencies it has learnt.
        Words of another script in a text of a Latin one are held out likewise.
        """
        signs = {c for c in set(text) if _is_sign(c) and not self._knows_sign(c)}
        raised = {c for c in signs if unicodedata.category(c) == "No"}
        joined, alone = self._list_foreign(text, source) | raised, signs - raised
        around = [f"[{_escape(alone)}]"] if alone else []
        if {"<", ">"} <= alone:
            around.insert(0, _TAG)
        inside = [ADDRESS.pattern, *([_JOINED.format(_escape(joined))] if joined else [])]
        inside += [f"(?:{each})+" for each in around]
        return "|".join(around), re.compile("|".join(inside))

    def _list_foreign(self, text: str, source: str) -> set[str]:
        """Return the characters of other scripts in a text of a Latin one, if none can be read."""
        if text.isascii() or not is_latin(source):
            return set()
        foreign = set(filter(_is_foreign, set(text)))
        letters = list(filter(str.isalpha, foreign))
        return foreign if letters and not any(map(self._knows_sign, letters)) else set()


def is_shouted(text: str) -> bool:
    """Tell whether all of a text is in capitals, and it is more than a name or two."""
    return text.isupper() and len(_CAPITALS.findall(text)) >= _MIN_SHOUTED_WORDS


def _is_sign(character: str) -> bool:
    """Tell whether a character is neither of a word or a number nor a currency's.

    Other marks and joiners than those of emoji are parts of words in many scripts.
    """
    kind = unicodedata.category(character)
    held = kind[0] in "SP" and character not in _KNOWN_CURRENCIES
    return held or kind == "No" or character in _EMOJI_JOINERS


def rejoin(one: Prepared, translated: str) -> str:
    """Return a translation with what was held out beside the same letter or digit as before."""
    for match in one.held.finditer(one.core):
        held, (start, end) = match.group(), match.span()
        before, after = one.core[start - 1 : start], one.core[end : end + 1]
        if LATIN.match(before):
            translated = translated.replace(f"{before} {held}", before + held)
            if unicodedata.category(held[0]) == "No":  # the mark of a footnote, at whatever word
                translated = re.sub(rf"(?<=\w) (?={re.escape(held)})", "", translated)
        if LATIN.match(after):
            translated = translated.replace(f"{held} {after}", held + after)
    return translated


def _is_foreign(character: str) -> bool:
    """Tell whether a character is a letter, or a mark or a digit, of another script than Latin."""
    if character.isascii() or character in "ªº":
        return False
    is_latin = unicodedata.name(character, "").startswith("LATIN ")
    return unicodedata.category(character)[0] in "LMN" and not is_latin


def _split_signs(text: str, signs: str) -> tuple[str, str, str]:
    """Return a text as what stands before its words, the words, and what follows.

    Those are spaces, what the pattern `signs` finds, and a mark that opens a line.
    """
    edge = re.compile(rf"(?:\s|{signs})++" if signs else r"\s++")
    runs = [match.span() for match in edge.finditer(text)]
    start = runs[0][1] if runs and runs[0][0] == 0 else 0
    if mark := _OPENING_MARK.match(text, start):
        start = mark.end()
    end = runs[-1][0] if runs and runs[-1][1] == len(text) and runs[-1][0] > start else len(text)
    return text[:start], text[start:end], text[end:]


def _escape(characters: Collection[str]) -> str:
    """Return characters as the inside of a class of a pattern."""
    return re.escape("".join(sorted(characters)))


def is_piece(model: TextModel, word: str) -> bool:
    """Tell whether a model reads a word as one piece."""
    return model.count_tokens(word) <= model.count_tokens("") + 1
