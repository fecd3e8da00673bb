"""A model with its tokeniser: text in, text out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.framing import Frame
from models.protocols import GenerationSettings, Seq2SeqEngine, TextModel, TokenisedInput
from models.tokenisation import Tokeniser

# How much longer an output may get than its input before it is taken for a loop.
_OUTPUT_RATIO, _OUTPUT_SLACK_TOKENS = 2, 16


class Seq2SeqTextModel(TextModel):
    """A `TextModel` of a tokeniser and an engine; `frame` is what the model wants around a text.

    `max_input_tokens` counts what stands around a text too.
    """

    def __init__(
        self,
        tokeniser: Tokeniser,
        engine: Seq2SeqEngine,
        max_input_tokens: int,
        settings: GenerationSettings,
        frame: Frame | None = None,
    ) -> None:
        self._tokeniser = tokeniser
        self._engine = engine
        self._max_input_tokens = max_input_tokens
        self._settings = settings
        self._frame = frame or Frame()
        self._marks = self._frame.marks
        self._tokens_around = self._count_around()

    @property
    def max_input_tokens(self) -> int:
        return self._max_input_tokens

    def count_tokens(self, text: str) -> int:
        """Count the tokens of `text` and of the most that the model wants around it."""
        return len(self._tokeniser.encode(text, self._marks)) + self._tokens_around

    def _count_around(self) -> int:
        frame = self._frame
        words = max((len(self._tokeniser.encode(w)) for w in frame.prefixes.values()), default=0)
        codes = bool(frame.source_tokens) + bool(frame.leading_tokens)
        return len(frame.first) + len(frame.last) + codes + words

    def generate(
        self,
        texts: Sequence[str],
        *,
        source: str | None = None,
        target: str | None = None,
        settings: GenerationSettings | None = None,
        deadline: float | None = None,
    ) -> list[list[str]]:
        """Return the hypotheses for each text; see `TextModel`."""
        batch = [self._prepare(text, source, target) for text in texts]
        longest = max((len(item.tokens) for item in batch), default=0)
        limited = _limit_output(settings or self._settings, longest)
        outputs = self._engine.generate(batch, limited, deadline)
        return [[self._tokeniser.decode(h.tokens, self._marks) for h in found] for found in outputs]

    def _prepare(self, text: str, source: str | None, target: str | None) -> TokenisedInput:
        words = self._frame.prefix(source, target)
        item = self._frame.build(self._tokeniser.encode(words + text, self._marks), source, target)
        if len(item.tokens) > self._max_input_tokens:
            raise ValueError(f"{len(item.tokens)} tokens; the model reads {self._max_input_tokens}")
        return item


def _limit_output(settings: GenerationSettings, longest: int) -> GenerationSettings:
    """Bound the output by the input, in steps, so that calls alike still share batches."""
    steps = -(-(_OUTPUT_RATIO * longest + _OUTPUT_SLACK_TOKENS) // 64)
    return replace(settings, max_output_tokens=min(settings.max_output_tokens, 64 * steps))
