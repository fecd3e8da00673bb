"""Routes, one module per resource; here what they share."""

from __future__ import annotations

from typing import Any, cast

from flask import current_app, request
from flask_openapi3 import APIBlueprint, MediaType, RequestBody, Schema
from flask_openapi3.models.data_type import DataType
from flask_openapi3.utils import parse_body, parse_query
from pydantic import BaseModel

from documents.protocols import HTML, MAIL, MARKDOWN, PDF, WORD
from service.articles import ArticleSources
from service.pipeline import Pipeline
from service.settings import Settings
from service.shortcut import STARTED
from service.telemetry import Metrics, Timings
from service.tracing import Tracing

SECURITY: list[dict[str, list[Any]]] = [{}, {"bearer": []}, {"header": []}]


def document_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return OpenAPI responses for the errors that a route may answer with."""
    schema = {"$ref": "#/components/schemas/Problem"}
    always = (401, 403, 429)
    return {
        status: {"content": {"application/problem+json": {"schema": schema}}}
        for status in sorted((*statuses, *always))
    }


def document_body(
    api: APIBlueprint, model: type[BaseModel], query: type[BaseModel], documents: bool = False
) -> dict[str, Any]:
    """Return the OpenAPI request body and parameters of what `service.bodies.read_body` reads.

    flask-openapi3 describes one media type per route and validates it by itself; here there are
    more, so the description is made by its own parsers and handed over.
    """
    content, schemas = parse_body(model)
    parameters, query_schemas = parse_query(query)
    api.components_schemas.update(schemas | query_schemas)
    example = model.model_json_schema()["examples"][0]
    content["application/json"].example = example
    content["text/plain"] = MediaType(schema=Schema(type=DataType.STRING), example=example["text"])
    if documents:
        content.update(_document_files())
    for parameter in parameters:
        parameter.description = f"Not for JSON. {parameter.description or ''}".strip()
        parameter.explode = False
        parameter.required = False  # beside JSON there is none of them
        parameter.param_schema = _drop_default(parameter.param_schema)
    return {"requestBody": RequestBody(content=content, required=True), "parameters": parameters}


def _document_files() -> dict[str, MediaType]:
    """Return the media types of documents, and of a form with one and the options as fields."""
    file = Schema(type=DataType.STRING, format="binary")
    form = Schema(type=DataType.OBJECT, properties={"file": file})
    formats = {each: MediaType(schema=file) for each in (HTML, PDF, WORD, MARKDOWN, MAIL)}
    return formats | {"multipart/form-data": MediaType(schema=form)}


def current_sources() -> ArticleSources:
    """Return what the running application reads articles with."""
    return cast(ArticleSources, current_app.extensions["precis"]["sources"])


def _drop_default(schema: Any) -> Schema:
    """Return a parameter's schema without what `/docs` would fill in and send beside JSON."""
    if schema.type == DataType.OBJECT:  # written as JSON there
        return Schema(type=DataType.STRING)
    return Schema.model_validate(
        schema.model_dump(by_alias=True, exclude_unset=True, exclude={"default"})
    )


def current_pipeline() -> Pipeline:
    """Return the pipeline of the running application."""
    return cast(Pipeline, current_app.extensions["precis"]["pipeline"])


def current_settings() -> Settings:
    """Return the settings of the running application."""
    return cast(Settings, current_app.extensions["precis"]["settings"])


def current_metrics() -> Metrics:
    """Return the metrics of the running application."""
    return cast(Metrics, current_app.extensions["precis"]["metrics"])


def start_timings() -> Timings:
    """Return the timings of the current request, whose stages are traced where it is."""
    tracing: Tracing | None = current_app.extensions["precis"]["tracing"]
    started = request.environ.get(STARTED)
    return Timings(tracing.bind(), started) if tracing else Timings(started=started)
