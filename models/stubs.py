"""Stubs: deterministic models without weights, for tests of what stands around models."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models.pairs import CardTranslator
from models.protocols import (
    Article,
    GenerationSettings,
    LaidOut,
    Length,
    Method,
    ModelCard,
    Summariser,
    Summary,
    TextModel,
    Translation,
)
from models.reader import TextReader
from models.summariser import GroundedSummariser


class StubTextModel(TextModel):
    """A `TextModel` that answers by a function; `texts` records what it was given."""

    def __init__(
        self, write: Callable[[str], str | Sequence[str]] = str, max_input_tokens: int = 256
    ) -> None:
        self._write = write
        self._max_input_tokens = max_input_tokens
        self.texts: list[str] = []

    @property
    def max_input_tokens(self) -> int:
        return self._max_input_tokens

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def generate(
        self,
        texts: Sequence[str],
        *,
        source: str | None = None,
        target: str | None = None,
        settings: GenerationSettings | None = None,
        deadline: float | None = None,
    ) -> list[list[str]]:
        self.texts += texts
        answers = [self._write(text) for text in texts]
        return [[a] if isinstance(a, str) else list(a) for a in answers]


class StubReader:
    """The real reader, counting: it needs no weights."""

    def __init__(self) -> None:
        self._reader = TextReader()
        self.calls = 0

    def read(self, text: str, language: str | None = None) -> Article:
        self.calls += 1
        return self._reader.read(text, language)

    def lay_out(self, text: str, language: str | None = None) -> LaidOut:
        self.calls += 1
        return self._reader.lay_out(text, language)


class StubSummariser(Summariser):
    """Extractive summaries under the card of an English abstractive model, counting."""

    def __init__(self) -> None:
        self._card = ModelCard("stub-summariser", "1", "MIT", "summarise", languages=("en",))
        self._summariser = GroundedSummariser(self._card)
        self.calls = 0

    @property
    def card(self) -> ModelCard:
        return self._card

    def summarise(
        self,
        article: Article,
        lengths: Sequence[Length],
        method: Method = "auto",
        deadline: float | None = None,
    ) -> dict[Length, Summary]:
        self.calls += 1
        return self._summariser.summarise(article, lengths, "extractive", deadline)


class StubTranslator(CardTranslator):
    """English to French, German and Spanish, by marking; `seen` records the sentences."""

    def __init__(self) -> None:
        card = ModelCard(
            "stub-translator",
            "1",
            "MIT",
            "translate",
            pairs={"en": ("fr", "de", "es"), "fr": ("en",)},
            experimental=("en-es",),
        )
        super().__init__(card)
        self.seen: list[str] = []

    def translate(
        self, sentences: Sequence[str], source: str, target: str, deadline: float | None = None
    ) -> list[Translation]:
        via = self.route(source, target)
        self.seen += sentences
        return [Translation(f"[{target}] {sentence}", via) for sentence in sentences]
