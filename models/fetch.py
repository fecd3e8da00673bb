"""Fetching: `python -m models.fetch NAME…` downloads, verifies, converts and installs models.

A name is an id on the hub or a local directory, `NAME[@REVISION]`; without one the models of the
`hub` profile are meant. Needs torch, transformers and protobuf; serving what is installed needs
none of them, nor the network. `HF_HOME`, `HF_ENDPOINT`, `HF_TOKEN` and `HF_HUB_OFFLINE` are read
by huggingface_hub itself.
"""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from models.catalogue import Reference, read_reference
from models.engines.conversion import convert
from models.engines.ctranslate2 import CTranslate2Engine
from models.engines.transformers import list_vocabulary
from models.entries import read_revision
from models.hub import DEFAULTS, find_known, forbids_commerce
from models.installation import find_damaged, install
from models.protocols import GenerationSettings, ModelError, ModelMissing, TokenisedInput
from models.recognition import check_served, recognise
from models.tokenisation import Tokeniser

_SMALL = ["*.json", "*.model", "*.spm", "*.txt", "README.md"]
_WEIGHTS = (["*.safetensors"], ["pytorch_model*.bin"])
QUANTISATIONS = ("int8", "float16", "float32")

Convert = Callable[[Path, Path], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fetch each model named; return 1 where one could not be had, with one line for each."""
    options = _read_arguments(arguments)
    failed = False
    for name in options.names or [name for names in DEFAULTS.values() for name in names]:
        try:
            place = fetch(name, options.into, partial(convert, quantisation=options.quantisation))
            print(f"{name}: installed in {place}")
        except ModelError as error:
            failed = True
            print(f"error: {error}", file=sys.stderr)
    return int(failed)


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m models.fetch", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME[@REVISION]")
    parser.add_argument("--into", type=Path, default=Path("var/models"), metavar="DIRECTORY")
    parser.add_argument("--quantisation", choices=QUANTISATIONS, default="int8")
    return parser.parse_args(arguments)


def fetch(name: str, models_directory: Path, convert: Convert) -> Path:
    """Install one model and return where it lies; raises `ModelMissing`, which says why not."""
    reference = read_reference(name)
    try:
        return _fetch(reference, models_directory, convert)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "the disk is full; nothing was changed" if full else str(error)
        raise ModelMissing(f"{reference.name}: {why}") from error


def _fetch(reference: Reference, models_directory: Path, convert: Convert) -> Path:
    source = _obtain(reference)
    check_served(source)
    Tokeniser(source)  # a model without one is found before its weights are read
    found = recognise(source, list_vocabulary(source), reference.name)
    known = find_known(reference.name)
    licence = known.licence if known else found.licence
    if forbids_commerce(licence):
        print(f"{reference.name}: NON-COMMERCIAL USE ONLY ({licence})", file=sys.stderr)
    facts = {
        "id": source.name if reference.is_local else reference.name,
        "revision": read_revision(source) if reference.is_local else source.name[:12],
        "licence": licence,
        "recognised": found.as_dict(),
    }
    return install(source, models_directory, reference.folder, facts, convert, _try_model)


def _obtain(reference: Reference) -> Path:
    """Return the directory with the model's files, as the hub lays them out."""
    if reference.is_local:
        return Path(reference.name).expanduser().resolve()
    snapshot = _download(reference)
    if damaged := find_damaged(snapshot):
        raise ModelMissing(
            f"{reference.name}: wrong checksum: {', '.join(damaged)}; remove "
            f"{snapshot.parent.parent} and fetch again"
        )
    if not reference.revision:
        print(
            f"{reference.name}: no revision was pinned, {snapshot.name} was taken; "
            f"pin it with {reference.name}@{snapshot.name}",
            file=sys.stderr,
        )
    return snapshot


def _download(reference: Reference) -> Path:
    """Download what is not in the hub's cache yet; what was begun goes on where it ended."""
    from huggingface_hub import snapshot_download

    for weights in _WEIGHTS:
        try:
            snapshot = Path(
                snapshot_download(
                    reference.name,
                    revision=reference.revision or None,
                    allow_patterns=[*_SMALL, *weights],
                )
            )
        except Exception as error:  # the library, its HTTP client and the disk have their own
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise
            lines = str(error).strip().splitlines() or [repr(error)]
            raise ModelMissing(f"{reference.name}: cannot be downloaded: {lines[0]}") from error
        if any(snapshot.glob(weights[0])):
            return snapshot
    raise ModelMissing(f"{reference.name}: has no weights that can be read (safetensors, PyTorch)")


def _try_model(directory: Path) -> None:
    """Raise `ModelMissing` where the converted model cannot be opened or does not answer."""
    tokens = Tokeniser(directory).encode("A text.")
    engine = CTranslate2Engine(directory / "ctranslate2")
    engine.generate([TokenisedInput(tokens)], GenerationSettings(max_output_tokens=8))
    engine.close()


if __name__ == "__main__":
    sys.exit(main())
