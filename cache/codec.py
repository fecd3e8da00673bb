"""The form of stored values: a byte that names it, then JSON or bytes; never pickle."""

from __future__ import annotations

import hashlib
import json
import zlib

from cache.protocols import JSON, Value

_JSON = b"\x01"  # compressed
_BYTES = b"\x02"  # as they are, after their SHA-256: what is damaged must not be sent to anybody
_DIGEST_BYTES = 32
# What decompresses to more than this was not written by us: no decompression bombs.
MAX_DECODED_BYTES = 64 * 1024 * 1024


class Undecodable(ValueError):
    """The bytes are not a value of this version."""


def encode(value: Value) -> bytes:
    """Return `value` as bytes; raises `TypeError` or `ValueError` for what JSON cannot hold."""
    if isinstance(value, bytes):
        return _BYTES + hashlib.sha256(value).digest() + value
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return _JSON + zlib.compress(text.encode("ascii"), level=3)


def decode(data: bytes) -> Value:
    """Return the value; raises `Undecodable` for anything damaged, foreign or too large."""
    form, rest = data[:1], data[1:]
    if form == _BYTES:
        return _check_bytes(rest)
    if form == _JSON:
        return _decode_json(rest)
    raise Undecodable("another form")


def _check_bytes(data: bytes) -> bytes:
    digest, value = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
    if hashlib.sha256(value).digest() != digest:
        raise Undecodable("damaged")
    return value


def _decode_json(data: bytes) -> JSON:
    decompressor = zlib.decompressobj()
    try:
        text = decompressor.decompress(data, MAX_DECODED_BYTES)
        if not decompressor.eof:
            raise Undecodable("truncated or too large")
        return json.loads(text)
    except (zlib.error, ValueError, RecursionError) as error:
        raise Undecodable(str(error)) from error
