"""Schemas of requests and answers: they validate, and the OpenAPI document is made from them."""

from __future__ import annotations

from collections.abc import Sized
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)
from pydantic_core import from_json

from models.languages import normalise, normalise_target
from models.protocols import WARNINGS, Length, Method


def _check_source(code: str) -> str:
    return code if code == "auto" else normalise(code)


def _check_target(tag: str) -> str:
    """Leave the tag as it is: what is answered stands under it."""
    normalise_target(tag)
    return tag


def _check_not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must hold more than white space")
    return text


def _check_texts(value: object) -> object:
    """Tell what is wrong in words of the field; pydantic would name the members of the union."""
    if isinstance(value, str):
        return _check_not_blank(value)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("must be a text or a list of texts")
    if not value:
        raise ValueError("must hold at least one text")
    return value


def _drop_repeats(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def split_commas(value: object) -> object:
    """Read "fr,es" as a list, and "" as an empty one, for query parameters."""
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",")] if value.strip() else []


def read_json(value: object) -> object:
    """Read a text as JSON, for query parameters."""
    return from_json(value) if isinstance(value, str) else value


def _check_term(term: str) -> str:
    if not any(map(str.isalnum, term)) or len(term) > MAX_TERM_CHARACTERS:
        raise ValueError(f"must be a term of words, of at most {MAX_TERM_CHARACTERS} characters")
    return " ".join(term.split())


def _is_empty(value: Sized) -> bool:
    return not len(value)


MAX_TERMS, MAX_TERM_CHARACTERS = 500, 200
Term = Annotated[str, AfterValidator(_check_term)]
Glossary = dict[
    Annotated[str, AfterValidator(normalise_target)],
    Annotated[dict[Term, Term], Field(max_length=MAX_TERMS)],
]
Keep = Annotated[list[Term], Field(max_length=MAX_TERMS)]
Source = Annotated[
    str, AfterValidator(_check_source), Field(description='"auto" or a BCP 47 code.')
]
Format = Annotated[
    Literal["text", "html"],
    Field(description="Of `html` tags and attributes stay, and what is marked as not to be."),
]
Target = Annotated[str, AfterValidator(_check_target)]


