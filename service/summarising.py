"""Summaries for one request: the known ones from the cache, the rest from the summariser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cache import keys
from models.protocols import Article, Length, Method, Summary
from service.context import Context
from service.errors import InvalidValues
from service.schemas import (
    EvidenceSpan,
    FieldError,
    SourceFacts,
    SummaryAnswer,
    SummaryEvent,
    SummaryRequest,
    SummarySentenceAnswer,
)
from service.translating import check_targets


def describe_article(article: Article) -> SourceFacts:
    """Return what an answer says of the text it is about."""
    return SourceFacts(
        language=article.language,
        confidence=round(article.confidence, 3),
        characters=len(article.text),
        sentences=len(article.sentences),
    )


def read_article(text: str, source: str, context: Context) -> Article:
    """Read a text whose language is "auto" or a code; raises `InvalidValues` for an empty one."""
    with context.timings.measure("read"):
        article = context.models.reader.read(text, None if source == "auto" else source)
    context.check_sentences(len(article.sentences))
    if not article.sentences:
        message = "holds nothing that could be summarised"
        raise InvalidValues(f"text: {message}", [FieldError(field="text", message=message)])
    return article


def summarise(
    request: SummaryRequest, context: Context
) -> tuple[SourceFacts, dict[Length, SummaryAnswer]]:
    """Return what is known of the article and its summaries, in the order asked for.

    Whether every target can be reached is settled before a model works.
    """
    source_key = keys.source_key(request.text, request.source)
    key_of = _derive_keys(request, context)
    known = context.parts.recall(SummaryAnswer, key_of)
    source = context.parts.recall(SourceFacts, {"source": source_key}).get("source")
    missing = [length for length in request.lengths if length not in known]
    if source is None or missing:
        article = read_article(request.text, request.source, context)
        source = describe_article(article)
        context.parts.keep(source_key, source)
    check_targets(source.language, request.targets, context.models.translator)
    context.tell(source)
    if missing:
        known |= _write(article, missing, request.method, key_of, context)
    summaries = {length: known[length] for length in request.lengths}
    for length, summary in summaries.items():
        context.tell(SummaryEvent.of(length, summary))
    return source, summaries


def _derive_keys(request: SummaryRequest, context: Context) -> dict[Length, str]:
    model = context.models.summariser_key
    return {
        length: keys.summary_key(request.text, request.source, length, request.method, model)
        for length in request.lengths
    }


def _write(
    article: Article,
    lengths: Sequence[Length],
    method: Method,
    key_of: Mapping[Length, str],
    context: Context,
) -> dict[Length, SummaryAnswer]:
    with context.timings.measure("summarise"):
        made = context.models.summariser.summarise(article, lengths, method, context.deadline)
    answers = {length: _answer(summary) for length, summary in made.items()}
    for length, answer in answers.items():
        context.parts.keep(key_of[length], answer)
    return answers


def _answer(summary: Summary) -> SummaryAnswer:
    sentences = [
        SummarySentenceAnswer(
            text=sentence.text,
            method=sentence.method,
            evidence=[EvidenceSpan(start=e.start, end=e.end) for e in sentence.evidence],
            unsupported=list(sentence.unsupported),
        )
        for sentence in summary.sentences
    ]
    return SummaryAnswer(text=summary.text, sentences=sentences)
