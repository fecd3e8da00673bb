"""What the rest of `models/`, and the service, may rely on: value types and protocols.

Errors raised by this package:

    ModelError
    ├── UnsupportedLanguage   no way to do what was asked in this language or pair
    ├── ModelMissing          weights or tokeniser are absent or damaged (at load time)
    ├── Overloaded            the queue before an engine is full
    ├── DeadlineExceeded      the work was not finished in time
    └── Abandoned             nobody waits for the result any more
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal, Protocol

Length = Literal["short", "long"]
Method = Literal["auto", "abstractive", "extractive"]
SentenceMethod = Literal["abstractive", "extractive", "verbatim"]


class ModelError(Exception):
    """Anything that `models/` raises on purpose."""


class UnsupportedLanguage(ModelError):
    """No loaded model covers the language or the pair; the message names what would."""


class ModelMissing(ModelError):
    """A model's files are absent or damaged; the message says which and what gets them."""


class Overloaded(ModelError):
    """The queue is full; try again after `retry_after_seconds`."""

    def __init__(self, message: str, retry_after_seconds: int = 1) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class DeadlineExceeded(ModelError):
    """The deadline passed before the result was there."""


class Abandoned(ModelError):
    """Whoever asked is gone, and so is the reason to go on."""


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of code points into the article as received."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article: where it stands as received, and its text after cleaning."""

    span: Span
    text: str
    paragraph: int = 0


@dataclass(frozen=True, slots=True)
class Article:
    """An article that has been read: identified, segmented, cleaned.

    `language` is a BCP 47 code or "und"; `confidence` is in [0, 1], 1 where the caller named the
    language. `sentences` holds content only: boilerplate and repeated lines are left out.
    `titles` are the cleaned headlines that stand before the first sentence.
    """

    text: str
    language: str
    confidence: float
    sentences: tuple[Sentence, ...]
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A text as sentences and what stands between them.

    `separators` has one item more than `sentences`: before, between and after. `sentences` are
    cleaned.
    """

    language: str
    confidence: float
    sentences: tuple[str, ...]
    separators: tuple[str, ...]

    def rebuild(self, sentences: Sequence[str]) -> str:
        """Return the text with other sentences in the places of its own."""
        pairs = zip(self.separators, (*sentences, ""), strict=True)
        return "".join(separator + sentence for separator, sentence in pairs)


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence of a summary, how it came to be, and what in the article supports it.

    `unsupported` lists numbers and names that occur in no source sentence.
    """

    text: str
    method: SentenceMethod
    evidence: tuple[Span, ...]
    unsupported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """The sentences of a summary, and its text."""

    sentences: tuple[SummarySentence, ...]
    text: str


# What a translation may be warned of, by code: the part before a colon, where there is one.
WARNINGS: Mapping[str, str] = {
    "numbers_changed": "Numbers of a sentence and its translation differ: digits, millions, money.",
    "negation_lost": "A sentence denies something, and its translation nothing.",
    "names_changed": "A name of a sentence does not stand in its translation as it is written.",
    "repetition": "A word or a phrase is repeated as a model does that has lost its way.",
    "length": "A translation is far longer or shorter than its sentence.",
    "quotation_lost": "Somebody's words no longer stand between two quotation marks.",
    "unknown_words": "A translation has words that its language has not: invented, or left over.",
    "language": "A translation seems to be in another language than the target.",
    "term_missed": "`term_missed: TERM`: the term could not be placed as wanted.",
    "written_as": "`written_as: CODE`: a relative of the target, which is not offered, is written.",
    "experimental": "This pair of languages is below the quality that a reader expects.",
}


