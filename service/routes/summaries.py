"""`POST /v1/summaries`: short and long summaries, their translations and their evidence."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from service.bodies import check_characters, check_count, read_body
from service.limits import spend_characters
from service.negotiation import answer
from service.routes import (
    SECURITY,
    current_metrics,
    current_pipeline,
    current_settings,
    document_body,
    document_problems,
)
from service.schemas import SummariesAnswer, SummaryQuery, SummaryRequest
from service.streaming import is_stream_wanted, stream
from service.telemetry import Timings

api = APIBlueprint(
    "summaries", __name__, abp_tags=[Tag(name="Summaries", description="Summarise articles.")]
)


def _write_plain(found: SummariesAnswer) -> str:
    """Return the texts alone: each summary, then its translations in the order asked for."""
    texts: list[str] = []
    for summary in found.summaries.values():
        texts += [summary.text, *(t.text for t in summary.translations.values())]
    return "\n\n".join(texts) + "\n"


@api.post(
    "/v1/summaries",
    responses={200: SummariesAnswer, 304: {}, **document_problems(400, 413, 415, 422, 503)},
    security=SECURITY,
    openapi_extensions=document_body(api, SummaryRequest, SummaryQuery),
)
def create_summaries() -> Response:
    """Summarise an article, and translate the summaries."""
    request = read_body(SummaryRequest, SummaryQuery)
    settings = current_settings()
    check_characters([request.text], settings.max_characters)
    check_count("targets", len(request.targets), settings.max_targets)
    spend_characters(len(request.text))
    timings, pipeline, metrics = Timings(), current_pipeline(), current_metrics()
    if is_stream_wanted():
        return stream(lambda tell: pipeline.run(request, timings, tell), metrics.count_summaries)
    found = pipeline.find_summaries(request, timings)
    metrics.count_summaries(found.fresh) if found.fresh else metrics.count_hit("summaries")
    return answer(found, timings, _write_plain)
