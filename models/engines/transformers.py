"""The reference engine: transformers' `generate`, float32, on any encoder-decoder; needs torch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.protocols import (
    GenerationSettings,
    Hypothesis,
    ModelError,
    ModelMissing,
    TokenisedInput,
)


class TransformersEngine:
    """A `Seq2SeqEngine` on any `AutoModelForSeq2SeqLM` in a local directory."""

    def __init__(self, directory: Path, device: str = "cpu", threads: int = 0) -> None:
        try:
            import torch
        except ImportError as error:
            raise ModelMissing("The transformers engine needs torch, which is absent.") from error
        from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

        if threads:
            torch.set_num_threads(threads)
        try:
            self._tokeniser = AutoTokenizer.from_pretrained(directory, local_files_only=True)
            self._model: Any = AutoModelForSeq2SeqLM.from_pretrained(
                directory, local_files_only=True, dtype=torch.float32
            )
        except (OSError, ValueError) as error:
            raise ModelMissing(f"{directory}: cannot be loaded: {error}") from error
        self._model.to(device).eval()

    def generate(
        self,
        batch: Sequence[TokenisedInput],
        settings: GenerationSettings,
        deadline: float | None = None,
    ) -> list[list[Hypothesis]]:
        """Decode one batch; see `Seq2SeqEngine`."""
        if self._model is None:
            raise ModelError("The engine is closed.")
        groups: dict[int, list[int]] = defaultdict(list)
        for index, item in enumerate(batch):
            groups[len(item.target_prefix)].append(index)
        found: dict[int, list[Hypothesis]] = {}
        for indices in groups.values():
            outputs = self._decode([batch[i] for i in indices], settings)
            found.update(zip(indices, outputs, strict=True))
        return [found[i] for i in range(len(batch))]

    def close(self) -> None:
        """Free the weights."""
        self._model = None

    def _decode(
        self, batch: Sequence[TokenisedInput], settings: GenerationSettings
    ) -> list[list[Hypothesis]]:
        """Decode inputs whose forced prefixes are equally long."""
        import torch

        inputs = self._pad([self._number(item.tokens) for item in batch])
        start = self._model.generation_config.decoder_start_token_id
        if start is None:
            start = self._model.config.decoder_start_token_id
        forced = [[start, *self._number(item.target_prefix)] for item in batch]
        prefix = torch.tensor(forced, device=self._model.device)
        with torch.inference_mode():
            output = self._model.generate(
                **inputs,
                decoder_input_ids=prefix,
                num_beams=max(settings.beam_size, settings.hypotheses),
                num_return_sequences=settings.hypotheses,
                do_sample=False,
                max_new_tokens=settings.max_output_tokens - (prefix.shape[1] - 1),
                min_new_tokens=max(0, settings.min_output_tokens - (prefix.shape[1] - 1)),
                no_repeat_ngram_size=settings.no_repeat_ngram_size,
                repetition_penalty=settings.repetition_penalty,
                length_penalty=settings.length_penalty,
                forced_bos_token_id=None,
                output_scores=True,
                return_dict_in_generate=True,
            )
        return self._collect(output, prefix.shape[1], settings.hypotheses)

    def _collect(self, output: Any, skip: int, hypotheses: int) -> list[list[Hypothesis]]:
        scores = getattr(output, "sequences_scores", None)
        values = scores.tolist() if scores is not None else [0.0] * len(output.sequences)
        flat = [
            Hypothesis(self._name(row[skip:].tolist()), value)
            for row, value in zip(output.sequences, values, strict=True)
        ]
        return [flat[i : i + hypotheses] for i in range(0, len(flat), hypotheses)]

    def _number(self, tokens: Sequence[str]) -> list[int]:
        ids: list[int] = self._tokeniser.convert_tokens_to_ids(list(tokens))  # type: ignore[assignment]
        return ids

    def _name(self, ids: Sequence[int]) -> tuple[str, ...]:
        """Return the tokens up to the end token."""
        end, pad = self._model.config.eos_token_id, self._model.config.pad_token_id
        kept: list[int] = []
        for number in ids:
            if number in (end, pad):
                break
            kept.append(number)
        return tuple(self._tokeniser.convert_ids_to_tokens(kept))

    def _pad(self, rows: Sequence[Sequence[int]]) -> dict[str, Any]:
        import torch

        width = max(map(len, rows))
        pad = self._model.config.pad_token_id
        ids = [[*row, *[pad] * (width - len(row))] for row in rows]
        mask = [[1] * len(row) + [0] * (width - len(row)) for row in rows]
        device = self._model.device
        return {
            "input_ids": torch.tensor(ids, device=device),
            "attention_mask": torch.tensor(mask, device=device),
        }
