"""Content negotiation: one answer as JSON or plain text, with ETag and timings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from flask import Response, g, request
from pydantic import BaseModel

from service.telemetry import Timings

Answer = TypeVar("Answer", bound=BaseModel)
JSON_TYPE, PLAIN_TYPE = "application/json", "text/plain"


def _tag(found: BaseModel, media_type: str) -> str:
    """Return an entity tag of the content; how it was come by ("cache") is not content."""
    content = media_type + found.model_dump_json(exclude={"cache"})
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def answer(found: Answer, timings: Timings, write_plain: Callable[[Answer], str]) -> Response:
    """Return `found` in the media type that the client prefers, or 304 where it has it."""
    media_type = request.accept_mimetypes.best_match([JSON_TYPE, PLAIN_TYPE], default=JSON_TYPE)
    tag = _tag(found, media_type)
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        body = write_plain(found) if media_type == PLAIN_TYPE else found.model_dump_json()
        response = Response(body, content_type=f"{media_type}; charset=utf-8")
    if media_type == JSON_TYPE and response.status_code == 200:
        response.content_type = JSON_TYPE
    response.set_etag(tag)
    response.vary.add("Accept")
    response.headers["Server-Timing"] = timings.header()
    g.cache_state = getattr(found, "cache", None)
    return response
