"""`GET /v1/languages` and `GET /v1/models`: what this service can do, and with what."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import RootModel

from models.languages import CODES, name_language
from models.protocols import ModelCard, Translator
from service.context import LanguageModels
from service.routes import SECURITY, current_pipeline, document_problems
from service.schemas import LanguageAnswer, ModelAnswer

api = APIBlueprint(
    "catalogue", __name__, abp_tags=[Tag(name="Catalogue", description="Languages and models.")]
)


class Languages(RootModel[list[LanguageAnswer]]):
    """Every language that the service knows."""


class Models(RootModel[list[ModelAnswer]]):
    """The models of the running profile."""


def _list_experimental(translator: Translator, source: str) -> list[str]:
    card, route = translator.card, translator.route
    targets = translator.targets(source)
    return [t for t in targets if card.is_experimental(source, route(source, t), t)]


def _list_codes(models: LanguageModels) -> list[str]:
    """Return what the service identifies, and then what only its models know."""
    known = (*models.summariser.card.languages, *models.translator.card.pairs)
    return [*CODES, *sorted({*known} - {*CODES})]


def _describe_language(code: str, models: LanguageModels) -> LanguageAnswer:
    abstractive = code in models.summariser.card.languages
    targets, route = models.translator.targets(code), models.translator.route
    return LanguageAnswer(
        code=code,
        name=name_language(code),
        summarise="abstractive" if abstractive else "extractive",
        translate_to=list(targets),
        via={target: list(via) for target in targets if (via := route(code, target))},
        experimental=_list_experimental(models.translator, code),
    )


def _describe_model(card: ModelCard) -> ModelAnswer:
    return ModelAnswer(
        id=card.id,
        revision=card.revision,
        licence=card.licence,
        task=card.task,
        non_commercial=card.non_commercial,
        languages=list(card.languages),
        pairs={source: list(targets) for source, targets in card.pairs.items()},
        experimental=list(card.experimental),
    )


def _answer_json(model: RootModel[Any]) -> Response:
    return Response(model.model_dump_json(), content_type="application/json")


@api.get("/v1/languages", responses={200: Languages, **document_problems(503)}, security=SECURITY)
def list_languages() -> Response:
    """List the languages, and what can be done with each."""
    models = current_pipeline().models()
    rows = [_describe_language(code, models) for code in _list_codes(models)]
    return _answer_json(Languages(rows))


@api.get("/v1/models", responses={200: Models, **document_problems(503)}, security=SECURITY)
def list_models() -> Response:
    """List the models that answer, with their licences."""
    models = current_pipeline().models()
    cards = (*models.summariser.card.models, *models.translator.card.models)
    return _answer_json(Models([_describe_model(card) for card in cards]))
