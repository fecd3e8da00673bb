"""What every engine must do, and that all of them give the same tokens under greedy search."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.engines.ctranslate2 import CTranslate2Engine
from models.engines.transformers import TransformersEngine
from models.protocols import (
    GenerationSettings,
    ModelError,
    ModelMissing,
    Seq2SeqEngine,
    TokenisedInput,
)
from models.tokenisation import Tokeniser
from tests.models.tiny import FAMILIES, LINES, make_model

GREEDY = GenerationSettings(max_output_tokens=24)


def open_ctranslate2(folder: Path) -> Seq2SeqEngine:
    return CTranslate2Engine(folder / "ctranslate2", compute_type="float32")


ENGINES = {"ctranslate2": open_ctranslate2, "transformers": TransformersEngine}


@pytest.fixture(scope="module", params=FAMILIES)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, folder: Path) -> Seq2SeqEngine:
    return ENGINES[request.param](folder)


def prepare(folder: Path, texts: list[str], prefix: tuple[str, ...] = ()) -> list[TokenisedInput]:
    tokeniser = Tokeniser(folder)
    return [TokenisedInput((*tokeniser.encode(text), "</s>"), prefix) for text in texts]


@pytest.mark.parametrize("prefix", [(), ("__fr__",)])
@pytest.mark.parametrize("ngram", [0, 3])
def test_both_engines_give_the_same_tokens(folder: Path, prefix: tuple, ngram: int) -> None:
    batch = prepare(folder, LINES[:12], prefix)
    settings = GenerationSettings(max_output_tokens=24, no_repeat_ngram_size=ngram)
    outputs = [
        [found[0].tokens for found in open_engine(folder).generate(batch, settings)]
        for open_engine in ENGINES.values()
    ]
    assert outputs[0] == outputs[1]
    assert len(set(outputs[0])) > 1
    assert all(set(tokens).isdisjoint({"</s>", "__fr__"}) for tokens in outputs[0])


def test_order_is_kept_whatever_the_lengths(folder: Path, engine: Seq2SeqEngine) -> None:
    texts = [LINES[0], "The", LINES[1] + " " + LINES[2], "old bridge", LINES[3]]
    together = engine.generate(prepare(folder, texts), GREEDY)
    apart = [engine.generate(prepare(folder, [text]), GREEDY)[0] for text in texts]
    assert [found[0].tokens for found in together] == [found[0].tokens for found in apart]


def test_inputs_with_different_forced_tokens_share_a_batch(folder, engine) -> None:
    batch = [*prepare(folder, [LINES[0]], ("__fr__",)), *prepare(folder, [LINES[0]])]
    forced, free = engine.generate(batch, GREEDY)
    assert forced[0].tokens == engine.generate(batch[:1], GREEDY)[0][0].tokens
    assert free[0].tokens == engine.generate(batch[1:], GREEDY)[0][0].tokens


def test_as_many_hypotheses_come_back_as_asked_for_best_first(folder, engine) -> None:
    settings = GenerationSettings(beam_size=4, hypotheses=3, max_output_tokens=12)
    for found in engine.generate(prepare(folder, LINES[:2]), settings):
        scores = [hypothesis.score for hypothesis in found]
        assert len(scores) == 3
        assert scores == sorted(scores, reverse=True)


def test_an_empty_batch_is_no_work(engine: Seq2SeqEngine) -> None:
    assert engine.generate([], GREEDY) == []


def test_a_closed_engine_refuses(folder: Path, engine: Seq2SeqEngine) -> None:
    engine.close()
    with pytest.raises(ModelError):
        engine.generate(prepare(folder, LINES[:1]), GREEDY)


@pytest.mark.parametrize("open_engine", ENGINES.values(), ids=ENGINES)
def test_absent_weights_are_named(open_engine, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=str(tmp_path)):
        open_engine(tmp_path)


def test_damaged_weights_are_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"not weights")
    with pytest.raises(ModelMissing, match="cannot be loaded"):
        CTranslate2Engine(tmp_path)
