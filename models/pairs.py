"""Pairs: what is translated to what, and the way there: direct, over a pivot, or a relative."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.codes import find_code
from models.languages import UNDETERMINED
from models.protocols import ModelCard, Translator, UnsupportedLanguage

# The pivot that is taken first: most models know it best.
PIVOT = "en"
# How many pairs an error names before it says that there are more.
_MAX_LISTED_PAIRS = 20

Pairs = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Way:
    """How a translation is made: over the pivots `via`, and what its target is written as."""

    source: str
    target: str
    via: tuple[str, ...]
    written: str

    @property
    def legs(self) -> list[tuple[str, str]]:
        """Return the pairs to translate one after another; none where nothing is to be done."""
        legs = zip((self.source, *self.via), (*self.via, self.written), strict=True)
        return [(start, end) for start, end in legs if start != end]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what is to be said of a target that is not written as was asked."""
        return () if self.written == self.target else (f"written_as: {self.written}",)


class CardTranslator(Translator):
    """What every translator can tell from its card alone."""

    def __init__(self, card: ModelCard) -> None:
        self._card = card
        self._all_targets = frozenset(t for targets in card.pairs.values() for t in targets)

    @property
    def card(self) -> ModelCard:
        return self._card

    def targets(self, source: str) -> tuple[str, ...]:
        """Return the languages that `source` can be translated to, direct ones first."""
        found = dict.fromkeys(self._card.pairs.get(source, ()))
        for pivot in self._list_pivots(source):
            if len(found) >= len(self._all_targets - {source}):
                break  # with hundreds of languages, all to all, this is the first time round
            found |= dict.fromkeys(self._card.pairs[pivot])
        return tuple(target for target in found if target != source)

    def route(self, source: str, target: str) -> tuple[str, ...]:
        """Return the pivots on the way; see `Translator`."""
        return self.plan(source, target).via

    def plan(self, source: str, target: str) -> Way:
        """Return the way to `target`, or to its nearest relative where it is not offered.

        "zh-Hant" is written as "zh" by models that know no other. Raises `UnsupportedLanguage`,
        which says what is offered.
        """
        if (via := self._find_pivots(source, target)) is not None:
            return Way(source, target, via, target)
        offered = {code: code for code in (source, *self.targets(source))}
        written = find_code(target, offered)
        via = self._find_pivots(source, written) if written else None
        if written is None or via is None:
            raise UnsupportedLanguage(self._explain(source, target))
        return Way(source, target, via, written)

    def _find_pivots(self, source: str, target: str) -> tuple[str, ...] | None:
        """Return the pivots between two languages, `()` for a direct pair, `None` for no way."""
        if source == target or target in self._card.pairs.get(source, ()):
            return ()
        if target not in self._all_targets:
            return None
        pivots = self._list_pivots(source)
        pivot = next((p for p in pivots if target in self._card.pairs[p]), None)
        return None if pivot is None else (pivot,)

    def _list_pivots(self, source: str) -> list[str]:
        pairs = self._card.pairs
        return sorted(
            (p for p in pairs.get(source, ()) if p in pairs), key=lambda p: (p != PIVOT, p)
        )

    def _explain(self, source: str, target: str) -> str:
        if source == UNDETERMINED:
            return "The language of the text could not be identified; name it in 'source'."
        return (
            f"Translation from '{source}' to '{target}' is not offered by the models loaded here "
            f"({_summarise_pairs(self._card.pairs)}); the 'hub' profile has more languages."
        )


def _summarise_pairs(pairs: Pairs) -> str:
    listed = [f"{s}→{t}" for s, ts in sorted(pairs.items()) for t in ts]
    more = ", …" if len(listed) > _MAX_LISTED_PAIRS else ""
    return (", ".join(listed[:_MAX_LISTED_PAIRS]) or "nothing") + more
