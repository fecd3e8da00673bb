"""Limits: what a request must pass before it is worked on: its key, its client's allowances."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, current_app, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from service.allowances import Allowance, Allowances
from service.errors import BodyTooLarge, Forbidden, ServiceError, Unauthenticated
from service.keys import LIBRETRANSLATE, KeyRing, identify_key
from service.settings import Settings
from service.telemetry import Metrics

DAY_SECONDS = 24 * 3600
# Blueprints of pages, which show nobody's text.
PAGES = frozenset({"documentation", "page"})
HEALTH = frozenset({"operations.livez", "operations.readyz", f"{LIBRETRANSLATE}.show_health"})
# Software that speaks LibreTranslate's API asks for these without its key.
_GREETINGS = frozenset({f"{LIBRETRANSLATE}.list_languages", f"{LIBRETRANSLATE}.show_settings"})
_OPEN = HEALTH | _GREETINGS
# Makes a browser ask; the calls of a page's own scripts must not.
_PAGE_CHALLENGE = 'Basic realm="Precis, the key as password"'
# To look at one's allowance costs nothing of it, nor do the page's dozen of files.
_UNCOUNTED = HEALTH | {"usage.show_usage", "page.show", "page.send"}


class AllowanceSpent(ServiceError):
    """The client has used what it may; `Retry-After` tells when there is more."""

    status, code = HTTPStatus.TOO_MANY_REQUESTS, "rate_limited"


class QuotaSpent(AllowanceSpent):
    """So many characters are not left to the client today."""

    code = "quota_exceeded"


def current_allowances() -> Allowances:
    """Return the allowances of the running application."""
    found: Allowances = current_app.extensions["precis"]["allowances"]
    return found


def identify_client() -> str:
    """Return who calls: a key's name where keys are needed, else an address."""
    return g.get("client") or f"address:{request.remote_addr or 'local'}"


def _retry(state: Allowance) -> dict[str, str]:
    return {"Retry-After": str(state.reset_seconds)}


def _spend_request(client: str) -> None:
    g.counted_client = client
    if not current_allowances().spend("requests", client):
        state = current_allowances().state("requests", client)
        detail = f"At most {state.limit} requests in {state.window_seconds} seconds."
        raise AllowanceSpent(detail, headers=_retry(state))


def spend_characters(count: int) -> None:
    """Count the characters of a request's texts; raises `QuotaSpent`.

    Or `BodyTooLarge` where they are more than a day's: no waiting would help.
    """
    client = identify_client()
    if not current_allowances().spend("characters", client, count):
        state = current_allowances().state("characters", client)
        if count > state.limit:
            raise BodyTooLarge(f"The request has {count} characters; {state.limit} a day may be.")
        left = f"{state.remaining} of {state.limit} a day are left"
        detail = f"The request has {count} characters; {left}."
        raise QuotaSpent(detail, headers=_retry(state))


def _is_page() -> bool:
    return request.blueprint in PAGES


def _is_open(settings: Settings) -> bool:
    """Tell whether everybody may see what is asked for."""
    endpoint = request.endpoint
    if request.method == "OPTIONS" or endpoint in _OPEN:
        return True
    if endpoint == "operations.metrics":
        return not settings.metrics_need_key
    return _is_page() and not settings.docs_need_key


def _admit(ring: KeyRing, settings: Settings) -> None:
    if ring and not _is_open(settings):
        try:
            g.client = identify_key(ring, _PAGE_CHALLENGE if _is_page() else "Bearer")
        except (Unauthenticated, Forbidden):  # so that keys are not guessed at any rate
            _spend_request(identify_client())
            raise
    if request.endpoint not in _UNCOUNTED and request.method != "OPTIONS":
        _spend_request(identify_client())


def _tell_allowances(response: Response) -> Response:
    """Add the fields of draft-ietf-httpapi-ratelimit-headers-10, and the three before them."""
    client = g.get("counted_client")
    states = current_allowances().list_states(client) if client else []
    if states:
        policies = [f'"{s.name}";q={s.limit};w={s.window_seconds}' for s in states]
        left = [f'"{s.name}";r={s.remaining};t={s.reset_seconds}' for s in states]
        response.headers["RateLimit-Policy"] = ", ".join(policies)
        response.headers["RateLimit"] = ", ".join(left)
        response.headers["RateLimit-Limit"] = str(states[0].limit)
        response.headers["RateLimit-Remaining"] = str(states[0].remaining)
        response.headers["RateLimit-Reset"] = str(states[0].reset_seconds)
    return response


def _open_allowances(settings: Settings, metrics: Metrics) -> Allowances:
    amounts = {
        "requests": (settings.rate_limit_per_minute, 60),
        "characters": (settings.daily_characters, DAY_SECONDS),
    }
    wanted = {name: amount for name, amount in amounts.items() if amount[0]}
    url = settings.redis_url.get_secret_value() if settings.redis_url else None
    return Allowances(
        wanted, url if wanted else None, metrics.note_breaker, settings.redis_answer_seconds
    )


def register_limits(app: Flask, settings: Settings, metrics: Metrics) -> KeyRing:
    """Guard `app` as `settings` say; keys come before rates, so that rates count per key."""
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.extensions["precis"]["allowances"] = _open_allowances(settings, metrics)
    ring = KeyRing((key.get_secret_value() for key in settings.api_keys), settings.api_keys_file)
    app.before_request(lambda: _admit(ring, settings))
    app.after_request(_tell_allowances)
    return ring
