"""`POST /v1/translations`: texts in other languages, layout kept."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from service.bodies import check_characters, check_count, read_body
from service.limits import spend_characters
from service.negotiation import answer, is_plain_wanted
from service.pipeline import forget_key
from service.routes import (
    SECURITY,
    current_metrics,
    current_pipeline,
    current_settings,
    document_body,
    document_problems,
    start_timings,
)
from service.schemas import TranslationQuery, TranslationRequest, TranslationsAnswer
from service.shortcut import memorise_request

api = APIBlueprint(
    "translations", __name__, abp_tags=[Tag(name="Translations", description="Translate texts.")]
)


def _write_plain(found: TranslationsAnswer) -> str:
    """Return the texts alone, in the order asked for."""
    texts = [[t] if isinstance(t, str) else t for t in found.translations.values()]
    return "\n\n".join(text for group in texts for text in group) + "\n"


@api.post(
    "/v1/translations",
    responses={200: TranslationsAnswer, 304: {}, **document_problems(400, 413, 415, 422, 503)},
    security=SECURITY,
    openapi_extensions=document_body(api, TranslationRequest, TranslationQuery),
)
def create_translations() -> Response:
    """Translate a text, or a list of texts."""
    request = read_body(TranslationRequest, TranslationQuery)
    settings = current_settings()
    check_characters(request.texts, settings.max_characters)
    check_count("text", len(request.texts), settings.max_items)
    check_count("targets", len(request.targets), settings.max_targets)
    spend_characters(sum(map(len, request.texts)))
    timings = start_timings()
    memorise = forget_key if is_plain_wanted() else memorise_request
    found = current_pipeline().find_translations(request, timings, memorise)
    metrics = current_metrics()
    metrics.count_translations(found.fresh) if found.fresh else metrics.count_hit("translations")
    return answer(found, timings, _write_plain)
