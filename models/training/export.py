"""Owns the export: a trained network as M2M100 files, a CTranslate2 int8 model and their facts."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from ctranslate2.converters import TransformersConverter
from safetensors.torch import load_file
from torch import Tensor
from transformers import M2M100Config, M2M100ForConditionalGeneration, PreTrainedTokenizerFast

from models.lexicon import words_path
from models.names import FILE as NAMES
from models.training.network import Network, Shape
from models.training.vocabulary import BOS_ID, EOS_ID, PAD_ID, SPECIAL_TOKENS

SHORTLIST = "vmap.txt"  # CTranslate2's name
# What a language's text has less often is a stray word of another.
TARGET_TIMES = 5
_BYTE_OR_CHARACTER = re.compile(r"<0x..>|▁?\S?")
EMBEDDING = "model.shared.weight"
_CONFIGURED = {
    "vocabulary": "vocab_size",
    "width": "d_model",
    "heads": "encoder_attention_heads",
    "inner": "encoder_ffn_dim",
    "encoder_layers": "encoder_layers",
    "decoder_layers": "decoder_layers",
    "dropout": "dropout",
    "max_positions": "max_position_embeddings",
}
# What stands in the network's names, and what stands there in M2M100's.
_RENAMED = {
    "encoder_norm": "encoder.layer_norm",
    "decoder_norm": "decoder.layer_norm",
    "self_norm": "self_attn_layer_norm",
    "cross_norm": "encoder_attn_layer_norm",
    "inner_norm": "final_layer_norm",
    "self_attention": "self_attn",
    "cross_attention": "encoder_attn",
    "output": "out_proj",
    "query": "q_proj",
    "widen": "fc1",
    "narrow": "fc2",
}


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


def m2m100_weights(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return a network's weights under M2M100's names, float32, with zero biases."""
    weights: dict[str, Tensor] = {}
    for name, value in state.items():
        names = _name_parts(name)
        for theirs, part in zip(names, value.detach().float().chunk(len(names)), strict=True):
            weights[theirs] = part.contiguous()
            if value.ndim == 2 and theirs != EMBEDDING:
                weights[theirs.removesuffix("weight") + "bias"] = torch.zeros(len(part))
    return weights


def load_network(folder: Path) -> Network:
    """Return the network whose weights `export_network` wrote to `folder`."""
    known = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    network = Network(Shape(**{mine: known[theirs] for mine, theirs in _CONFIGURED.items()}))
    theirs = load_file(folder / "model.safetensors")
    state = {
        name: torch.cat([theirs[part] for part in _name_parts(name)])
        for name in network.state_dict()
    }
    network.load_state_dict(state)
    return network


def _name_parts(name: str) -> list[str]:
    """Return M2M100's names of the equal parts that a weight of the network consists of."""
    if name == "embedding.weight":
        return [EMBEDDING]
    parts = ["k_proj", "v_proj"] if "cross_attention" in name else ["q_proj", "k_proj", "v_proj"]
    name = "model." + re.sub(r"(?<=coder)\.(?=\d)", ".layers.", name)
    for mine, theirs in _RENAMED.items():
        name = name.replace(mine, theirs)
    return [name.replace("mixed", part) for part in parts] if "mixed" in name else [name]


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
    model.load_state_dict(m2m100_weights(state), strict=False)
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


def choose_pieces(
    tokenizer: PreTrainedTokenizerFast, counts: npt.NDArray[np.int64]
) -> dict[int, str]:
    """Return the pieces that a translator may write, by identifier.

    `counts` says how often each has been a target. Bytes and single characters stay, so that
    everything can be written, and so do the special tokens.
    """
    pieces = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    return {
        index: piece
        for index, piece in enumerate(pieces)
        if counts[index] >= TARGET_TIMES
        or index < len(SPECIAL_TOKENS)
        or _BYTE_OR_CHARACTER.fullmatch(piece)
    }


def write_shortlist(folder: Path, pieces: Iterable[str]) -> None:
    """Have the CTranslate2 model of `folder` choose among `pieces`.

    The list is CTranslate2's vocabulary map with the empty n-gram alone: the same pieces for every
    sentence, whatever else is in its batch.
    """
    path = folder / "ctranslate2" / SHORTLIST
    path.write_text(f"\t{' '.join(pieces)}\n", encoding="utf-8")


def revision(folder: Path) -> str:
    """Return twelve hexadecimal digits of the SHA-256 of the files that answers depend on.

    That is the weights, the shortlist, and the lists of names and words.
    """
    lists = folder / NAMES, *sorted(folder.glob(words_path(folder, "*").name))
    parts = folder / "model.safetensors", folder / "ctranslate2" / SHORTLIST, *lists
    content = b"".join(part.read_bytes() for part in parts if part.exists())
    return hashlib.sha256(content).hexdigest()[:12]


def write_facts(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write what the catalogue reads, `precis.json`, the revision included."""
    text = json.dumps({**facts, "revision": revision(folder)}, ensure_ascii=False, indent=2)
    (folder / "precis.json").write_text(text + "\n", encoding="utf-8")
