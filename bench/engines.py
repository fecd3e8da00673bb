"""The engines side by side: the embedded translator by CTranslate2 int8 and by transformers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.server import ROOT
from models.catalogue import Means, find_entry, open_model
from models.engines.ctranslate2 import count_cores
from models.protocols import GenerationSettings, TextModel
from models.reader import TextReader
from models.text_model import Tokeniser

BATCH_SENTENCES = 32
GREEDY = GenerationSettings(beam_size=1, max_output_tokens=128)


def _sentences(limit_tokens: int, tokeniser: Tokeniser) -> list[str]:
    """Return the English sentences of `seeds/` that the model reads whole."""
    reader = TextReader()
    texts = [p.read_text(encoding="utf-8") for p in sorted((ROOT / "seeds").rglob("en-*.txt"))]
    found = [s.text for text in texts for s in reader.read(text, "en").sentences]
    return [s for s in found if len(tokeniser.encode(s)) <= limit_tokens]


def _time_model(model: TextModel, sentences: Sequence[str]) -> float:
    """Return sentences per second, greedy, in batches of `BATCH_SENTENCES`."""
    model.generate(sentences[:4], target="fr", settings=GREEDY)
    started = time.perf_counter()
    for start in range(0, len(sentences), BATCH_SENTENCES):
        model.generate(sentences[start : start + BATCH_SENTENCES], target="fr", settings=GREEDY)
    return len(sentences) / (time.perf_counter() - started)


def _time_bare_loop(directory: Path, tokeniser: Tokeniser, sentences: Sequence[str]) -> float:
    """Return sentences per second of CTranslate2 alone, on sentences that are tokens already."""
    import ctranslate2

    translator = ctranslate2.Translator(
        str(directory / "ctranslate2"), compute_type="int8", inter_threads=count_cores()
    )
    tokens = sorted((list(tokeniser.encode(s)) for s in sentences), key=len)
    prefix = [["__fr__"]] * len(tokens)
    options = {"beam_size": 1, "max_decoding_length": GREEDY.max_output_tokens}
    translator.translate_batch(tokens[:4], prefix[:4], **options)
    started = time.perf_counter()
    translator.translate_batch(tokens, prefix, max_batch_size=BATCH_SENTENCES // 2, **options)
    return len(sentences) / (time.perf_counter() - started)


def measure() -> dict[str, float]:
    """Return the figures, names with their units."""
    entry = find_entry("translate", "embedded", Path())
    tokeniser = Tokeniser(entry.directory)
    sentences = _sentences(entry.max_input_tokens, tokeniser)
    fast = _time_model(open_model(entry, Means("ctranslate2")), sentences)
    bare = _time_bare_loop(entry.directory, tokeniser, sentences)
    slow = _time_model(open_model(entry, Means("transformers")), sentences)
    beam = replace(entry, settings=replace(GREEDY, beam_size=entry.settings.beam_size))
    model = open_model(beam, Means("ctranslate2"))
    started = time.perf_counter()
    model.generate(sentences, target="fr")
    return {
        "sentences translated": len(sentences),
        "sentences per second, int8, greedy": fast,
        "sentences per second, int8, as shipped": len(sentences) / (time.perf_counter() - started),
        "int8 / transformers float32": fast / slow,
        "through the micro-batcher / bare CTranslate2 loop": fast / bare,
    }
