"""What one request works with: the loaded models, its cached parts, its timings and deadline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from models.protocols import ArticleReader, ModelCard, Summariser, Translator
from service.errors import BodyTooLarge
from service.parts import Parts
from service.schemas import Event, ModelFacts
from service.telemetry import Timings
from service.watch import EngineWatch


@dataclass(frozen=True)
class LanguageModels:
    """What has been loaded and answers."""

    reader: ArticleReader
    summariser: Summariser
    translator: Translator
    watch: EngineWatch = field(default_factory=EngineWatch)

    @cached_property
    def summariser_key(self) -> tuple[str, str]:
        """What of the summariser answers depend on, for cache keys."""
        return self.summariser.card.id, self.summariser.card.fingerprint

    @cached_property
    def translator_key(self) -> tuple[str, str]:
        """What of the translator answers depend on, likewise."""
        return self.translator.card.id, self.translator.card.fingerprint

    @property
    def revisions(self) -> list[list[str]]:
        """Whatever answers depend on, for the keys of whole answers."""
        return [[*self.summariser_key], [*self.translator_key]]


def tell_nobody(_event: Event) -> None:
    """Let an event pass: the listener of a request that waits for the whole answer."""


@dataclass(frozen=True)
class Context:
    """One request's means; `deadline` is in the clock of `time.monotonic()`.

    `tell` is given each part of an answer when it is there; what it raises ends the work.
    """

    models: LanguageModels
    parts: Parts
    timings: Timings
    deadline: float
    tell: Callable[[Event], None] = tell_nobody
    max_sentences: int = 20_000

    def check_sentences(self, count: int) -> None:
        """Raise `BodyTooLarge` where the texts have more sentences than the operator allows."""
        if count > self.max_sentences:
            raise BodyTooLarge(
                f"The text has {count} sentences; the limit is {self.max_sentences}."
            )


def describe_model(card: ModelCard) -> ModelFacts:
    """Return what an answer says of the model behind it."""
    return ModelFacts(id=card.id, revision=card.revision, licence=card.licence)
