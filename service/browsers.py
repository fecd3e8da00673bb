"""Browsers: what they are told besides the answer: security headers, and whose pages may call."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_cors import CORS

from service.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
# An answer is data; should a browser take it for a page, that page may do nothing. Pages bring
# policies of their own.
_POLICY = "Content-Security-Policy"
_DATA_POLICY = [(_POLICY, "default-src 'none'; frame-ancestors 'none'")]
_ASKED = ["Authorization", "Content-Type", "If-None-Match", "X-API-Key", "X-Request-ID"]
_SHOWN = ["ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "Server-Timing", "X-Request-ID"]


def add_headers(application: WSGIApplication) -> WSGIApplication:
    """Return the application with security headers; Flask's would be searched for each of them."""

    def wrapped(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            policy = [] if any(name == _POLICY for name, _ in headers) else _DATA_POLICY
            return start_response(status, headers + _HEADERS + policy, *error)

        return application(environ, start)

    return wrapped


def register_browsers(app: Flask, settings: Settings) -> None:
    """Let the pages of the origins of `settings` call, and no others."""
    if settings.cors_origins:
        CORS(
            app,
            # An address of IPv6 has brackets, which make a pattern of it.
            origins=[rf"{re.escape(o)}\Z" if "[" in o else o for o in settings.cors_origins],
            allow_headers=_ASKED,
            expose_headers=_SHOWN,
            max_age=600,
        )