class Request(BaseModel):
    """Requests are strict: no unknown fields, no conversions between types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class TranslationOptions(Request):
    """What can be asked of every translation."""

    glossary: Annotated[
        Glossary,
        Field(
            exclude_if=_is_empty,
            description="For each target language, terms and how they are to be translated.",
        ),
    ] = {}
    keep: Annotated[
        Keep, Field(exclude_if=_is_empty, description="Terms that no translation changes.")
    ] = []

    def list_terms(self, target: str) -> dict[str, str]:
        """Return each term and how it is to stand in `target`; the glossary goes before `keep`."""
        terms = self.glossary.get(normalise_target(target), {})
        return {term: term for term in self.keep} | terms


class TranslationOptionsQuery(TranslationOptions):
    """The same as query parameters or fields of a form: the glossary as JSON, `keep` by commas."""

    glossary: Annotated[Glossary, BeforeValidator(read_json), Field(exclude_if=_is_empty)] = {}
    keep: Annotated[Keep, BeforeValidator(split_commas), Field(exclude_if=_is_empty)] = []


class SummaryOptions(TranslationOptions):
    """What can be asked of a summary."""

    source: Source = "auto"
    lengths: Annotated[
        list[Length],
        AfterValidator(_drop_repeats),
        Field(min_length=1, description="Which summaries to write."),
    ] = ["short", "long"]
    targets: Annotated[
        list[Target],
        AfterValidator(_drop_repeats),
        Field(description="Languages to translate the summaries to."),
    ] = []
    method: Annotated[
        Method,
        Field(
            description="`auto` keeps what the article supports and falls back to its own "
            "sentences; `abstractive` keeps and flags; `extractive` uses the article's sentences."
        ),
    ] = "auto"
    include: Annotated[
        list[Literal["text"]],
        AfterValidator(_drop_repeats),
        # Excluded where requests are dumped for keys: it changes no result.
        Field(exclude=True, description="What else to answer with: the `text` as it was read."),
    ] = []


class SummaryQuery(TranslationOptionsQuery, SummaryOptions):
    """The same options as query parameters or fields of a form, lists comma-separated."""

    lengths: Annotated[
        list[Length], BeforeValidator(split_commas), AfterValidator(_drop_repeats)
    ] = ["short", "long"]
    targets: Annotated[
        list[Target], BeforeValidator(split_commas), AfterValidator(_drop_repeats)
    ] = []

    include: Annotated[
        list[Literal["text"]],
        BeforeValidator(split_commas),
        AfterValidator(_drop_repeats),
        Field(exclude=True),
    ] = []


class SummaryRequest(SummaryOptions):
    """An article and what to write about it."""

    url: Annotated[
        str | None,
        Field(
            max_length=2000,
            exclude=True,  # what is found there is the text
            description="Where the article is, instead of `text`; off unless the operator allows.",
        ),
    ] = None
    text: Annotated[str, Field(validate_default=True, description="The article.")] = ""

    @field_validator("text")
    @classmethod
    def _check_text(cls, text: str, info: ValidationInfo) -> str:
        if info.data.get("url") is None:
            return _check_not_blank(text)
        if text:
            raise ValueError("give either this or 'url'")
        return text

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": "The council of Port Ellery voted on Monday to rebuild the harbour "
                    "bridge. The work will cost 12 million euros and take two years.",
                    "targets": ["fr"],
                }
            ]
        }
    )


class TranslationRequest(TranslationOptions):
    """One text, or a list of texts, and the languages to translate to."""

    text: Annotated[
        str | Annotated[list[str], Field(min_length=1)],
        BeforeValidator(_check_texts),
        Field(
            description="A text, or a list of texts; each has its own language, or where it is too "
            "short to tell that of the list."
        ),
    ]
    source: Source = "auto"
    targets: Annotated[list[Target], AfterValidator(_drop_repeats), Field(min_length=1)]
    format: Format = "text"

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"text": "The bridge was closed on Monday.", "targets": ["fr"]}]
        }
    )

    @property
    def texts(self) -> list[str]:
        """The texts, be it one or a list."""
        return [self.text] if isinstance(self.text, str) else self.text


class TranslationQuery(TranslationOptionsQuery):
    """The options of a text/plain translation request."""

    source: Source = "auto"
    targets: Annotated[
        list[Target],
        BeforeValidator(split_commas),
        AfterValidator(_drop_repeats),
        Field(min_length=1),
    ]
    format: Format = "text"


WARNINGS_TEXT = "What the checks found and could not mend: " + " ".join(
    f"`{code}`: {meaning}" for code, meaning in WARNINGS.items()
)


class EvidenceSpan(BaseModel):
    """`text[start:end]`, in code points, is a source sentence."""

    start: int
    end: int


class SummarySentenceAnswer(BaseModel):
    """A sentence, how it came to be, and where the article says it."""

    text: str
    method: Annotated[
        Literal["abstractive", "extractive", "verbatim"],
        Field(
            description="`abstractive`: rewritten, be it only shortened; `extractive`: a sentence "
            "of the article as it stands; `verbatim`: the article is its own summary."
        ),
    ]
    evidence: list[EvidenceSpan]
    unsupported: list[str] = Field(description="Numbers and names that the article does not have.")


class SummaryTranslation(BaseModel):
    """A summary in another language, sentence by sentence."""

    text: str
    sentences: list[str]
    via: list[str] = Field(description="Pivot languages on the way.")
    warnings: list[str] = Field(description=WARNINGS_TEXT)


class SummaryAnswer(BaseModel):
    """One summary."""

    text: str
    sentences: list[SummarySentenceAnswer]
    translations: dict[str, SummaryTranslation] = {}


def _is_none(value: object) -> bool:
    return value is None


class SourceFacts(BaseModel):
    """What was found out about a text; `confidence` is 1 where the caller named the language.

    It is low where a short text took the language of its list.
    """

    language: str
    confidence: float
    characters: int
    sentences: int
    text: str | None = Field(
        default=None,
        exclude_if=_is_none,
        description="With `include=text`: what evidence points into.",
    )


class ModelFacts(BaseModel):
    """Which model answered."""

    id: str
    revision: str
    licence: str


CacheState = Literal["miss", "partial", "hit"]


class NegotiatedAnswer(BaseModel):
    """An answer that can be had as plain text too; `openapi_extra` is for the OpenAPI document."""

    model_config = ConfigDict(
        openapi_extra={"content": {"text/plain": {"schema": {"type": "string"}}}}  # type: ignore[typeddict-unknown-key]  # read by flask-openapi3
    )


class DocumentFacts(BaseModel):
    """What a document says of itself; `language` is the tag that it names, right or wrong."""

    media_type: str
    title: str
    language: str
    pages: int | None
    url: str | None = Field(default=None, description="Where it was found, after redirects.")


class SummariesAnswer(NegotiatedAnswer):
    """Everything that was asked for."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]  # read by flask-openapi3
            "content": {
                "text/plain": {"schema": {"type": "string"}},
                "text/event-stream": {
                    "schema": {
                        "type": "string",
                        "description": "Events as they happen, each with JSON: `source` (what "
                        "was found out about the article), `summary` {length, summary}, "
                        "`translation` {length, target, translation}, and last `done` (this "
                        "answer) or `problem` (problem details).",
                    }
                },
            }
        }
    )

    id: str = Field(description="SHA-256 of text and options.")
    source: SourceFacts
    summaries: dict[Length, SummaryAnswer]
    document: DocumentFacts | None = Field(
        default=None, exclude_if=_is_none, description="Of an article that came as a document."
    )
    models: dict[str, ModelFacts]
    cache: CacheState


