"""Parts of a sentence that it can do without: what they are, and what all languages share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

MAX_WORDS = {"insertion": 25, "opening": 12, "tail": 12}


@dataclass(frozen=True, slots=True)
class Cut:
    """Tokens that can go together, from `first` up to `last`, and what kind of part they are."""

    first: int
    last: int
    kind: str


# A rule is given the tokens of a sentence in lower case, apostrophes typewritten.
Rule = Callable[[Sequence[str]], Iterator[Cut]]


def list_words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


# What begins so limits the rest, in brackets too. These subordinate all that follows them.
CONDITIONS = list_words("if unless si s'il s'ils")
_LIMITS = CONDITIONS | list_words(
    "from until subject dès jusqu'à jusqu'au hors sauf sous except excluding"
)
_ONLY = list_words("only seulement uniquement exclusively exclusivement")

_CLOCK = re.compile(r"\d{1,2}(?:[.:]?\d\d)?(?:h\d*|[ap]m)?|noon|midday|midnight|midi|minuit")
# A day beside a clock time belongs to such a word: "until 6am on Monday", "prend fin mardi à midi".
_BOUNDS = list_words(
    "until till by from before after since dès depuis avant après jusqu'à jusqu'au partir fin"
)


def find_end(lows: Sequence[str]) -> int:
    """Return where the final punctuation begins; a bracket or a unit ("%") is none of it."""
    last = len(lows)
    while last and not lows[last - 1][0].isalnum() and lows[last - 1] not in ")]>%€$£°":
        last -= 1
    return last


def find_comma(lows: Sequence[str], start: int) -> int | None:
    """Return the place of the first comma from `start` on, if there is one."""
    return next((i for i in range(start, len(lows)) if lows[i] == ","), None)


def bounds_clock(lows: Sequence[str], first: int, last: int) -> bool:
    """Tell whether what is from `first` up to `last` stands by a clock time that is a limit."""
    before, after = lows[max(0, first - 5) : first], lows[last : last + 3]
    bound = not _BOUNDS.isdisjoint([*before, *after])
    return bound and any(map(_CLOCK.fullmatch, [*before, *after]))


def holds_condition(part: Sequence[str]) -> bool:
    """Tell whether a part says under which condition something holds, or for whom alone."""
    return not (CONDITIONS | _ONLY | {"provided"}).isdisjoint(part)


def _limits(part: Sequence[str]) -> bool:
    """Tell whether what is enclosed says when, for whom or without what the rest holds."""
    return bool(part) and (part[0] in _LIMITS or not _ONLY.isdisjoint(part))


def find_brackets(lows: Sequence[str]) -> Iterator[Cut]:
    """Yield what stands in brackets, or between the only two dashes."""
    for first, low in enumerate(lows):
        if low == "(" and ")" in lows[first:]:
            close = lows.index(")", first)
            if not _limits(lows[first + 1 : close]):
                yield Cut(first, close + 1, "bracket")
    dashes = [i for i, low in enumerate(lows) if low in "-–—"]
    results = any(lows[max(0, i - 1)].isdigit() for i in dashes)  # 6 - 4 and 6 - 0
    encloses = len(dashes) == 2 and 2 < dashes[1] - dashes[0] <= MAX_WORDS["opening"]
    limits = encloses and _limits(lows[dashes[0] + 1 : dashes[1]])
    if encloses and not results and not limits and dashes[1] + 1 < find_end(lows):
        yield Cut(dashes[0], dashes[1] + 1, "bracket")
