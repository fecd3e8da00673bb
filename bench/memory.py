"""Memory: of a conversion, and of serving the same weights by CTranslate2 int8 and by torch.

Each figure is of a process of its own; what its imports hold is taken off. The weights are an
M2M100's with random values, about 430 MB of float32.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.figures import Figure, write_table

SIZES = {
    "d_model": 512,
    "encoder_layers": 6,
    "decoder_layers": 6,
    "encoder_attention_heads": 8,
    "decoder_attention_heads": 8,
    "encoder_ffn_dim": 2048,
    "decoder_ffn_dim": 2048,
    "vocab_size": 128112,
}
_READ = """
import json, sys
from pathlib import Path
folder = Path(sys.argv[1])
def resident(name="VmRSS"):
    line = next(l for l in open("/proc/self/status") if l.startswith(name))
    return int(line.split()[1]) * 1024
"""
# What is resident while a conversion runs, at the most, private pages and mapped file alike; not
# getrusage's, which begins with what the parent process held.
_CONVERT = (
    _READ
    + """
import torch, transformers
from transformers import AutoModelForSeq2SeqLM, M2M100Tokenizer
from transformers import M2M100Config, M2M100ForConditionalGeneration
from ctranslate2.converters import TransformersConverter
from models.engines.conversion import convert
before = resident()
convert(folder, folder / "ctranslate2")
print(json.dumps(resident("VmHWM") - before))
"""
)
_SERVE = (
    _READ
    + """
import ctranslate2
from models.engines.ctranslate2 import CTranslate2Engine
from models.protocols import GenerationSettings, TokenisedInput
before = resident()
engine = CTranslate2Engine(folder / "ctranslate2", compute_type="int8")
engine.generate([TokenisedInput(("__en__", "</s>"), ("__fr__",))], GenerationSettings())
print(json.dumps(resident() - before))
"""
)
_SERVE_TORCH = (
    _READ
    + """
import torch
from models.engines.transformers import TransformersEngine
from models.protocols import GenerationSettings, TokenisedInput
from transformers import AutoModelForSeq2SeqLM, M2M100Tokenizer
before = resident()
engine = TransformersEngine(folder, "cpu", 1)
engine.generate([TokenisedInput(("__en__", "</s>"), ("__fr__",))], GenerationSettings())
print(json.dumps(resident() - before))
"""
)


def measure() -> list[Figure]:
    """Return the peak of a conversion against its weights, and int8 against torch's float32."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        weights = _make_model(folder)
        converting, serving, torch_serving = (
            _run(script, folder) / 1e6 for script in (_CONVERT, _SERVE, _SERVE_TORCH)
        )
    return [
        Figure(
            "peak of a conversion to int8", converting, "its weights", weights / 1e6, "MB", "≤ 2"
        ),
        Figure("serving in int8", serving, "torch float32", torch_serving, "MB", "≤ 0.4"),
    ]


def _make_model(folder: Path) -> int:
    """Write the model as the hub lays it out; return the size of its weights."""
    import sentencepiece
    from transformers import M2M100Config, M2M100ForConditionalGeneration

    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["The bridge of the harbour was closed on Monday."] * 50),
        model_prefix=str(folder / "sentencepiece.bpe"),
        vocab_size=60,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    tokens = ["<s>", "<pad>", "</s>", "<unk>", *(f"token{n}" for n in range(4, 128004))]
    vocabulary = json.dumps({token: number for number, token in enumerate(tokens)})
    (folder / "vocab.json").write_text(vocabulary)
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "M2M100Tokenizer"}')
    M2M100ForConditionalGeneration(
        M2M100Config(**SIZES)  # type: ignore[arg-type]  # sizes only
    ).save_pretrained(folder)
    return (folder / "model.safetensors").stat().st_size


def _run(script: str, folder: Path) -> float:
    command = [sys.executable, "-c", script, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    print(write_table(measure()))
