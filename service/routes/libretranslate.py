"""LibreTranslate's API as its clients know it, over the same pipeline as `/v1/translations`."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.languages import UNDETERMINED, identify, name_language, normalise, normalise_target
from service.bodies import check_characters, check_count, read_fields
from service.errors import InvalidValues, explain_values
from service.keys import LIBRETRANSLATE
from service.limits import spend_characters
from service.routes import current_metrics, current_pipeline, current_settings, start_timings
from service.schemas import SourceFacts, TranslationRequest, TranslationsAnswer

Call = TypeVar("Call", bound=BaseModel)

api = Blueprint(LIBRETRANSLATE, __name__)

# That API knows these; its clients look at no others.
_STATUS = {401: 400, 413: 400, 415: 400, 422: 400}
_CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Allow-Methods": "GET, POST",
}


class _Call(BaseModel):
    """What a client sends; numbers of a form are texts, and unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore")

    q: str | list[str] = Field(min_length=1)
    source: str = Field(min_length=1)
    target: str = Field(min_length=1)
    format: Literal["text", "html", ""] = "text"
    alternatives: int = 0


class _Question(BaseModel):
    """What `/detect` reads."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field(min_length=1)


@api.after_request
def _answer_as_libretranslate(response: Response) -> Response:
    """Turn problem details into `{"error": …}`, and let scripts of other origins read it."""
    if response.mimetype == "application/problem+json":
        response.status_code = _STATUS.get(response.status_code, response.status_code)
        problem = response.get_json()
        response.data = jsonify(error=problem["detail"]).data
        response.content_type = "application/json"
    response.headers.update(_CROSS_ORIGIN)
    return response


@api.post("/translate")
def translate() -> Response:
    """Translate a text, or each text of a list."""
    call = _read(_Call)
    texts = [call.q] if isinstance(call.q, str) else call.q
    check_characters(texts, current_settings().max_characters)
    check_count("q", len(texts), current_settings().max_items)
    spend_characters(sum(map(len, texts)))
    found = current_pipeline().translate(_ask(call, texts), start_timings())
    current_metrics().count_translations(found)
    return jsonify(_answer(call, found))


@api.post("/detect")
def detect() -> Response:
    """Tell the language of a text."""
    text = _read(_Question).q
    check_characters([text], current_settings().max_characters)
    found = identify(text)
    return jsonify([_describe_language(found.code, found.confidence)])


@api.get("/languages")
def list_languages() -> Response:
    """List the languages that can be translated, and to which."""
    return jsonify(_list_languages())


@api.get("/frontend/settings")
def show_settings() -> Response:
    """Tell the limits, as that API's own page asks for them."""
    settings = current_settings()
    languages = [{"code": row["code"], "name": row["name"]} for row in _list_languages()]
    return jsonify(
        charLimit=settings.max_characters,
        frontendTimeout=500,
        apiKeys=settings.needs_keys,
        keyRequired=settings.needs_keys,
        suggestions=False,
        filesTranslation=False,
        supportedFilesFormat=[],
        language={
            "source": {"code": "auto", "name": "Auto Detect"},
            "target": languages[0] if languages else {},
        },
    )


@api.get("/health")
def show_health() -> Response:
    """Tell that the process answers, as `/livez` does."""
    return jsonify(status="ok")


def _read(model: type[Call]) -> Call:
    try:
        return model.model_validate(read_fields())
    except ValidationError as error:
        raise explain_values(error) from None


def _ask(call: _Call, texts: list[str]) -> TranslationRequest:
    """Return the call in the words of this service; a list, since a list may hold blanks."""
    try:
        source = "auto" if call.source == "auto" else normalise(call.source)
        target = normalise_target(call.target)
    except ValueError as error:
        raise InvalidValues(str(error)) from None
    return TranslationRequest(
        text=texts, source=source, targets=[target], format=call.format or "text"
    )


def _answer(call: _Call, found: TranslationsAnswer) -> dict[str, Any]:
    (texts,) = found.translations.values()
    single = isinstance(call.q, str)
    answer: dict[str, Any] = {"translatedText": texts[0] if single else texts}
    if call.source == "auto":
        facts = found.source if isinstance(found.source, list) else [found.source]
        detected = [_describe_source(each) for each in facts]
        answer["detectedLanguage"] = detected[0] if single else detected
    if call.alternatives > 0:  # a wish, not a promise: none are made here
        answer["alternatives"] = [] if single else [[] for _ in texts]
    return answer


def _describe_source(facts: SourceFacts) -> dict[str, Any]:
    return _describe_language(facts.language, facts.confidence)


def _describe_language(code: str, confidence: float) -> dict[str, Any]:
    """Confidence is of a hundred there; what cannot be told is English with none of it."""
    known = code if code != UNDETERMINED else "en"
    return {"confidence": round(100 * confidence, 1), "language": known}


def _list_languages() -> list[dict[str, Any]]:
    """Return every language with a pair; as there, each is among its own targets."""
    translator = current_pipeline().models().translator
    targets = {code: translator.targets(code) for code in translator.card.pairs}
    spoken = {*targets, *(target for found in targets.values() for target in found)}
    return [
        {"code": c, "name": name_language(c), "targets": sorted({c, *targets.get(c, ())})}
        for c in sorted(spoken)
    ]
