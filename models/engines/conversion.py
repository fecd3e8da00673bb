"""Conversion: a model of the hub's layout becomes one of CTranslate2's; needs torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from models.engines.transformers import list_vocabulary
from models.protocols import ModelMissing

# CTranslate2's converter asks the configuration; transformers 5 no longer has these by itself.
_LAYER_NORMS = {
    "bart": {"normalize_before": False, "normalize_embedding": True},
    "mbart": {"normalize_before": True, "normalize_embedding": True},
    "pegasus": {"normalize_before": True, "normalize_embedding": False},
}

_BLOCK_ROWS = 4096


def convert(source: Path, target: Path, quantisation: str = "int8") -> None:
    """Write the model in `source` to `target` as CTranslate2 reads it; raises `ModelMissing`.

    Weights are read through a memory map that is never written to, and quantised a block of rows
    at a time: what is held is the map, the quantised copy and what the converter joins.
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

        def write(self) -> None:
            spec = self._load()
            spec.validate()
            if quantisation == "int8":
                _quantise(spec)
            else:
                spec.optimize(quantisation)
            target.mkdir(parents=True)
            spec.save(str(target))

    try:
        with torch.inference_mode():
            Converter(str(source), low_cpu_mem_usage=True).write()
    except OSError:
        raise
    except Exception as error:  # whatever the libraries make of damaged files
        lines = str(error).strip().splitlines() or [repr(error)]
        raise ModelMissing(f"{source}: the weights cannot be converted: {lines[0]}") from error


def _quantise(spec: Any) -> None:
    """Put int8 in place of a specification's weights, as CTranslate2's own converter would.

    That one multiplies whole weights in place, which copies the map, and rounds into another copy:
    of an embedding that is most of a model. A test holds both to the same bytes.
    """
    from ctranslate2.specs.model_spec import NumpyVariable, Variable, visit_spec

    def replace(layer: Any, name: str, value: Any) -> None:
        key = name.rpartition("/")[2]
        if isinstance(value, Variable) and not value.is_scalar() and hasattr(layer, f"{key}_scale"):
            weight, scale = _quantise_rows(value.to("float32").numpy())
            setattr(layer, key, NumpyVariable(weight))
            setattr(layer, f"{key}_scale", NumpyVariable(scale))

    spec._alias_variables()
    visit_spec(spec, replace)


def _quantise_rows(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a matrix as int8 and what each row was multiplied by."""
    quantised = np.empty(weight.shape, np.int8)
    scales = np.empty(weight.shape[0], np.float32)
    for start in range(0, len(weight), _BLOCK_ROWS):
        rows = weight[start : start + _BLOCK_ROWS]
        largest = np.amax(np.absolute(rows), axis=1)
        largest[largest == 0] = 127.0
        largest = np.maximum(largest, np.float32(127) / np.finfo(np.float32).max)
        scales[start : start + _BLOCK_ROWS] = 127.0 / largest
        scaled = rows * scales[start : start + _BLOCK_ROWS, np.newaxis]
        quantised[start : start + _BLOCK_ROWS] = np.rint(scaled).astype(np.int8)
    return quantised, scales


def _starts_with_end(model: Any) -> bool:
    """Tell mBART-50, which starts from the end token, from the first mBART, which has a code."""
    places = (model.config, model.generation_config)
    starts = [getattr(place, "decoder_start_token_id", None) for place in places]
    return model.config.eos_token_id in starts
