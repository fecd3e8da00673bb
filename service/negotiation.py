"""Content negotiation: one answer as JSON or plain text, maybe compressed, with ETag."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

from flask import Response, g, request
from pydantic import BaseModel
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_etags

from service.known import Found, KnownAnswer
from service.telemetry import Timings

Answer = TypeVar("Answer", bound=BaseModel)
JSON_TYPE, PLAIN_TYPE = "application/json", "text/plain"


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer as it leaves."""

    status: HTTPStatus
    body: bytes
    headers: list[tuple[str, str]]


def describe_known(known: KnownAnswer, codings: str, tags: str, timings: Timings) -> Sent:
    """Return a known answer as JSON, or 304 where the client has it.

    `codings` and `tags` are what the request says in `Accept-Encoding` and `If-None-Match`.
    """
    headers = _list_headers(known.tag, timings)
    if tags and parse_etags(tags).contains_weak(known.tag):
        return Sent(HTTPStatus.NOT_MODIFIED, b"", headers)
    headers.append(("Content-Type", JSON_TYPE))
    body = known.compressed
    if _takes_gzip(codings):
        headers.append(("Content-Encoding", "gzip"))
    else:
        body = known.json
    headers.append(("Content-Length", str(len(body))))
    return Sent(HTTPStatus.OK, body, headers)


def _list_headers(tag: str, timings: Timings) -> list[tuple[str, str]]:
    """The tag is weak: what is known, compressed or not, and just computed differ in bytes."""
    return [
        ("ETag", f'W/"{tag}"'),
        ("Vary", "Accept, Accept-Encoding"),
        ("Server-Timing", timings.header()),
    ]


@functools.lru_cache(maxsize=256)
def _takes_gzip(codings: str) -> bool:
    return bool(parse_accept_header(codings, Accept)["gzip"] > 0)


def is_plain_wanted() -> bool:
    """Tell whether the client prefers plain text to JSON."""
    if "Accept" not in request.headers:
        return False
    return request.accept_mimetypes.best_match([JSON_TYPE, PLAIN_TYPE], JSON_TYPE) == PLAIN_TYPE


def answer(
    found: Found[Answer], timings: Timings, write_plain: Callable[[Answer], str]
) -> Response:
    """Return `found` in the media type that the client prefers, or 304 where it has it."""
    g.cache_state = found.cache
    headers, plain = request.headers, is_plain_wanted()
    if found.fresh is None and not plain:
        codings, tags = headers.get("Accept-Encoding", ""), headers.get("If-None-Match", "")
        sent = describe_known(found.known, codings, tags, timings)
        return Response(sent.body, sent.status, sent.headers)
    tag = found.known.tag + ("-plain" if plain else "")
    if "If-None-Match" in headers and request.if_none_match.contains_weak(tag):
        return Response(status=304, headers=_list_headers(tag, timings))
    body = write_plain(found.read()) if plain else found.json()
    kind = f"{PLAIN_TYPE}; charset=utf-8" if plain else JSON_TYPE
    return Response(body, headers=_list_headers(tag, timings), content_type=kind)
