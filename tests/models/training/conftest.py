"""A tiny world for the recipe: a few sentences, their tokenizer and an aligned corpus."""

import lzma
from pathlib import Path

import pytest
import torch
from transformers import PreTrainedTokenizerFast

from models.training.alignment import identity_links
from models.training.corpus import Corpus, encode_pairs
from models.training.network import Network, Shape
from models.training.text import Pair, normalise
from models.training.vocabulary import build_tokenizer, train_vocabulary

NOUNS = ("cat", "dog", "house", "river", "minister", "market", "train", "garden", "letter", "film")
VERBS = ("sees", "likes", "finds", "remembers", "describes", "follows", "forgets", "paints")
SENTENCES = [
    normalise(f"The {one} {verb} the {other} of {number} “old” people.")
    for number, one in enumerate(NOUNS)
    for verb in VERBS
    for other in NOUNS
]


@pytest.fixture(scope="session")
def spm_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_vocabulary(SENTENCES, tmp_path_factory.mktemp("vocabulary") / "spm", 340)


@pytest.fixture(scope="session")
def tokenizer(spm_path: Path) -> PreTrainedTokenizerFast:
    return build_tokenizer(spm_path)


@pytest.fixture(scope="session")
def corpus(tokenizer: PreTrainedTokenizerFast) -> Corpus:
    pairs = [Pair("copy", text, text) for text in SENTENCES]
    sources, targets, tokens, origins = encode_pairs(tokenizer, pairs, "__fr__")
    return Corpus(sources, targets, identity_links(sources, targets), tokens, origins)


@pytest.fixture
def network(tokenizer: PreTrainedTokenizerFast) -> Network:
    torch.manual_seed(1)
    shape = Shape(len(tokenizer), 32, 2, 64, encoder_layers=2, decoder_layers=2, dropout=0.0)
    network = Network(shape)
    network.initialise(torch.nn.functional.normalize(torch.randn(len(tokenizer), 32), dim=1))
    return network


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of parallel text, laid out as the translator's recipe wants it."""
    folder = tmp_path_factory.mktemp("data")
    for code in ("fr", "de", "es"):
        rows = [
            f"news\tThe {noun} {verb} number {n}.\tLe{code} {noun}{code} {verb}{code} {n}.\n"
            for n, noun in enumerate(NOUNS)
            for verb in VERBS
        ]
        for name, part in {"train": rows[10:], "docs": rows[10:12], "dev": rows[:10]}.items():
            with lzma.open(folder / f"{name}.en-{code}.tsv.xz", "wt", encoding="utf-8") as file:
                file.writelines(part)
    return folder
