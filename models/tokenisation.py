"""Tokenisation: the pieces of a text and back, with whatever tokeniser a model brings."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol
from weakref import WeakValueDictionary

from models.protocols import ModelMissing

# The names under which the hub keeps SentencePiece models: for both sides, or the source's.
_PIECE_FILES = ("source.spm", "sentencepiece.bpe.model", "spiece.model")
# What tokenisers give special meaning to, whatever the model.
_CONTROL = re.compile(r"<(?:/?s|pad|mask|mask_\d|extra_id_\d+|unk_\d+)>")


class _Pieces(Protocol):
    def split(self, text: str) -> list[str]: ...

    def join(self, tokens: Sequence[str]) -> str: ...


class _SentencePieces:
    """SentencePiece itself: needs neither transformers nor protobuf, and is what models learnt."""

    def __init__(self, path: Path) -> None:
        from sentencepiece import SentencePieceProcessor

        self._source: Any = SentencePieceProcessor(model_file=str(path))
        target = path.with_name("target.spm")  # Marian's outputs have pieces of their own
        self._target: Any = (
            SentencePieceProcessor(model_file=str(target)) if target.is_file() else self._source
        )

    def split(self, text: str) -> list[str]:
        return list(self._source.encode(text, out_type=str))

    def join(self, tokens: Sequence[str]) -> str:
        return str(self._target.decode_pieces(list(tokens)))


class _Tokenizers:
    """The tokeniser that a `tokenizer.json` describes, as published."""

    def __init__(self, content: bytes) -> None:
        from tokenizers import Tokenizer

        self._tokenizer: Any = Tokenizer.from_buffer(content)
        self._tokenizer.encode_special_tokens = True

    def split(self, text: str) -> list[str]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).tokens)

    def join(self, tokens: Sequence[str]) -> str:
        ids = [self._tokenizer.token_to_id(token) for token in tokens]
        known = [number for number in ids if number is not None]
        return str(self._tokenizer.decode(known, skip_special_tokens=True))


class _BytePairs(_Tokenizers):
    """BART's and GPT-2's pairs of bytes, where there is no `tokenizer.json`."""

    def __init__(self, directory: Path) -> None:
        from tokenizers import ByteLevelBPETokenizer

        self._tokenizer = ByteLevelBPETokenizer.from_file(
            str(directory / "vocab.json"), str(directory / "merges.txt")
        )


_SHARED: WeakValueDictionary[bytes, _Tokenizers] = WeakValueDictionary()


class Tokeniser:
    """The tokeniser of a model in a local directory; safe to call from many threads.

    Raises `ModelMissing` where there is none, or none that can be read.
    """

    def __init__(self, directory: Path) -> None:
        try:
            self._pieces = _open_pieces(directory)
        except Exception as error:  # each library raises its own, the Rust one a bare Exception
            raise ModelMissing(f"{directory}: the tokeniser cannot be loaded: {error}") from error

    def encode(self, text: str, marks: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """Return the tokens of `text` alone.

        What looks like a special token, or is one of `marks`, is text: it is split like any other.
        """
        tokens = self._pieces.split(text)
        if marks.isdisjoint(tokens) and not any(map(_CONTROL.fullmatch, tokens)):
            return tuple(tokens)
        return tuple(self._pieces.split(_defuse(text, marks)))

    def decode(self, tokens: Sequence[str], marks: frozenset[str] = frozenset()) -> str:
        """Return the text of output tokens, without special ones and `marks`."""
        kept = [t for t in tokens if t not in marks and not _CONTROL.fullmatch(t)]
        return self._pieces.join(kept)


def _open_pieces(directory: Path) -> _Pieces:
    for name in _PIECE_FILES:
        if (directory / name).is_file():
            return _SentencePieces(directory / name)
    if (directory / "tokenizer.json").is_file():
        return _open_tokenizers((directory / "tokenizer.json").read_bytes())
    if (directory / "merges.txt").is_file():
        return _BytePairs(directory)
    names = ", ".join((*_PIECE_FILES, "tokenizer.json", "merges.txt"))
    raise FileNotFoundError(f"none of {names} is there")


def _open_tokenizers(content: bytes) -> _Tokenizers:
    """Return the tokeniser with this content, the same for all models that have it.

    A family's is read once, and takes memory once: more than half of what int8 weights take.
    """
    digest = hashlib.sha256(content).digest()
    return _SHARED.get(digest) or _SHARED.setdefault(digest, _Tokenizers(content))


def _defuse(text: str, marks: frozenset[str]) -> str:
    """Return `text` with a space inside whatever would be taken for a special token."""
    text = _CONTROL.sub(lambda match: f"{match.group()[0]} {match.group()[1:]}", text)
    for mark in sorted(marks, key=len, reverse=True):
        text = text.replace(mark, f"{mark[0]} {mark[1:]}")
    return text
