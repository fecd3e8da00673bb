"""Browsers: what they are told besides the answer: security headers, and whose pages may call."""

from __future__ import annotations

from flask import Flask, Response
from flask_cors import CORS

from service.settings import Settings

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# An answer is data; should a browser take it for a page, that page may do nothing. Pages bring
# policies of their own.
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
_ASKED = ["Authorization", "Content-Type", "If-None-Match", "X-API-Key", "X-Request-ID"]
_SHOWN = ["ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "Server-Timing", "X-Request-ID"]


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _DATA_POLICY)
    return response


def register_browsers(app: Flask, settings: Settings) -> None:
    """Add the headers to every answer, and CORS for the origins of `settings` alone."""
    app.after_request(_add_headers)
    if settings.cors_origins:
        CORS(
            app,
            origins=list(settings.cors_origins),
            allow_headers=_ASKED,
            expose_headers=_SHOWN,
            max_age=600,
        )
