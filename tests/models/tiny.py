"""Tiny models with random weights and a small SentencePiece vocabulary, made on the spot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from ctranslate2.converters import TransformersConverter
from transformers import (
    M2M100Config,
    M2M100ForConditionalGeneration,
    T5Config,
    T5ForConditionalGeneration,
)

from models.training.vocabulary import EOS_ID, PAD_ID, build_tokenizer, train_vocabulary

LINES = [
    f"The {colour} {thing} of {place} cost {number} euros on {day}, the mayor said."
    for colour in ("old", "new", "red", "long")
    for thing in ("bridge", "harbour", "library", "train")
    for place in ("Ellery", "Brandmoor", "Triest")
    for number, day in ((12, "Monday"), (345, "Friday"), (7, "Sunday"))
]
VOCABULARY = 420


def _m2m100(size: int) -> Any:
    config = M2M100Config(
        vocab_size=size,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=128,
        pad_token_id=PAD_ID,
        eos_token_id=EOS_ID,
        decoder_start_token_id=EOS_ID,
    )
    return M2M100ForConditionalGeneration(config)


def _t5(size: int) -> Any:
    config = T5Config(
        vocab_size=size,
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_heads=4,
        pad_token_id=PAD_ID,
        eos_token_id=EOS_ID,
        decoder_start_token_id=PAD_ID,
    )
    return T5ForConditionalGeneration(config)


FAMILIES = {"m2m100": _m2m100, "t5": _t5}


def make_model(family: str, folder: Path) -> Path:
    """Write a model of `family` as the hub lays it out, and its conversion in `ctranslate2/`."""
    tokeniser = build_tokenizer(train_vocabulary(LINES, folder / "spm", VOCABULARY))
    torch.manual_seed(7)
    model = FAMILIES[family](len(tokeniser))
    with torch.no_grad():  # fresh weights are so small that every output is the same token
        for name, weight in model.named_parameters():
            weight.add_((0.0 if "shared" in name else 0.4) * torch.randn_like(weight))
    model.save_pretrained(folder)
    tokeniser.save_pretrained(folder)
    TransformersConverter(str(folder)).convert(str(folder / "ctranslate2"))
    return folder
