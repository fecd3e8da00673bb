"""Options and answers of the service, as types; `/openapi.json` says more of each field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

Length = Literal["short", "long"]
Method = Literal["auto", "abstractive", "extractive"]
Format = Literal["text", "html"]
Glossary = Mapping[str, Mapping[str, str]]


class TranslationOptions(TypedDict, total=False):
    """What can be asked of a translation; `glossary` has terms for each target language."""

    source: str
    format: Format
    glossary: Glossary
    keep: Sequence[str]


class SummaryOptions(TypedDict, total=False):
    """What can be asked of summaries; with `include` of "text" the answer tells what was read."""

    source: str
    lengths: Sequence[Length]
    targets: Sequence[str]
    method: Method
    glossary: Glossary
    keep: Sequence[str]
    include: Sequence[Literal["text"]]


class Span(TypedDict):
    """`text[start:end]` is a sentence of the article."""

    start: int
    end: int


class Sentence(TypedDict):
    """A sentence of a summary, and where the article says it."""

    text: str
    method: Literal["abstractive", "extractive", "verbatim"]
    evidence: list[Span]
    unsupported: list[str]


class Translation(TypedDict):
    """A summary in another language."""

    text: str
    sentences: list[str]
    via: list[str]
    warnings: list[str]


class Summary(TypedDict):
    """One summary; `translations` by language."""

    text: str
    sentences: list[Sentence]
    translations: dict[str, Translation]


class Source(TypedDict):
    """What was found out about a text."""

    language: str
    confidence: float
    characters: int
    sentences: int
    text: NotRequired[str]


class Model(TypedDict):
    """Which model answered."""

    id: str
    revision: str
    licence: str


class DocumentFacts(TypedDict):
    """What a document says of itself."""

    media_type: str
    title: str
    language: str
    pages: int | None
    url: str | None


class Summaries(TypedDict):
    """The answer to a summaries request; `document` where the article came as one."""

    id: str
    source: Source
    summaries: dict[Length, Summary]
    document: NotRequired[DocumentFacts]
    models: dict[str, Model]
    cache: Literal["miss", "partial", "hit"]


class Translations(TypedDict):
    """The answer to a translations request: a string each, or a list each, as asked."""

    source: Source | list[Source]
    translations: dict[str, str | list[str]]
    via: dict[str, list[str]]
    warnings: dict[str, list[str]]
    models: dict[str, Model]
    cache: Literal["miss", "partial", "hit"]


class Language(TypedDict):
    """What the service can do with articles in one language."""

    code: str
    name: str
    summarise: Literal["abstractive", "extractive"]
    translate_to: list[str]
    via: dict[str, list[str]]
    experimental: list[str]


class Job(TypedDict):
    """How far a job is; times are seconds since 1970."""

    id: str
    status: Literal["queued", "running", "done", "cancelled"]
    total: int
    done: int
    failed: int
    seconds_left: float | None
    created: int
    finished: int | None


class Line(TypedDict):
    """What came of an article of a job: a result, or a problem (RFC 9457) in its place."""

    id: str | None
    result: NotRequired[Summaries]
    problem: NotRequired[dict[str, Any]]
