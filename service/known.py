"""The known answer: a whole answer as the bytes that are sent, with its entity tag."""

from __future__ import annotations

import functools
import gzip
import hashlib
import re
import zlib
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from cache.protocols import JSON
from service.schemas import CacheState

Answer = TypeVar("Answer", bound=BaseModel)

_TAG = re.compile(rb"[0-9a-f]{32}")
_TAG_BYTES = 32
_MAX_JSON_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)  # with a place for `json`, which many may ask for at once
class KnownAnswer:
    """An answer as it will be sent when it is asked for again: a "hit", as JSON in gzip."""

    tag: str
    compressed: bytes

    @classmethod
    def of(cls, answer: BaseModel) -> KnownAnswer:
        """Make the bytes; how an answer was come by ("cache") is not content, so the tag stays."""
        content = answer.model_copy(update={"cache": "hit"}).model_dump_json().encode()
        tag = hashlib.sha256(content).hexdigest()[:_TAG_BYTES]
        return cls(tag, gzip.compress(content, compresslevel=6, mtime=0))

    @classmethod
    def unpack(cls, value: JSON) -> KnownAnswer | None:
        """Return what `pack` made; `None` for anything else."""
        if not isinstance(value, bytes):
            return None
        tag, compressed = value[:_TAG_BYTES], value[_TAG_BYTES:]
        if not (_TAG.fullmatch(tag) and _is_whole(compressed)):
            return None
        return cls(tag.decode(), compressed)

    def pack(self) -> bytes:
        """Return what the cache keeps; its codec tells damage."""
        return self.tag.encode() + self.compressed

    @functools.cached_property
    def json(self) -> bytes:
        """The answer for a client that does not take gzip."""
        return zlib.decompressobj(wbits=31).decompress(self.compressed, _MAX_JSON_BYTES)


@functools.lru_cache(maxsize=128)  # what is asked for often is looked through once
def _is_whole(compressed: bytes) -> bool:
    """Tell whether the bytes are gzip to their end: a client would be sent them as they are."""
    decompressor = zlib.decompressobj(wbits=31)
    try:
        decompressor.decompress(compressed, _MAX_JSON_BYTES)
    except zlib.error:
        return False
    return decompressor.eof and not decompressor.unused_data


@dataclass(frozen=True, slots=True)
class Found(Generic[Answer]):
    """An answer that was asked for: known, or computed here and now, and then `fresh` too."""

    known: KnownAnswer
    model: type[Answer]
    fresh: Answer | None = None

    @property
    def cache(self) -> CacheState:
        """How much of it was known."""
        return "hit" if self.fresh is None else self.fresh.cache  # type: ignore[attr-defined]

    def read(self) -> Answer:
        """Return the answer itself."""
        return self.fresh or self.model.model_validate_json(self.known.json)

    def json(self) -> bytes:
        """Return the answer as it is sent."""
        return self.fresh.model_dump_json().encode() if self.fresh else self.known.json
