"""Keys: the SHA-256 of a canonical, unambiguous encoding of what a result depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

# Part of every key: raise it whenever the meaning of a stored value changes, or the rules around
# the models (selection, deletion, grounding, mending of translations) would write another text.
SCHEMA_VERSION = 9


def derive_key(kind: str, *parts: Any) -> str:
    """Return the key of a result of `kind` that depends on `parts` (JSON types), in hex.

    JSON delimits and escapes, so different parts never encode alike; keys of objects are sorted.
    """
    return hashlib.sha256(encode_parts(kind, *parts)).hexdigest()


def encode_parts(kind: str, *parts: Any) -> bytes:
    """Return the canonical encoding behind a key; any `str` is allowed, lone surrogates too."""
    encoding = json.dumps(
        [SCHEMA_VERSION, kind, *parts], sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    # Escaped as ASCII, two lone surrogates would read like the character that they pair up to.
    return encoding.encode("utf-8", "surrogatepass")


def answer_key(kind: str, request: Mapping[str, Any], revisions: Sequence[Sequence[str]]) -> str:
    """Return the key of a whole answer; `revisions` tell what is behind it."""
    return derive_key("answer", kind, request, list(map(list, revisions)))


def source_key(text: str, source: str) -> str:
    """Return the key of what is known of a text: language, confidence, counts."""
    return derive_key("source", text, source)


def summary_key(text: str, source: str, length: str, method: str, model: tuple[str, str]) -> str:
    """Return the key of one summary; `model` is the id and fingerprint of the summariser."""
    return derive_key("summary", text, source, length, method, *model)


def translation_key(
    sentence: str,
    source: str,
    target: str,
    model: tuple[str, str],
    terms: Mapping[str, str] | None = None,
) -> str:
    """Return the key of one translated sentence; `model` is the translator's id and fingerprint.

    `terms` are those in the sentence that are to stand in a certain way.
    """
    wanted = [dict(terms)] if terms else []
    return derive_key("translation", sentence, source, target, *model, *wanted)
