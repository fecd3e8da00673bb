"""Owns the export: a trained network as M2M100 files, a CTranslate2 int8 model and their facts."""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import torch
from ctranslate2.converters import TransformersConverter
from torch import Tensor
from transformers import M2M100Config, M2M100ForConditionalGeneration, PreTrainedTokenizerFast

from models.training.network import Network, Shape
from models.training.vocabulary import BOS_ID, EOS_ID, PAD_ID


def m2m100_config(shape: Shape) -> M2M100Config:
    """Return the configuration of a network of this shape as a Hugging Face M2M100."""
    return M2M100Config(
        vocab_size=shape.vocabulary,
        d_model=shape.width,
        encoder_layers=shape.encoder_layers,
        decoder_layers=shape.decoder_layers,
        encoder_attention_heads=shape.heads,
        decoder_attention_heads=shape.heads,
        encoder_ffn_dim=shape.inner,
        decoder_ffn_dim=shape.inner,
        max_position_embeddings=shape.max_positions,
        activation_function="relu",
        dropout=shape.dropout,
        attention_dropout=0.0,
        encoder_layerdrop=0.0,
        decoder_layerdrop=0.0,
        scale_embedding=True,
        bos_token_id=BOS_ID,
        pad_token_id=PAD_ID,
        eos_token_id=EOS_ID,
        decoder_start_token_id=EOS_ID,
        tie_word_embeddings=True,
    )


def m2m100_weights(state: Mapping[str, Tensor], shape: Shape) -> dict[str, Tensor]:
    """Return a network's weights under M2M100's names, float32, with zero biases."""
    weights = {"model.shared.weight": state["embedding.weight"]}
    for side, count in (("encoder", shape.encoder_layers), ("decoder", shape.decoder_layers)):
        for kind in ("weight", "bias"):
            weights[f"model.{side}.layer_norm.{kind}"] = state[f"{side}_norm.{kind}"]
        for layer in range(count):
            mine, theirs = f"{side}.{layer}.", f"model.{side}.layers.{layer}."
            weights.update((theirs + name, value) for name, value in _layer(state, mine))
    return {name: value.detach().float().contiguous() for name, value in weights.items()}


def _layer(state: Mapping[str, Tensor], prefix: str) -> Iterator[tuple[str, Tensor]]:
    norms = {
        "self_norm": "self_attn_layer_norm",
        "cross_norm": "encoder_attn_layer_norm",
        "inner_norm": "final_layer_norm",
    }
    for mine, theirs in norms.items():
        for kind in ("weight", "bias"):
            if prefix + f"{mine}.{kind}" in state:
                yield f"{theirs}.{kind}", state[prefix + f"{mine}.{kind}"]
    linears = {
        "fc1": state[prefix + "widen.weight"],
        "fc2": state[prefix + "narrow.weight"],
        **_attention(state, prefix + "self_attention.", "self_attn."),
        **_attention(state, prefix + "cross_attention.", "encoder_attn."),
    }
    for name, weight in linears.items():
        yield name + ".weight", weight
        yield name + ".bias", torch.zeros(weight.shape[0])


def _attention(state: Mapping[str, Tensor], mine: str, theirs: str) -> dict[str, Tensor]:
    if mine + "output.weight" not in state:
        return {}
    mixed = state[mine + "mixed.weight"]
    names = (
        ["k_proj", "v_proj"] if mine + "query.weight" in state else ["q_proj", "k_proj", "v_proj"]
    )
    parts = dict(zip(names, mixed.chunk(len(names)), strict=True))
    parts["out_proj"] = state[mine + "output.weight"]
    if mine + "query.weight" in state:
        parts["q_proj"] = state[mine + "query.weight"]
    return {theirs + name: weight for name, weight in parts.items()}


def export_network(
    network: Network,
    state: Mapping[str, Tensor],
    tokenizer: PreTrainedTokenizerFast,
    folder: Path,
    dtype: torch.dtype = torch.float16,
) -> None:
    """Write the weights `state` as Hugging Face files, and their int8 form into `ctranslate2/`."""
    folder.mkdir(parents=True, exist_ok=True)
    model = M2M100ForConditionalGeneration(m2m100_config(network.shape))
    model.load_state_dict(m2m100_weights(state, network.shape), strict=False)
    model.tie_weights()
    cast(torch.nn.Module, model).to(dtype)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    convert(folder)


def convert(folder: Path) -> None:
    """Convert the Hugging Face files of `folder` to CTranslate2 int8 beside them."""
    target = folder / "ctranslate2"
    shutil.rmtree(target, ignore_errors=True)
    TransformersConverter(str(folder)).convert(str(target), quantization="int8")


def revision(folder: Path) -> str:
    """Return the first twelve hexadecimal digits of the SHA-256 of the weights."""
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()[:12]


def write_facts(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write what the catalogue reads, `precis.json`, the revision included."""
    text = json.dumps({**facts, "revision": revision(folder)}, ensure_ascii=False, indent=2)
    (folder / "precis.json").write_text(text + "\n", encoding="utf-8")
