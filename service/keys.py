"""Keys: who may call. They are kept as hashes and reread when their file changes."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import threading
from collections.abc import Iterable
from pathlib import Path

from flask import request

from service.bodies import read_fields
from service.errors import Forbidden, Unauthenticated

log = logging.getLogger(__name__)

LIBRETRANSLATE = "libretranslate"
_HASH = re.compile(r"sha256:([0-9a-f]{64})", re.I)


class WrongKeys(ValueError):
    """Keys that cannot be used; the message quotes none of them."""


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def read_key(line: str) -> bytes:
    """Return the hash of a key, or the hash that stands in its place as `sha256:HEX`.

    Raises `WrongKeys` for a damaged hash: as a key of its own nobody would know it.
    """
    if hashed := _HASH.fullmatch(line):
        return bytes.fromhex(hashed[1])
    if line.lower().startswith("sha256:"):
        raise WrongKeys("has a 'sha256:' without the 64 hexadecimal digits of a hash")
    return _digest(line)


def read_key_file(path: Path) -> tuple[bytes, ...]:
    """Return the hashes of the keys in `path`, one a line; `#` begins a comment.

    Raises `OSError`, `UnicodeDecodeError`, or `WrongKeys` where there is none or a damaged one.
    """
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    digests = tuple(read_key(line) for line in lines if line and not line.startswith("#"))
    if not digests:
        raise WrongKeys("holds no key")
    return digests


class KeyRing:
    """The keys that may call, compared in constant time.

    What a changed file says counts from the next request on; a file that cannot be read, holds no
    key or a damaged hash, changes nothing.
    """

    def __init__(self, keys: Iterable[str] = (), path: Path | None = None) -> None:
        self._given = tuple(map(read_key, keys))
        self._path = path
        self._lock = threading.Lock()
        self._stamp = self._look()
        self._filed = read_key_file(path) if path else ()

    def __bool__(self) -> bool:
        return bool(self._given or self._path)

    def holds(self, key: str) -> bool:
        """Compare with every key, so that time tells nothing of which one came close."""
        self._refresh()
        digest = _digest(key)
        known = self._given + self._filed
        return sum(hmac.compare_digest(digest, each) for each in known) > 0

    def _look(self) -> tuple[int, int, int] | None:
        """Return what changes when the file does."""
        try:
            facts = self._path.stat() if self._path else None
        except OSError:
            return None
        return facts and (facts.st_mtime_ns, facts.st_size, facts.st_ino)

    def _refresh(self) -> None:
        with self._lock:
            stamp = self._look()
            if self._path is None or stamp == self._stamp:
                return
            self._stamp = stamp
            try:
                self._filed = read_key_file(self._path)
                log.info("The file of keys was read again: %d keys", len(self._filed))
            except (OSError, ValueError) as error:
                log.error("The file of keys cannot be used, the old ones stay: %s", _name(error))


def _name(error: Exception) -> str:
    """Name an error without its text, which could quote the file."""
    return f"it {error}" if isinstance(error, WrongKeys) else type(error).__name__


def find_header_key(authorization: str, api_key: str) -> str | None:
    """Return the key in `Authorization: Bearer` or `X-API-Key`; the first counts more."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return None if authorization else api_key or None


def _presented_key() -> str | None:
    """Return the key of the request; a browser sends it as the password of HTTP's own dialogue."""
    headers = request.headers
    api_key = headers.get("X-API-Key", "")
    if key := find_header_key(headers.get("Authorization", ""), api_key):
        return key
    given = request.authorization
    if given is not None and given.type == "basic" and given.password:
        return given.password
    return api_key or _read_key_field()


def _read_key_field() -> str | None:
    """Return LibreTranslate's `api_key`, which its clients send among the fields."""
    key = read_fields().get("api_key") if request.blueprint == LIBRETRANSLATE else None
    return key if isinstance(key, str) and key else None


def identify_key(ring: KeyRing, challenge: str) -> str:
    """Return a name for the key of the request.

    Raises `Unauthenticated`, with `challenge` as what it asks for, or `Forbidden`.
    """
    key = _presented_key()
    if key is None:
        raise Unauthenticated(
            "Give a key as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'.",
            headers={"WWW-Authenticate": challenge},
        )
    if not ring.holds(key):
        raise Forbidden("This key is not known.")
    return "key:" + _digest(key).hex()[:16]
