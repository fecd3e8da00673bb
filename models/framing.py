"""Framing: what a model wants around a text, and what its output is made to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.codes import find_code
from models.protocols import TokenisedInput


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a text; languages are BCP 47 tags, for some summarisers lengths.

    `prefixes` are words before the text, by "source-target", or by "" for any. `first` and `last`
    are tokens around every text; `source_tokens` and `leading_tokens` stand before it, by source
    and by target. `forced` is what decoding begins with, `forced_tokens` likewise by target.
    A frame that `keeps_language` takes the source for the target: a summary is in the language of
    its article.
    """

    prefixes: Mapping[str, str] = field(default_factory=dict)
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ("</s>",)
    source_tokens: Mapping[str, str] = field(default_factory=dict)
    leading_tokens: Mapping[str, str] = field(default_factory=dict)
    forced: tuple[str, ...] = ()
    forced_tokens: Mapping[str, str] = field(default_factory=dict)
    keeps_language: bool = False

    def prefix(self, source: str | None, target: str | None) -> str:
        """Return the words to put before a text."""
        return self.prefixes.get(f"{source}-{target}", self.prefixes.get("", ""))

    def build(
        self, tokens: tuple[str, ...], source: str | None, target: str | None
    ) -> TokenisedInput:
        """Return the input that holds the tokens of a text."""
        target = source if self.keeps_language else target
        before = (
            *self.first,
            *_find(self.source_tokens, source),
            *_find(self.leading_tokens, target),
        )
        forced = (*self.forced, *_find(self.forced_tokens, target))
        return TokenisedInput((*before, *tokens, *self.last), forced)

    @property
    def marks(self) -> frozenset[str]:
        """Every token that steers the model: none of these may come out of an article."""
        return frozenset(
            (
                *self.first,
                *self.last,
                *self.forced,
                *self.source_tokens.values(),
                *self.leading_tokens.values(),
                *self.forced_tokens.values(),
            )
        )


def _find(tokens: Mapping[str, str], code: str | None) -> tuple[str, ...]:
    token = find_code(code, tokens) if code and tokens else None
    return (token,) if token else ()
