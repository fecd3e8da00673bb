"""Who may call, and how often: API keys, rate limits, the client's address."""

from __future__ import annotations

import hashlib
import hmac

from flask import Flask, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from service.bodies import read_fields
from service.errors import Forbidden, Unauthenticated
from service.settings import Settings

LIBRETRANSLATE = "libretranslate"
OPEN_ENDPOINTS = frozenset(
    {
        "operations.livez",
        "operations.readyz",
        # Software that speaks LibreTranslate's API asks for these without its key.
        f"{LIBRETRANSLATE}.list_languages",
        f"{LIBRETRANSLATE}.show_settings",
    }
)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


class KeyRing:
    """The keys that may call, kept as hashes and compared in constant time."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._digests = tuple(_digest(key) for key in keys)

    def __bool__(self) -> bool:
        return bool(self._digests)

    def holds(self, key: str) -> bool:
        """Compare with every key, so that time tells nothing of which one came close."""
        digest = _digest(key)
        return sum(hmac.compare_digest(digest, known) for known in self._digests) > 0


def _presented_key() -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return request.headers.get("X-API-Key") or _read_key_field()


def _read_key_field() -> str | None:
    """Return LibreTranslate's `api_key`, which its clients send among the fields."""
    key = read_fields().get("api_key") if request.blueprint == LIBRETRANSLATE else None
    return key if isinstance(key, str) and key else None


def _require_key(ring: KeyRing) -> None:
    preflight = request.method == "OPTIONS" and request.blueprint == LIBRETRANSLATE
    if not ring or preflight or request.endpoint in OPEN_ENDPOINTS:
        return
    key = _presented_key()
    if key is None:
        raise Unauthenticated(
            "Give a key as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    if not ring.holds(key):
        raise Forbidden("This key is not known.")
    g.client = "key:" + _digest(key).hex()[:16]


def _identify_client() -> str:
    return g.get("client") or f"address:{request.remote_addr or '127.0.0.1'}"


def _limit_rate(app: Flask, settings: Settings) -> None:
    from flask_limiter import Limiter  # off by default, and slow to import

    uri = settings.redis_url.get_secret_value() if settings.redis_url else "memory://"
    timeouts = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2} if settings.redis_url else {}
    limiter = Limiter(
        _identify_client,
        application_limits=[f"{settings.rate_limit_per_minute} per minute"],
        storage_uri=uri,
        storage_options=timeouts,  # type: ignore[arg-type]  # redis takes numbers
        in_memory_fallback_enabled=bool(settings.redis_url),
        headers_enabled=True,
        key_prefix="precis:limits",
    )
    limiter.request_filter(lambda: request.endpoint in OPEN_ENDPOINTS)
    limiter.init_app(app)


def register_limits(app: Flask, settings: Settings) -> None:
    """Guard `app` as `settings` say; keys come before rates, so that rates count per key."""
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    ring = KeyRing(tuple(key.get_secret_value() for key in settings.api_keys))
    app.before_request(lambda: _require_key(ring))
    if settings.rate_limit_per_minute:
        _limit_rate(app, settings)
