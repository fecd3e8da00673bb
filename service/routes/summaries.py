"""`POST /v1/summaries`: short and long summaries, their translations and their evidence."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from service.articles import SentArticle, read_article
from service.bodies import check_count
from service.known import Found, KnownAnswer
from service.limits import spend_characters
from service.negotiation import answer, is_plain_wanted
from service.pipeline import forget_key
from service.routes import (
    SECURITY,
    current_metrics,
    current_pipeline,
    current_settings,
    current_sources,
    document_body,
    document_problems,
    start_timings,
)
from service.schemas import Event, SourceFacts, SummariesAnswer, SummaryQuery, SummaryRequest
from service.shortcut import memorise_request
from service.streaming import Tell, is_stream_wanted, stream

api = APIBlueprint(
    "summaries", __name__, abp_tags=[Tag(name="Summaries", description="Summarise articles.")]
)


def _write_plain(found: SummariesAnswer) -> str:
    """Return the texts alone: each summary, then its translations in the order asked for."""
    texts: list[str] = []
    for summary in found.summaries.values():
        texts += [summary.text, *(t.text for t in summary.translations.values())]
    return "\n\n".join(texts) + "\n"


def _complete(found: SummariesAnswer, sent: SentArticle) -> SummariesAnswer:
    """Return the answer with what it tells of this call alone, and the cache does not keep."""
    source = _add_text(found.source, sent)
    return found.model_copy(update={"document": sent.document, "source": source})


def _add_text(event: Event, sent: SentArticle) -> Event:
    """Return the facts of the article with its text, where that was asked for."""
    if not isinstance(event, SourceFacts) or "text" not in sent.request.include:
        return event
    return event.model_copy(update={"text": sent.request.text})


@api.post(
    "/v1/summaries",
    responses={200: SummariesAnswer, 304: {}, **document_problems(400, 413, 415, 422, 503)},
    security=SECURITY,
    openapi_extensions=document_body(api, SummaryRequest, SummaryQuery, documents=True),
)
def create_summaries() -> Response:
    """Summarise an article, and translate the summaries."""
    settings = current_settings()
    sent = read_article(current_sources(), settings)
    check_count("targets", len(sent.request.targets), settings.max_targets)
    spend_characters(len(sent.request.text))
    timings, pipeline, metrics = start_timings(), current_pipeline(), current_metrics()

    def count(fresh: SummariesAnswer) -> None:
        languages = pipeline.models().summariser.card.languages
        metrics.count_summaries(fresh, sent.request.method, languages)

    if is_stream_wanted():

        def run(tell: Tell) -> SummariesAnswer:
            found = pipeline.run(sent.request, timings, lambda event: tell(_add_text(event, sent)))
            return _complete(found, sent)

        return stream(run, count)
    completed = sent.document is not None or bool(sent.request.include)
    memorise = forget_key if completed or is_plain_wanted() else memorise_request
    found = pipeline.find_summaries(sent.request, timings, note_key=memorise)
    count(found.fresh) if found.fresh else metrics.count_hit("summaries")
    if completed:
        whole = _complete(found.read(), sent)
        found = Found(KnownAnswer.of(whole), SummariesAnswer, whole)
    return answer(found, timings, _write_plain)
