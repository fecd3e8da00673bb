"""Conversion: a model of the hub's layout becomes one of CTranslate2's; needs torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.engines.transformers import list_vocabulary
from models.protocols import ModelMissing

# CTranslate2's converter asks the configuration; transformers 5 no longer has these by itself.
_LAYER_NORMS = {
    "bart": {"normalize_before": False, "normalize_embedding": True},
    "mbart": {"normalize_before": True, "normalize_embedding": True},
    "pegasus": {"normalize_before": True, "normalize_embedding": False},
}


def convert(source: Path, target: Path, quantisation: str = "int8") -> None:
    """Write the model in `source` to `target` as CTranslate2 reads it; raises `ModelMissing`.

    Weights are read through memory maps and written layer by layer: the peak is one copy in the
    precision they are stored in, and the quantised one.
    """
    try:
        import torch
        from ctranslate2.converters import TransformersConverter
    except ImportError as error:
        raise ModelMissing(f"Converting needs torch and transformers: {error}") from error

    class Converter(TransformersConverter):
        def load_model(self, model_class: Any, path: str, **options: Any) -> Any:
            config = options["config"]
            for name, value in _LAYER_NORMS.get(config.model_type, {}).items():
                if getattr(config, name, None) is None:
                    setattr(config, name, value)
            model = super().load_model(model_class, path, **options)
            if config.model_type == "mbart" and _starts_with_end(model):
                model.config.tokenizer_class = "MBart50Tokenizer"
            return model

        def load_tokenizer(self, tokenizer_class: Any, path: str, **options: Any) -> Any:
            tokeniser = super().load_tokenizer(tokenizer_class, path, **options)
            vocabulary = list_vocabulary(Path(path))  # with M2M100's codes, which it leaves out
            tokeniser.get_vocab = lambda: vocabulary
            if tokeniser.bos_token is None and tokeniser.cls_token is not None:
                tokeniser.bos_token = tokeniser.cls_token  # mBART-50's; null cannot be loaded
            return tokeniser

    try:
        with torch.inference_mode():
            Converter(str(source), low_cpu_mem_usage=True).convert(
                str(target), quantization=quantisation
            )
    except OSError:
        raise
    except Exception as error:  # whatever the libraries make of damaged files
        lines = str(error).strip().splitlines() or [repr(error)]
        raise ModelMissing(f"{source}: the weights cannot be converted: {lines[0]}") from error


def _starts_with_end(model: Any) -> bool:
    """Tell mBART-50, which starts from the end token, from the first mBART, which has a code."""
    places = (model.config, model.generation_config)
    starts = [getattr(place, "decoder_start_token_id", None) for place in places]
    return model.config.eos_token_id in starts