@dataclass(frozen=True, slots=True)
class Translation:
    """One translated sentence; `via` names pivot languages, `warnings` are codes of `WARNINGS`."""

    text: str
    via: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Who answers. `revision` names the weights, and the lists beside them.

    `pairs` maps a source language to the languages it is translated to; for a summariser
    `languages` says what it summarises. `experimental` lists "en-fr"-like pairs (or languages)
    that work but are below the quality a reader expects. `parts` are the models behind a card that
    stands for several. `decoding` says how it is decoded, for keys.
    """

    id: str
    revision: str
    licence: str
    task: Literal["summarise", "translate"]
    languages: tuple[str, ...] = ()
    pairs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    experimental: tuple[str, ...] = ()
    non_commercial: bool = False
    parts: tuple[ModelCard, ...] = ()
    decoding: str = ""

    @property
    def fingerprint(self) -> str:
        """Return twelve hexadecimal digits of the SHA-256 of the card: answers depend on it all.

        A summariser that was told of one more language, or a translator of one more pair, answers
        otherwise, whatever its weights.
        """
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:12]

    @property
    def models(self) -> tuple[ModelCard, ...]:
        """Return the cards of the models themselves: the parts, or this one where it has none."""
        return self.parts or (self,)

    def is_experimental(self, source: str, via: Sequence[str], target: str) -> bool:
        """Tell whether a translation over the pivots `via` has an experimental pair on its way."""
        legs = zip((source, *via), (*via, target), strict=True)
        return any(f"{one}-{other}" in self.experimental for one, other in legs)


@dataclass(frozen=True, slots=True)
class GenerationSettings:
    """How an engine decodes; names follow CTranslate2's `translate_batch`.

    `hypotheses` > 1 returns that many, best first (`hypotheses` ≤ `beam_size`).
    """

    beam_size: int = 1
    max_output_tokens: int = 256
    min_output_tokens: int = 1
    no_repeat_ngram_size: int = 0
    repetition_penalty: float = 1.0
    length_penalty: float = 1.0
    hypotheses: int = 1


@dataclass(frozen=True, slots=True)
class TokenisedInput:
    """Source tokens, complete with the model's own prefix and end token; forced first tokens."""

    tokens: tuple[str, ...]
    target_prefix: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A decoded output: tokens without forced prefix and end token; mean log-probability."""

    tokens: tuple[str, ...]
    score: float


class Seq2SeqEngine(Protocol):
    """Turns a batch of tokenised inputs into hypotheses; order and number are kept."""

    def generate(
        self,
        batch: Sequence[TokenisedInput],
        settings: GenerationSettings,
        deadline: float | None = None,
    ) -> list[list[Hypothesis]]:
        """Return, for each input, `settings.hypotheses` outputs, best first.

        `deadline` is in the clock of `time.monotonic()`; an engine that works off one batch at a
        time may leave it to the batcher before it.
        """
        ...

    def close(self) -> None:
        """Free weights and threads; further calls raise `ModelError`."""
        ...


class TextModel(Protocol):
    """A model with its tokeniser: text in, text out. Safe to call from many threads."""

    @property
    def max_input_tokens(self) -> int: ...

    def count_tokens(self, text: str) -> int:
        """Count the tokens of `text`, without the model's prefix and end token."""
        ...

    def generate(
        self,
        texts: Sequence[str],
        *,
        source: str | None = None,
        target: str | None = None,
        settings: GenerationSettings | None = None,
        deadline: float | None = None,
    ) -> list[list[str]]:
        """Return, for each text, the hypotheses, best first.

        `source` and `target` are BCP 47 codes for a translator; for a summariser `target` is the
        length. `None` settings are the catalogue's for this model. `deadline` is in the clock of
        `time.monotonic()`. Raises `Overloaded`, `DeadlineExceeded`, and `ValueError` for a text
        longer than `max_input_tokens` (nothing is ever cut silently).
        """
        ...


class ArticleReader(Protocol):
    """Reads text as received into an `Article`."""

    def read(self, text: str, language: str | None = None) -> Article:
        """Identify the language unless given, clean and segment."""
        ...

    def lay_out(self, text: str, language: str | None = None) -> LaidOut:
        """Identify likewise and split all of the text, nothing left out, for translation."""
        ...


class Summariser(Protocol):
    """Writes summaries of an article."""

    @property
    def card(self) -> ModelCard: ...

    def summarise(
        self,
        article: Article,
        lengths: Sequence[Length],
        method: Method = "auto",
        deadline: float | None = None,
    ) -> dict[Length, Summary]:
        """Return one summary per length.

        Raises `UnsupportedLanguage` where `method` is "abstractive" and no model covers the
        language; under "auto" the answer is extractive then.
        """
        ...


class Translator(Protocol):
    """Translates sentences."""

    @property
    def card(self) -> ModelCard: ...

    def targets(self, source: str) -> tuple[str, ...]:
        """Return the languages that `source` can be translated to, pivots included."""
        ...

    def route(self, source: str, target: str) -> tuple[str, ...]:
        """Return the pivot languages on the way, `()` for direct; raises `UnsupportedLanguage`.

        A `target` that is not offered as it is written is answered in its nearest relative, "zh"
        for "zh-Hant"; translations say so by the warning "written_as: zh".
        """
        ...

    def translate(
        self, sentences: Sequence[str], source: str, target: str, deadline: float | None = None
    ) -> list[Translation]:
        """Translate each sentence on its own; order and number are kept."""
        ...
