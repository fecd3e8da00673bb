"""A model with its tokeniser: text in, text out."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.protocols import (
    GenerationSettings,
    ModelMissing,
    Seq2SeqEngine,
    TextModel,
    TokenisedInput,
)

# How much longer an output may get than its input before it is taken for a loop.
_OUTPUT_RATIO, _OUTPUT_SLACK_TOKENS = 2, 16


class Tokeniser:
    """The tokeniser of a model in a local directory; safe to call from many threads."""

    def __init__(self, directory: Path) -> None:
        opens = _FileTokeniser if _is_whole_in_file(directory) else _TransformersTokeniser
        try:
            self._tokeniser: _FileTokeniser | _TransformersTokeniser = opens(directory)
        except (OSError, ValueError) as error:
            raise ModelMissing(f"{directory}: the tokeniser cannot be loaded: {error}") from error

    def encode(self, text: str) -> tuple[str, ...]:
        """Return the tokens of `text` with the model's own prefix and end token.

        What looks like a special token in an article is text: it is split like any other.
        """
        return self._tokeniser.encode(text)

    def decode(self, tokens: Sequence[str]) -> str:
        """Return the text of output tokens."""
        return self._tokeniser.decode(tokens)


def _is_whole_in_file(directory: Path) -> bool:
    """Tell whether `tokenizer.json` says everything, with no class of transformers to add."""
    try:
        facts = json.loads((directory / "tokenizer_config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    plain = isinstance(facts, dict) and facts.get("tokenizer_class") == "TokenizersBackend"
    return plain and not facts.get("clean_up_tokenization_spaces")


class _FileTokeniser:
    """tokenizers alone: a second less at start than through transformers, and no lock."""

    def __init__(self, directory: Path) -> None:
        from tokenizers import Tokenizer  # a compiled library; not before a model is opened

        data = (directory / "tokenizer.json").read_bytes()
        try:
            self._tokeniser = Tokenizer.from_buffer(data)
        except Exception as error:  # the library raises nothing more precise
            raise ValueError(str(error)) from error
        self._tokeniser.encode_special_tokens = True

    def encode(self, text: str) -> tuple[str, ...]:
        ids = self._tokeniser.encode(text).ids
        return tuple(str(self._tokeniser.id_to_token(i)) for i in ids)

    def decode(self, tokens: Sequence[str]) -> str:
        ids = map(self._tokeniser.token_to_id, tokens)
        return self._tokeniser.decode([i for i in ids if i is not None])


class _TransformersTokeniser:
    """transformers' own class for the model, whichever that is."""

    def __init__(self, directory: Path) -> None:
        from transformers import AutoTokenizer  # a slow import; not before a model is opened

        self._tokeniser: Any = AutoTokenizer.from_pretrained(directory, local_files_only=True)
        # Encoding sets options on a shared Rust object and puts them back.
        self._lock = threading.Lock()

    def encode(self, text: str) -> tuple[str, ...]:
        with self._lock:
            encoding = self._tokeniser(text, split_special_tokens=True, verbose=False)
        return tuple(self._tokeniser.convert_ids_to_tokens(encoding["input_ids"]))

    def decode(self, tokens: Sequence[str]) -> str:
        with self._lock:
            ids = self._tokeniser.convert_tokens_to_ids(list(tokens))
            return str(self._tokeniser.decode(ids, skip_special_tokens=True))


class Seq2SeqTextModel(TextModel):
    """A `TextModel` of a tokeniser and an engine.

    `target_tokens` maps a target (language or length) to the token that decoding is forced to
    begin with; `encoder_prefix` is put before every input.
    """

    def __init__(
        self,
        tokeniser: Tokeniser,
        engine: Seq2SeqEngine,
        max_input_tokens: int,
        settings: GenerationSettings,
        target_tokens: Mapping[str, str] | None = None,
        encoder_prefix: Sequence[str] = (),
    ) -> None:
        self._tokeniser = tokeniser
        self._engine = engine
        self._max_input_tokens = max_input_tokens
        self._settings = settings
        self._target_tokens = dict(target_tokens or {})
        self._encoder_prefix = tuple(encoder_prefix)

    @property
    def max_input_tokens(self) -> int:
        return self._max_input_tokens

    def count_tokens(self, text: str) -> int:
        """Count the tokens of `text` as the model reads it."""
        return len(self._tokeniser.encode(text))

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
        batch = [self._prepare(text, target) for text in texts]
        longest = max((len(item.tokens) for item in batch), default=0)
        limited = _limit_output(settings or self._settings, longest)
        outputs = self._engine.generate(batch, limited, deadline)
        return [[self._tokeniser.decode(h.tokens) for h in found] for found in outputs]

    def _prepare(self, text: str, target: str | None) -> TokenisedInput:
        tokens = self._encoder_prefix + self._tokeniser.encode(text)
        if len(tokens) > self._max_input_tokens + len(self._encoder_prefix):
            raise ValueError(f"{len(tokens)} tokens; the model reads {self._max_input_tokens}")
        forced = self._target_tokens.get(target or "")
        return TokenisedInput(tokens, (forced,) if forced else ())


def _limit_output(settings: GenerationSettings, longest: int) -> GenerationSettings:
    """Bound the output by the input, in steps, so that calls alike still share batches."""
    steps = -(-(_OUTPUT_RATIO * longest + _OUTPUT_SLACK_TOKENS) // 64)
    return replace(settings, max_output_tokens=min(settings.max_output_tokens, 64 * steps))
