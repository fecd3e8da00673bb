"""Letters as they stand on a page, and the order in which a line of them is read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from bidi import get_display

_OPENING, _CLOSING = "([{<«‹", ")]}>»›"
_BRACKETS = re.escape(_OPENING + _CLOSING)
_OPENS = re.compile(rf"(?:(?<=\s)|^)([{_BRACKETS}])(?=\S)")
_CLOSES = re.compile(rf"(?<=\S)([{_BRACKETS}])(?=[\s.,:;!?،؛؟]|$)")
_ALEFS = "اأإآٱ"
# How wide a gap between letters is a space where none is drawn, of the height of their line.
_SPACE = 0.2


class Letter(NamedTuple):
    """A character, its box and its base line, in points from the lower left corner of the page."""

    text: str
    left: float
    right: float
    height: float
    base: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def is_right_to_left(text: str) -> bool:
    """Tell whether most letters of a line are of scripts that run from right to left."""
    kinds = [unicodedata.bidirectional(character) for character in text]
    return kinds.count("R") + kinds.count("AL") > kinds.count("L")


def read_line(letters: Sequence[Letter]) -> str:
    """Return the text of a line's letters, in the order in which it is read.

    A PDF holds letters in any order, and PDFium's own for right-to-left scripts is often wrong.
    Here they are put as they are seen, from left to right; from there the Unicode Bidirectional
    Algorithm, which is made for the other way, leads back to the order of reading.
    """
    text = "".join(letter.text for letter in letters)
    if not any(unicodedata.bidirectional(character) in ("R", "AL") for character in text):
        return text
    base = "R" if is_right_to_left(text) else "L"
    return _turn_brackets(str(get_display(_read_as_seen(letters), base_dir=base)))


def _read_as_seen(letters: Sequence[Letter]) -> str:
    shown = [letter for letter in letters if not letter.text.isspace()]
    # Lam and alef may share one glyph, and so one place: lam is read first.
    shown.sort(key=lambda letter: (letter.middle, letter.text not in _ALEFS))
    # PDFium's own spaces, without width, stand anywhere.
    spaces = [c.middle for c in letters if c.text.isspace() and c.right > c.left]
    wide = _SPACE * max(letter.height for letter in shown)

    def is_parted(one: Letter, other: Letter) -> bool:
        gap = other.left - one.right
        return gap > wide or (gap > 0 and any(one.middle < x < other.middle for x in spaces))

    gaps = [" " if is_parted(one, other) else "" for one, other in pairwise(shown)]
    return "".join(letter.text + gap for letter, gap in zip(shown, [*gaps, ""], strict=True))


def _turn_brackets(text: str) -> str:
    """Turn brackets the way they are read: some PDFs have them as they look, some as they mean."""

    def turn(match: re.Match[str], wanted: str, other: str) -> str:
        return wanted[other.index(match[1])] if match[1] in other else match[1]

    opened = _OPENS.sub(lambda match: turn(match, _OPENING, _CLOSING), text)
    return _CLOSES.sub(lambda match: turn(match, _CLOSING, _OPENING), opened)
