"""Owns decoding with exported weights, in both engines, and the scores of what they say."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import torch
from sacrebleu.metrics import BLEU, CHRF
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

Generation = Mapping[str, Any]
GREEDY: Generation = {"beam_size": 1}
BATCH_ROWS = 32


class Int8Decoder:
    """Decodes with the CTranslate2 weights of an exported folder."""

    name = "CTranslate2 int8"

    def __init__(self, folder: Path, threads: int = 2, replicas: int = 1) -> None:
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._model = ctranslate2.Translator(
            str(folder / "ctranslate2"),
            compute_type="int8",
            intra_threads=threads,
            inter_threads=replicas,
        )

    def decode(
        self, texts: Sequence[str], target_token: str, generation: Generation = GREEDY
    ) -> list[str]:
        """Return the best output for each text; `generation` is in CTranslate2's names."""
        encoded = self._tokenizer(list(texts), split_special_tokens=True)["input_ids"]
        sources = [self._tokenizer.convert_ids_to_tokens(ids) for ids in encoded]
        results = self._model.translate_batch(
            sources,
            target_prefix=[[target_token]] * len(sources),
            max_batch_size=BATCH_ROWS,
            use_vmap=True,
            **generation,
        )
        outputs = [result.hypotheses[0][1:] for result in results]
        return [
            str(self._tokenizer.decode(self._tokenizer.convert_tokens_to_ids(tokens))).strip()
            for tokens in outputs
        ]


class FloatDecoder:
    """Decodes with the Hugging Face weights of an exported folder, in float32."""

    name = "transformers float32"

    def __init__(self, folder: Path) -> None:
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._model = AutoModelForSeq2SeqLM.from_pretrained(folder, dtype=torch.float32).eval()

    @torch.inference_mode()
    def decode(
        self, texts: Sequence[str], target_token: str, generation: Generation = GREEDY
    ) -> list[str]:
        """Return the best output for each text; `generation` is in CTranslate2's names."""
        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        outputs: dict[int, str] = {}
        for begin in range(0, len(order), BATCH_ROWS):
            rows = order[begin : begin + BATCH_ROWS]
            found = self._generate([texts[row] for row in rows], target_token, generation)
            outputs.update(zip(rows, found, strict=True))
        return [outputs[row] for row in range(len(texts))]

    def _generate(self, texts: list[str], target_token: str, generation: Generation) -> list[str]:
        encoded = self._tokenizer(
            texts, split_special_tokens=True, padding=True, return_tensors="pt"
        )
        ids = self._model.generate(
            input_ids=encoded["input_ids"],
            attention_mask=encoded["attention_mask"],
            forced_bos_token_id=self._tokenizer.convert_tokens_to_ids(target_token),
            max_new_tokens=256,
            **hugging_face_generation(generation),
        )
        texts = self._tokenizer.batch_decode(ids, skip_special_tokens=True)
        return [text.strip() for text in texts]


def hugging_face_generation(generation: Generation) -> dict[str, Any]:
    """Return CTranslate2's generation settings under Hugging Face's names."""
    names = {
        "beam_size": "num_beams",
        "no_repeat_ngram_size": "no_repeat_ngram_size",
        "repetition_penalty": "repetition_penalty",
        "length_penalty": "length_penalty",
    }
    return {names[name]: value for name, value in generation.items()}


@dataclass(frozen=True, slots=True)
class Score:
    """Scores of a set of outputs, their sacrebleu signatures, and sentences per second."""

    sentences: int
    chrf: float
    bleu: float
    chrf_signature: str
    bleu_signature: str
    sentences_per_second: float

    def lines(self) -> Iterator[str]:
        """Yield the scores for a reader."""
        yield f"chrF {self.chrf:.2f} ({self.chrf_signature})"
        yield f"BLEU {self.bleu:.2f} ({self.bleu_signature})"
        yield f"{self.sentences_per_second:.1f} sentences per second"


def score(
    decoder: Int8Decoder | FloatDecoder,
    sources: Sequence[str],
    references: Sequence[str],
    target_token: str,
    generation: Generation = GREEDY,
) -> Score:
    """Decode the sources and score the outputs against one reference each."""
    began = time.monotonic()
    outputs = decoder.decode(sources, target_token, generation)
    seconds = time.monotonic() - began
    chrf, bleu = CHRF(), BLEU()
    values = [metric.corpus_score(outputs, [list(references)]).score for metric in (chrf, bleu)]
    signatures = [str(metric.get_signature()) for metric in (chrf, bleu)]
    speed = len(sources) / seconds
    return Score(len(sources), values[0], values[1], signatures[0], signatures[1], speed)


def repeats(text: str, longest: int = 4, times: int = 3) -> bool:
    """Tell whether a run of one to `longest` words occurs `times` times in a row."""
    found = text.lower().split()
    return any(
        found[begin : begin + size * times] == found[begin : begin + size] * times
        for size in range(1, longest + 1)
        for begin in range(len(found) - size * times + 1)
    )
