"""The default engine: CTranslate2, int8 on CPU, float16 on GPU; needs no torch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.engines.priority import open_behind
from models.protocols import (
    GenerationSettings,
    Hypothesis,
    ModelError,
    ModelMissing,
    TokenisedInput,
)


def count_cores() -> int:
    """Return the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class CTranslate2Engine:
    """A `Seq2SeqEngine` on a model converted to CTranslate2.

    `lanes` calls run at the same time, each on `threads_per_lane` threads; together they should
    not be more than the cores.
    """

    def __init__(
        self,
        directory: Path,
        device: str = "cpu",
        compute_type: str = "default",
        lanes: int = 1,
        threads_per_lane: int = 1,
    ) -> None:
        import ctranslate2  # loads its libraries; not before a model is opened

        if not (directory / "model.bin").is_file():
            raise ModelMissing(f"{directory}: model.bin is absent")
        try:
            self._translator: Any = open_behind(
                lambda: ctranslate2.Translator(
                    str(directory),
                    device=device,
                    compute_type=compute_type,
                    inter_threads=lanes,
                    intra_threads=threads_per_lane,
                )
            )
        except (RuntimeError, ValueError) as error:
            raise ModelMissing(f"{directory}: cannot be loaded: {error}") from error

    def generate(
        self,
        batch: Sequence[TokenisedInput],
        settings: GenerationSettings,
        deadline: float | None = None,
    ) -> list[list[Hypothesis]]:
        """Decode one batch; see `Seq2SeqEngine`."""
        if not batch:
            return []
        if self._translator is None:
            raise ModelError("The engine is closed.")
        results = self._translator.translate_batch(
            [list(item.tokens) for item in batch],
            target_prefix=[list(item.target_prefix) for item in batch],
            beam_size=max(settings.beam_size, settings.hypotheses),
            num_hypotheses=settings.hypotheses,
            max_decoding_length=settings.max_output_tokens,
            min_decoding_length=settings.min_output_tokens,
            no_repeat_ngram_size=settings.no_repeat_ngram_size,
            repetition_penalty=settings.repetition_penalty,
            length_penalty=settings.length_penalty,
            max_input_length=0,
            use_vmap=True,  # where the model has one
            return_scores=True,
        )
        return [
            self._strip(result, len(item.target_prefix))
            for item, result in zip(batch, results, strict=True)
        ]

    def close(self) -> None:
        """Free the weights and the threads."""
        self._translator = None

    @staticmethod
    def _strip(result: Any, prefix: int) -> list[Hypothesis]:
        pairs = zip(result.hypotheses, result.scores, strict=True)
        return [Hypothesis(tuple(tokens[prefix:]), score) for tokens, score in pairs]
