"""The reference engine: transformers' `generate`, float32, on any encoder-decoder; needs torch."""

from __future__ import annotations

import itertools
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


def list_vocabulary(directory: Path) -> dict[str, int]:
    """Return every token of the tokeniser in `directory`, special ones too; `ModelMissing` if none.

    Needs protobuf where there is a SentencePiece model only.
    """
    tokeniser = _open_tokeniser(directory)
    special = [*tokeniser.all_special_tokens, *getattr(tokeniser, "lang_token_to_id", ())]
    numbers = {token: int(tokeniser.convert_tokens_to_ids(token)) for token in special}
    return {**tokeniser.get_vocab(), **numbers}


def _open_tokeniser(directory: Path) -> Any:
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(directory, local_files_only=True)
    except Exception as error:  # each class raises its own
        lines = str(error).strip().splitlines() or [repr(error)]
        raise ModelMissing(f"{directory}: the tokeniser cannot be loaded: {lines[0]}") from error


class TransformersEngine:
    """A `Seq2SeqEngine` on any `AutoModelForSeq2SeqLM` in a local directory."""

    def __init__(self, directory: Path, device: str = "cpu", threads: int = 0) -> None:
        try:
            import torch
        except ImportError as error:
            raise ModelMissing("The transformers engine needs torch, which is absent.") from error
        from transformers import AutoModelForSeq2SeqLM

        if threads:
            torch.set_num_threads(threads)
        self._tokeniser = _open_tokeniser(directory)
        try:
            self._model: Any = AutoModelForSeq2SeqLM.from_pretrained(
                directory, local_files_only=True, dtype=torch.float32
            )
        except (OSError, ValueError) as error:
            raise ModelMissing(f"{directory}: cannot be loaded: {error}") from error
        self._model.to(device).eval()
        self._ends = _read_ends(self._model)

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
        from transformers import GenerationConfig

        inputs = self._pad([self._number(item.tokens) for item in batch])
        forced = [
            [self._ends["decoder_start_token_id"], *self._number(item.target_prefix)]
            for item in batch
        ]
        prefix = torch.tensor(forced, device=self._model.device)
        forced_tokens = prefix.shape[1] - 1
        options = GenerationConfig(
            **self._ends,
            num_beams=max(settings.beam_size, settings.hypotheses),
            num_return_sequences=settings.hypotheses,
            do_sample=False,
            max_new_tokens=settings.max_output_tokens - forced_tokens,
            min_new_tokens=max(0, settings.min_output_tokens - forced_tokens),
            no_repeat_ngram_size=settings.no_repeat_ngram_size,
            repetition_penalty=settings.repetition_penalty,
            length_penalty=settings.length_penalty,
            output_scores=True,
            return_dict_in_generate=True,
        )
        with torch.inference_mode():
            output = self._model.generate(
                **inputs, decoder_input_ids=prefix, generation_config=options
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
        ids: list[int] = self._tokeniser.convert_tokens_to_ids(list(tokens))
        return ids

    def _name(self, ids: Sequence[int]) -> tuple[str, ...]:
        """Return the tokens up to the end token."""
        end = self._ends["eos_token_id"]
        kept = list(itertools.takewhile(lambda number: number != end, ids))
        # Weights are padded to round numbers of tokens; those beyond the vocabulary have no name.
        return tuple(filter(None, self._tokeniser.convert_ids_to_tokens(kept)))

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


def _read_ends(model: Any) -> dict[str, Any]:
    """Return what a model starts and ends with, and leave it no other settings of its own.

    They would override what is asked for, such as BART's least length. Marian forbids its padding
    token, which its vocabulary elsewhere does not have.
    """
    from transformers import GenerationConfig

    def find(name: str) -> Any:
        own = getattr(model.generation_config, name, None)
        return getattr(model.config, name, None) if own is None else own

    end = find("eos_token_id")
    found = {
        "decoder_start_token_id": find("decoder_start_token_id"),
        "eos_token_id": end[0] if isinstance(end, list) else end,
        "pad_token_id": find("pad_token_id"),
        "bad_words_ids": find("bad_words_ids"),
    }
    model.generation_config = GenerationConfig(**found)
    return found