class SummaryEvent(BaseModel):
    """A summary, as soon as it is written; its translations come as events of their own."""

    length: Length
    summary: SummaryAnswer

    @classmethod
    def of(cls, length: Length, summary: SummaryAnswer) -> SummaryEvent:
        """Return the event of a summary as it is before any translation."""
        return cls(length=length, summary=summary.model_copy(update={"translations": {}}))


class TranslationEvent(BaseModel):
    """A summary's translation, as soon as it is made."""

    length: Length
    target: str
    translation: SummaryTranslation


Event = SourceFacts | SummaryEvent | TranslationEvent


class TranslationsAnswer(NegotiatedAnswer):
    """Translations, in the shape of the request: a string each, or a list each."""

    source: SourceFacts | list[SourceFacts]
    translations: dict[str, str | list[str]]
    via: dict[str, list[str]]
    warnings: dict[str, list[str]] = Field(description=WARNINGS_TEXT)
    models: dict[str, ModelFacts]
    cache: CacheState


class LanguageAnswer(BaseModel):
    """What can be done with articles in one language."""

    code: str
    name: str
    summarise: Literal["abstractive", "extractive"] = Field(
        description="`extractive`: no model rewrites it; sentences are the article's, some of them "
        "shortened where rules know how (English, French)."
    )
    translate_to: list[str]
    via: dict[str, list[str]] = Field(
        default={}, description="The pivots of those of `translate_to` that no model does directly."
    )
    experimental: list[str] = Field(
        description="Those of `translate_to` whose quality is below what a reader expects."
    )


class ModelAnswer(ModelFacts):
    """A model of the running profile."""

    task: Literal["summarise", "translate"]
    non_commercial: bool = Field(description="Its licence forbids commercial use.")
    languages: list[str]
    pairs: dict[str, list[str]]
    experimental: list[str]


class AllowanceAnswer(BaseModel):
    """One allowance of a client, over a sliding window."""

    limit: int
    used: int
    remaining: int
    window_seconds: int
    reset_seconds: int = Field(description="Until there is more.")


class UsageAnswer(BaseModel):
    """What is left to the caller; what is not limited is not listed."""

    counted_by: str = Field(description="`key` or `address`.")
    allowances: dict[str, AllowanceAnswer] = Field(description="`requests`, `characters`.")


class Check(BaseModel):
    """One thing that must work before the service is ready."""

    ok: bool
    detail: str


class Readiness(BaseModel):
    """Whether requests will be answered; `checks` names each part."""

    ready: bool
    checks: dict[str, Check]


class Liveness(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class FieldError(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] = []
    request_id: str


def dump(model: BaseModel) -> dict[str, Any]:
    """Return plain JSON types."""
    return model.model_dump(mode="json")
