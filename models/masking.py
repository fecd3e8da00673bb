"""Masking: what a model must not read stands behind marks, which it copies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count

# Nothing stands between an address and what follows it in Chinese and Japanese.
_EAST_ASIAN = "\u3000-\u30ff\u3400-\u9fff\uff00-\uffef"
# What has no words in it is passed through: models invent text for it.
ADDRESS = re.compile(
    rf"(?:https?://|www\.)[^\s<>\"“”«»{_EAST_ASIAN}]*[^\s<>\"“”«».,;:!?)\]'’{_EAST_ASIAN}]"
    r"|[\w.+-]+@[\w-]+(?:\.[a-zA-Z\d-]+)+"
    r"|(?<![\w.@])(?:[\w-]+\.)+(?:com|org|net|info|edu|gov)\b(?:/[\w/.?=&%#-]*\w)?"
    r"|(?<!\w)[@#]\w+"
)
# Models copy such a word, which is in no text they know, and break real addresses.
_MARK = "XX{}"
MARK_LIKE = re.compile(r"(?<![^\W_])X{1,2}\d*(?![^\W_])")  # they write one too many, too
_LETTER = re.compile(r"[^\W\d_]")
LATIN = re.compile(r"[0-9a-zA-ZÀ-ɏ]")


def is_wordless(text: str) -> bool:
    """Tell whether a text is numbers, symbols and addresses only, the same in every language."""
    return _LETTER.search(ADDRESS.sub("", text)) is None


def list_free_marks(text: str, style: str = _MARK) -> Iterator[str]:
    """Yield the marks of a style that are not in a text."""
    return (mark for number in count(1) if (mark := style.format(number)) not in text)


def mask_addresses(text: str, pattern: re.Pattern[str] = ADDRESS) -> tuple[str, dict[str, str]]:
    """Return `text` with marks in the places of its addresses, and the address of each mark.

    Or of what else the `pattern` finds.
    """
    if is_wordless(text):
        return text, {}
    free = list_free_marks(text)
    marks: dict[str, str] = {}

    def mask(match: re.Match[str]) -> str:
        mark = next(free)
        marks[mark] = match.group()
        # What touches a word, as an arrow does, would be one word with it.
        before = " " if LATIN.match(text[: match.start()][-1:]) else ""
        after = " " if LATIN.match(text[match.end() :][:1]) else ""
        return f"{before}{mark}{after}"

    return pattern.sub(mask, text), marks


def restore_marks(text: str, marks: Mapping[str, str]) -> str | None:
    """Return `text` with what the marks stand for in their places; `None` where one is lost."""
    for mark, address in marks.items():
        before, *after = re.split(rf"(?<![a-zA-Z\d]){mark}(?![a-zA-Z\d])", text)
        if len(after) != 1:
            return None
        text = before + address + after[0]
    return text
