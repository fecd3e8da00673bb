"""The form of stored values: a version byte, then compressed JSON; never pickle."""

from __future__ import annotations

import json
import zlib

from cache.protocols import JSON

_VERSION = b"\x01"
# What decompresses to more than this was not written by us: no decompression bombs.
MAX_DECODED_BYTES = 64 * 1024 * 1024


class Undecodable(ValueError):
    """The bytes are not a value of this version."""


def encode(value: JSON) -> bytes:
    """Return `value` as bytes; raises `TypeError` or `ValueError` for what JSON cannot hold."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return _VERSION + zlib.compress(text.encode("ascii"), level=3)


def decode(data: bytes) -> JSON:
    """Return the value; raises `Undecodable` for anything damaged, foreign or too large."""
    if data[:1] != _VERSION:
        raise Undecodable("another version")
    decompressor = zlib.decompressobj()
    try:
        text = decompressor.decompress(data[1:], MAX_DECODED_BYTES)
        if not decompressor.eof:
            raise Undecodable("truncated or too large")
        return json.loads(text)
    except (zlib.error, ValueError, RecursionError) as error:
        raise Undecodable(str(error)) from error
