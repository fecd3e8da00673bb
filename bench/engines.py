"""The engines side by side: the embedded translator by CTranslate2 int8 and by transformers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.articles import read_sentences
from bench.figures import Figure
from models.catalogue import Means, find_entry, open_model
from models.engines.ctranslate2 import count_cores
from models.engines.transformers import TransformersEngine
from models.entries import CatalogueEntry
from models.protocols import GenerationSettings, TokenisedInput
from models.tokenisation import Tokeniser

SENTENCES = 200
ROUNDS = 5
BARE_BATCHES = (8, 16, 32, 64)
SLOW_BATCH = 32
GREEDY = GenerationSettings(beam_size=1, max_output_tokens=128)


def _choose_sentences(entry: CatalogueEntry, tokeniser: Tokeniser) -> list[str]:
    """Return so many sentences that the model reads whole; `seeds/` has fewer, so some again."""
    fitting = [s for s in read_sentences() if len(tokeniser.encode(s)) < entry.max_input_tokens]
    return [fitting[i % len(fitting)] for i in range(SENTENCES)]


def _time(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _open_bare_loop(
    entry: CatalogueEntry, inputs: Sequence[TokenisedInput]
) -> Callable[[int], object]:
    """Return CTranslate2 alone, on sentences that are tokens already, by batch size."""
    import ctranslate2

    translator = ctranslate2.Translator(
        str(entry.directory / "ctranslate2"),
        compute_type="int8",
        inter_threads=count_cores(),
        intra_threads=1,
    )
    tokens = [list(item.tokens) for item in inputs]
    prefix = [list(item.target_prefix) for item in inputs]
    longest = GREEDY.max_output_tokens
    options = {"beam_size": 1, "max_decoding_length": longest, "use_vmap": True}
    return lambda size: translator.translate_batch(tokens, prefix, max_batch_size=size, **options)


def _time_transformers(entry: CatalogueEntry, inputs: Sequence[TokenisedInput]) -> float:
    """Return the seconds of transformers in float32, batched alike: by length, all cores.

    The best of some rounds, each five times as long as one of the others.
    """
    engine = TransformersEngine(entry.directory, "cpu", count_cores())
    batches = [inputs[i : i + SLOW_BATCH] for i in range(0, len(inputs), SLOW_BATCH)]
    engine.generate(inputs[:2], GREEDY)
    times = [
        _time(lambda: [engine.generate(batch, GREEDY) for batch in batches]) for _ in range(ROUNDS)
    ]
    return min(times)


def measure() -> list[Figure]:
    """Return sentences per second against transformers and against the bare engine."""
    entry = find_entry("translate", "embedded", Path())
    tokeniser = Tokeniser(entry.directory)
    sentences = _choose_sentences(entry, tokeniser)
    inputs = [entry.frame.build(tokeniser.encode(s), "en", "fr") for s in sentences]
    inputs.sort(key=lambda item: len(item.tokens))
    model, loop = open_model(entry, Means()), _open_bare_loop(entry, inputs)
    ours: list[float] = []
    bare: list[float] = []
    # As often as the bare loop at all its sizes: the best of more is better by chance alone.
    for size in BARE_BATCHES * ROUNDS:
        ours.append(_time(lambda: model.generate(sentences, target="fr", settings=GREEDY)))
        bare.append(_time(lambda size=size: loop(size)))  # type: ignore[misc]
    slow = _time_transformers(entry, inputs)
    name = f"translation of {SENTENCES} sentences, int8"
    fast, unit = SENTENCES / min(ours), "sentences/s"
    return [
        Figure(name, fast, "transformers, float32", SENTENCES / slow, unit, "≥ 6"),
        Figure(
            "the same, text to text",
            fast,
            "a bare CTranslate2 loop, tokens to tokens",
            SENTENCES / min(bare),
            unit,
            "≥ 0.95",
        ),
    ]
