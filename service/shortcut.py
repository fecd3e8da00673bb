"""The shortcut: an answer that is known, or under way, leaves before Flask sees the request.

A request that was answered before is known again by the SHA-256 of its bytes; what it asks for was
read and checked then. Everything else goes the whole way, and so does everything where allowances
are counted or requests traced.
"""

from __future__ import annotations

import hashlib
import io
from collections import OrderedDict
from collections.abc import Iterable
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from flask import request

from service.connections import watch
from service.keys import KeyRing, find_header_key
from service.negotiation import describe_known
from service.pipeline import Pipeline
from service.telemetry import Metrics, Timings, find_exchange

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_KINDS = {"/v1/summaries": "summaries", "/v1/translations": "translations"}
# What an answer depends on besides the body. Which coding is sent does too, and is asked each time.
_DECIDING = ("CONTENT_TYPE", "QUERY_STRING", "HTTP_ACCEPT", "SCRIPT_NAME")
# Such requests need what only Flask's side knows: their codings, whose pages may call.
_FOREIGN = ("HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING", "HTTP_ORIGIN")
_PRINT = "precis.fingerprint"
# When the whole request was there, in the clock of `time.monotonic()`: its time runs from then on.
STARTED = "precis.started"
_MAX_MEMORISED = 10_000


class Shortcut:
    """A WSGI application before another one, `application`."""

    def __init__(
        self,
        application: WSGIApplication,
        pipeline: Pipeline,
        ring: KeyRing,
        metrics: Metrics,
        max_body_bytes: int,
    ) -> None:
        self._application = application
        self._pipeline = pipeline
        self._ring = ring
        self._metrics = metrics
        self._max_body_bytes = max_body_bytes
        self._keys: OrderedDict[bytes, str] = OrderedDict()
        self._lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Send what is known; else let the application answer, and learn what it was asked."""
        kind = _KINDS.get(environ["PATH_INFO"]) if environ["REQUEST_METHOD"] == "POST" else None
        if kind is None or not self._may_be_known(environ):
            return self._application(environ, start_response)
        fingerprint = _take_fingerprint(environ)
        timings = Timings()
        environ[STARTED] = timings.started
        key = self._keys.get(fingerprint)
        known = self._pipeline.recall(key, timings, partial(watch, environ)) if key else None
        if known is None:
            environ[_PRINT] = self, fingerprint
            return self._application(environ, start_response)
        exchange = find_exchange(environ)
        exchange.route, exchange.cache = environ["PATH_INFO"], "hit"
        self._metrics.count_hit(kind)
        sent = describe_known(
            known,
            environ.get("HTTP_ACCEPT_ENCODING", ""),
            environ.get("HTTP_IF_NONE_MATCH", ""),
            timings,
        )
        start_response(f"{sent.status.value} {sent.status.phrase}", sent.headers)
        return [sent.body]

    def memorise(self, fingerprint: bytes, key: str) -> None:
        """Remember under which key the answer to a request is; the oldest ones are forgotten."""
        with self._lock:
            self._keys[fingerprint] = key
            if len(self._keys) > _MAX_MEMORISED:
                self._keys.popitem(last=False)

    def _may_be_known(self, environ: WSGIEnvironment) -> bool:
        """Tell whether the body may be read already: its size is fair, the caller may call."""
        length = environ.get("CONTENT_LENGTH", "")
        return (
            length.isdecimal()
            and 0 < int(length) <= self._max_body_bytes
            and not any(name in environ for name in _FOREIGN)
            and (not self._ring or self._is_admitted(environ))
        )

    def _is_admitted(self, environ: WSGIEnvironment) -> bool:
        key = find_header_key(
            environ.get("HTTP_AUTHORIZATION", ""), environ.get("HTTP_X_API_KEY", "")
        )
        return key is not None and self._ring.holds(key)


def _take_fingerprint(environ: WSGIEnvironment) -> bytes:
    """Read the body, leave it to be read again, and return the SHA-256 of the request."""
    length = int(environ["CONTENT_LENGTH"])
    try:
        body = environ["wsgi.input"].read(length)
    except Exception:  # a client that is lost or too slow: told where the body is too short
        body = b""
    environ["wsgi.input"] = io.BytesIO(body)
    deciding = [environ["PATH_INFO"], *(environ.get(name, "") for name in _DECIDING)]
    digest = hashlib.sha256(repr((length, deciding)).encode("utf-8", "surrogateescape"))
    digest.update(body)
    return digest.digest()


def memorise_request(key: str) -> None:
    """Remember that the current request is answered by what is known under `key`.

    Only for requests whose answer is that and nothing besides, as JSON.
    """
    found: tuple[Shortcut, bytes] | None = request.environ.get(_PRINT)
    if found is not None:
        shortcut, fingerprint = found
        shortcut.memorise(fingerprint, key)
