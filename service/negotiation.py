"""Content negotiation: one answer as JSON or plain text, maybe compressed, with ETag."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Response, g, request
from pydantic import BaseModel

from service.known import Found
from service.telemetry import Timings

Answer = TypeVar("Answer", bound=BaseModel)
JSON_TYPE, PLAIN_TYPE = "application/json", "text/plain"


def answer(
    found: Found[Answer], timings: Timings, write_plain: Callable[[Answer], str]
) -> Response:
    """Return `found` in the media type that the client prefers, or 304 where it has it.

    The tag is weak: what is known, compressed or not, and what was just computed differ in bytes.
    """
    asked = request._get_current_object()  # type: ignore[attr-defined]  # of the proxy, once
    headers = asked.headers
    plain = "Accept" in headers and (
        asked.accept_mimetypes.best_match([JSON_TYPE, PLAIN_TYPE], JSON_TYPE) == PLAIN_TYPE
    )
    tag = found.known.tag + ("-plain" if plain else "")
    if "If-None-Match" in headers and asked.if_none_match.contains_weak(tag):
        response = Response(status=304)
    elif plain:
        response = Response(write_plain(found.read()), content_type=f"{PLAIN_TYPE}; charset=utf-8")
    elif found.fresh is None and asked.accept_encodings["gzip"] > 0:
        response = Response(found.known.compressed, content_type=JSON_TYPE)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = Response(found.json(), content_type=JSON_TYPE)
    response.headers["ETag"] = f'W/"{tag}"'
    response.headers["Vary"] = "Accept, Accept-Encoding"
    response.headers["Server-Timing"] = timings.header()
    g.cache_state = found.cache
    return response
