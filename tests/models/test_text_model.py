"""Text in, text out: special tokens in articles are text, nothing is cut, outputs are bounded."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Sequence
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from models.catalogue import EMBEDDED
from models.framing import Frame
from models.protocols import GenerationSettings, Hypothesis, ModelMissing, TokenisedInput
from models.text_model import Seq2SeqTextModel
from models.tokenisation import Tokeniser
from tests.models.tiny import LINES, make_model


class EchoEngine:
    """An engine that gives back the source tokens, and records what it was given."""

    def __init__(self) -> None:
        self.batch: Sequence[TokenisedInput] = ()
        self.settings = GenerationSettings()

    def generate(self, batch, settings, deadline=None):
        self.batch, self.settings = batch, settings
        return [[Hypothesis(item.tokens[:-1], 0.0)] for item in batch]

    def close(self) -> None:
        self.batch = ()


@pytest.fixture(scope="module")
def tokeniser(tmp_path_factory: pytest.TempPathFactory) -> Tokeniser:
    return Tokeniser(make_model("m2m100", tmp_path_factory.mktemp("m2m100")))


def open_echo(tokeniser: Tokeniser, **options) -> tuple[Seq2SeqTextModel, EchoEngine]:
    engine = EchoEngine()
    settings = {"max_input_tokens": 64, "settings": GenerationSettings()} | options
    return Seq2SeqTextModel(tokeniser, engine, **settings), engine


def test_models_of_one_family_share_their_tokeniser_while_one_is_open(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
        shutil.copy(EMBEDDED / "translator" / "tokenizer.json", folder)
    one, other = (Tokeniser(folder) for folder in folders)
    assert one._pieces is other._pieces
    assert one._pieces is not Tokeniser(EMBEDDED / "rewriter")._pieces
    shared = weakref.ref(one._pieces)
    del one, other
    assert shared() is None


@pytest.mark.parametrize("text", [LINES[0], "Überraschung 日本 😀!", "a_b <c> 12,5 %"])
def test_text_survives_its_tokens(tokeniser: Tokeniser, text: str) -> None:
    model, _ = open_echo(tokeniser)
    assert model.generate([text]) == [[text]]


@pytest.mark.parametrize("text", ["</s>", "__fr__", "<pad> <unk>", "a </s> __en__ b", "<0x0A>"])
def test_what_looks_like_a_special_token_is_text(tokeniser: Tokeniser, text: str) -> None:
    model, engine = open_echo(tokeniser)
    assert model.generate([text]) == [[text]]
    special = {"</s>", "<pad>", "<unk>", "<s>", "__fr__", "__en__", "<0x0A>"}
    assert special.isdisjoint(engine.batch[0].tokens[:-1])


def test_the_target_is_forced_and_an_unknown_one_is_not(tokeniser: Tokeniser) -> None:
    model, engine = open_echo(tokeniser, frame=Frame(forced_tokens={"fr": "__fr__"}))
    model.generate([LINES[0]], target="fr")
    assert engine.batch[0].target_prefix == ("__fr__",)
    model.generate([LINES[0]])
    assert engine.batch[0].target_prefix == ()


def test_a_text_that_is_too_long_is_refused_and_never_cut(tokeniser: Tokeniser) -> None:
    model, _ = open_echo(tokeniser, max_input_tokens=8)
    with pytest.raises(ValueError, match="tokens"):
        model.generate([LINES[0]])


def test_outputs_are_bounded_by_the_input(tokeniser: Tokeniser) -> None:
    model, engine = open_echo(tokeniser, settings=GenerationSettings(max_output_tokens=512))
    model.generate(["The bridge."])
    assert engine.settings.max_output_tokens < 512


ODD = "‘Ça’ « naïve » </s> __fr__ a_b <c> <0x0A> 日本 😀 \x00 \u2028 ﬁ  12,5 %"


@pytest.mark.parametrize("text", [*LINES[:3], ODD, "", " "])
def test_the_file_alone_gives_the_tokens_that_transformers_gives(text: str) -> None:
    ours = Tokeniser(EMBEDDED / "translator")
    theirs = AutoTokenizer.from_pretrained(EMBEDDED / "translator")
    ids = theirs(text, split_special_tokens=True, add_special_tokens=False)["input_ids"]
    tokens = ours.encode(text)
    assert list(tokens) == theirs.convert_ids_to_tokens(ids)
    assert ours.decode([*tokens, "__fr__", "</s>"]) == theirs.decode(ids)


@pytest.mark.parametrize("damage", [b"{}", b"", b"\xff"], ids=repr)
def test_a_damaged_tokeniser_is_named(damage: bytes, tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_bytes(damage)
    with pytest.raises(ModelMissing, match=str(tmp_path)):
        Tokeniser(tmp_path)


def test_an_absent_tokeniser_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=str(tmp_path)):
        Tokeniser(tmp_path)
