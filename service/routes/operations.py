"""`/livez`, `/readyz` and `/metrics`: for those who run the service."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from service.errors import RETRY_AFTER_SECONDS, NotReady
from service.routes import SECURITY, current_metrics, current_pipeline, document_problems
from service.schemas import Check, Liveness, Readiness

api = APIBlueprint(
    "operations", __name__, abp_tags=[Tag(name="Operations", description="Health and metrics.")]
)


def _check_models() -> Check:
    try:
        current_pipeline().models()
    except NotReady as error:
        return Check(ok=False, detail=error.detail)
    return Check(ok=True, detail="loaded")


def _check_engines() -> Check:
    """Check that no engine hangs: requests would wait for it until their time is over."""
    try:
        hanging = current_pipeline().models().watch.find_hanging()
    except NotReady:
        return Check(ok=False, detail="not there yet")
    return Check(ok=hanging is None, detail=hanging or "answering")


def _check_cache() -> Check:
    """Check the cache; without it the service still answers, so it does not decide readiness."""
    answering = current_pipeline().store.check()
    return Check(ok=answering, detail="answering" if answering else "away, serving without it")


@api.get("/livez", responses={200: Liveness})
def livez() -> Response:
    """Tell that the process answers."""
    return Response(Liveness().model_dump_json(), content_type="application/json")


@api.get("/readyz", responses={200: Readiness, 503: Readiness})
def readyz() -> Response:
    """Tell whether requests will be answered, with each check."""
    checks = {"models": _check_models(), "engines": _check_engines(), "cache": _check_cache()}
    ready = checks["models"].ok and checks["engines"].ok
    body = Readiness(ready=ready, checks=checks).model_dump_json()
    headers = {} if ready else {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return Response(body, 200 if ready else 503, headers, content_type="application/json")


@api.get(
    "/metrics",
    responses={
        200: {"content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}}},
        **document_problems(),
    },
    security=SECURITY,
)
def metrics() -> Response:
    """Return the metrics in Prometheus' text format."""
    return Response(generate_latest(current_metrics().registry), content_type=CONTENT_TYPE_LATEST)
