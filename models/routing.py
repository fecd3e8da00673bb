"""Routing: several translators as one; a direct pair where one is loaded, else over a pivot."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from models.pairs import CardTranslator
from models.protocols import ModelCard, Translation, Translator


class RoutedTranslator(CardTranslator):
    """Gives each leg of a route to the first of its translators that has the pair.

    Its card stands for all of them: their pairs together, and a revision of all revisions.
    """

    def __init__(self, translators: Sequence[Translator]) -> None:
        super().__init__(join_cards([translator.card for translator in translators]))
        self._translators = tuple(translators)

    def translate(
        self, sentences: Sequence[str], source: str, target: str, deadline: float | None = None
    ) -> list[Translation]:
        """Translate each sentence on its own; see `Translator`."""
        way = self.plan(source, target)
        done = [Translation(sentence, warnings=way.warnings) for sentence in sentences]
        for start, end in way.legs:
            texts = [translation.text for translation in done]
            made = self._choose(start, end).translate(texts, start, end, deadline)
            done = [_follow(before, after) for before, after in zip(done, made, strict=True)]
        return [replace(translation, via=way.via) for translation in done]

    def _choose(self, source: str, target: str) -> Translator:
        """Return the first translator that has the pair; the route has settled that one does."""
        return next(t for t in self._translators if target in t.card.pairs.get(source, ()))


def _follow(before: Translation, after: Translation) -> Translation:
    """Return what a second leg made, with what is to be said of both."""
    warnings = tuple(dict.fromkeys((*before.warnings, *after.warnings)))
    return replace(after, warnings=warnings)


def join_cards(cards: Sequence[ModelCard]) -> ModelCard:
    """Return one card that stands for several of one task; `parts` has each.

    A pair is as good as the first of them makes it, for that is the one that answers.
    """
    if len(cards) == 1:
        return cards[0]
    pairs: dict[str, tuple[str, ...]] = {}
    experimental: list[str] = []
    for card in cards:
        for source, targets in card.pairs.items():
            new = [target for target in targets if target not in pairs.get(source, ())]
            pairs[source] = (*pairs.get(source, ()), *new)
            experimental += [p for t in new if (p := f"{source}-{t}") in card.experimental]
    names = [f"{card.id}@{card.revision}" for card in cards]
    languages = dict.fromkeys(code for card in cards for code in card.languages)
    return ModelCard(
        id=" + ".join(card.id for card in cards),
        revision=hashlib.sha256("\n".join(names).encode()).hexdigest()[:12],
        licence=" + ".join(dict.fromkeys(card.licence for card in cards)),
        task=cards[0].task,
        languages=tuple(languages),
        pairs=pairs,
        experimental=tuple(experimental),
        non_commercial=any(card.non_commercial for card in cards),
        parts=tuple(cards),
    )
