"""Installation: how a model gets into the directory of models, whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from models.entries import MANIFEST

# What serving reads besides the converted weights: configurations and tokenisers.
_KEPT = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.json",
    "target_vocab.json",
    "merges.txt",
    "spiece.model",
    "sentencepiece.bpe.model",
    "source.spm",
    "target.spm",
    "README.md",
)
_STORE = ".versions"


def install(
    source: Path,
    models_directory: Path,
    folder: str,
    facts: dict[str, Any],
    convert: Callable[[Path, Path], None],
    check: Callable[[Path], None],
) -> Path:
    """Convert the model in `source` into `models_directory` and return where it lies.

    All is written to a directory of its own, checked there and put to disk; then one link is
    exchanged. Whatever interrupts this, the link leads to the old model or to the new one.
    """
    models_directory.mkdir(parents=True, exist_ok=True)
    with _alone(models_directory):
        _clear_leftovers(models_directory, folder)
        version = (
            models_directory / _STORE / f"{folder}--{facts['revision']}--{_count(models_directory)}"
        )
        version.mkdir(parents=True)
        for name in _KEPT:
            if (source / name).is_file():
                shutil.copyfile(source / name, version / name)
        convert(source, version / "ctranslate2")
        (version / MANIFEST).write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n")
        check(version)
        _put_to_disk(version)
        _exchange_link(models_directory / folder, version)
        _clear_leftovers(models_directory, folder)
    return models_directory / folder


@contextmanager
def _alone(models_directory: Path) -> Iterator[None]:
    """Hold off other installations into the same directory; the lock goes with the process."""
    with (models_directory / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _count(models_directory: Path) -> int:
    """Return a number that no version in the store has."""
    store = models_directory / _STORE
    numbers = [int(path.name.rpartition("--")[2]) for path in store.glob("*--*")]
    return max(numbers, default=0) + 1


def _clear_leftovers(models_directory: Path, folder: str) -> None:
    """Remove versions of a model that its link does not lead to."""
    link = models_directory / folder
    current = link.resolve() if link.is_symlink() else None
    for path in (models_directory / _STORE).glob(f"{folder}--*--*"):
        if path.resolve() != current:
            shutil.rmtree(path)


def _put_to_disk(directory: Path) -> None:
    for path in [*directory.rglob("*"), directory]:
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _exchange_link(link: Path, version: Path) -> None:
    """Let `link` lead to `version`, in one step; relative, so that the directory can be moved."""
    new = link.with_name(f".{link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(version.relative_to(link.parent), target_is_directory=True)
    new.replace(link)
    number = os.open(link.parent, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def find_damaged(snapshot: Path) -> list[str]:
    """Return the files of a snapshot in the hub's cache that are not what their names promise.

    The cache names large files by their SHA-256 and small ones by git's SHA-1.
    """
    damaged = []
    for path in sorted(p for p in snapshot.rglob("*") if p.is_symlink()):
        promised = path.resolve().name
        if len(promised) in (40, 64) and _hash(path, len(promised)) != promised:
            damaged.append(path.relative_to(snapshot).as_posix())
    return damaged


def _hash(path: Path, length: int) -> str:
    digest = hashlib.sha256() if length == 64 else hashlib.sha1(usedforsecurity=False)
    if length == 40:  # a git blob
        digest.update(f"blob {path.stat().st_size}\0".encode())
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
