"""`/v1/jobs`: many articles at once, their progress and their results."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any, cast

from flask import Response, current_app, g, request
from flask_openapi3 import APIBlueprint, MediaType, RequestBody, Schema, Tag
from flask_openapi3.models.data_type import DataType
from flask_openapi3.utils import parse_body, parse_query
from pydantic import BaseModel, Field, ValidationError

from service.errors import InvalidValues, NoJobs, Overcrowded, explain_values
from service.jobs import JobAnswer, JobCreated, JobQuery, JobRequest, Jobs
from service.limits import spend_characters
from service.routes import SECURITY, current_settings, document_problems
from service.streaming import EVENT_TYPE
from service.uploads import NDJSON_TYPE, Upload

api = APIBlueprint(
    "jobs", __name__, abp_tags=[Tag(name="Jobs", description="Many articles at once.")]
)


_MAX_KEY_CHARACTERS = 255


class JobPath(BaseModel):
    """Which job."""

    id: str


class ResultsQuery(BaseModel):
    """Where to begin."""

    offset: int = Field(0, ge=0, description="Articles to leave out, whose results are at hand.")


class Followers:
    """Counts open streams, so that they leave threads to other requests."""

    def __init__(self, limit: int) -> None:
        self._places = threading.BoundedSemaphore(limit)

    def stream(self, lines: Iterable[str], media_type: str) -> Response:
        """Return a response of `lines` as they come; raises `Overcrowded`."""
        if not self._places.acquire(blocking=False):
            raise Overcrowded("Too many streams are open; ask for the job's state instead.")
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        response = Response(lines, headers=headers, content_type=media_type)
        response.call_on_close(self._places.release)
        return response


def _document_upload() -> dict[str, Any]:
    """Return the OpenAPI request body and parameters of what `service.uploads.Upload` reads."""
    content, schemas = parse_body(JobRequest)
    parameters, query_schemas = parse_query(JobQuery)
    api.components_schemas.update(schemas | query_schemas)
    content[NDJSON_TYPE] = MediaType(schema=Schema(type=DataType.STRING))
    for parameter in parameters:
        parameter.description = f"For {NDJSON_TYPE}. {parameter.description or ''}".strip()
        parameter.explode = False
    key = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
    body = RequestBody(content=content, required=True)
    return {"requestBody": body, "parameters": [*parameters, key]}


def _document_stream(media_type: str) -> dict[Any, Any]:
    content = {media_type: {"schema": {"type": "string"}}}
    return {200: {"content": content}, **document_problems(404, 422, 503)}


def _current_jobs() -> Jobs:
    jobs = current_app.extensions["precis"]["jobs"]
    if jobs is None:
        raise NoJobs("Jobs need a Redis (REDIS_URL) and the `jobs` extra; this service has none.")
    return cast(Jobs, jobs)


def _current_followers() -> Followers:
    return cast(Followers, current_app.extensions["precis"]["followers"])


def _owner() -> str:
    """Return whose jobs these are: the key's or, without keys, everybody's who knows the id."""
    return str(g.get("client", ""))


def _read_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= _MAX_KEY_CHARACTERS:
        raise InvalidValues(f"'Idempotency-Key' must have 1 to {_MAX_KEY_CHARACTERS} characters.")
    return key


@api.post(
    "/v1/jobs",
    responses={
        202: JobCreated,
        **document_problems(400, 404, 409, 413, 415, 422, 503),
    },
    security=SECURITY,
    openapi_extensions=_document_upload(),
)
def create_job() -> Response:
    """Take in articles to be summarised by the workers; equal to one request for each."""
    jobs, settings = _current_jobs(), current_settings()
    key = _read_key()
    upload = Upload(settings.job_max_bytes, settings.max_body_bytes, settings.job_max_articles)
    job_id, repeated = jobs.submit(upload, _owner(), key, spend_characters)
    headers = {"Location": f"/v1/jobs/{job_id}"}
    if repeated:
        headers["Idempotency-Replayed"] = "true"
    body = JobCreated(id=job_id).model_dump_json()
    return Response(body, 202, headers, content_type="application/json")


@api.get(
    "/v1/jobs/<id>",
    responses={200: JobAnswer, **document_problems(404, 503)},
    security=SECURITY,
)
def describe_job(path: JobPath) -> Response:
    """Tell how far a job is."""
    found = _current_jobs().describe(path.id, _owner())
    return Response(found.model_dump_json(), content_type="application/json")


@api.delete(
    "/v1/jobs/<id>",
    responses={200: JobAnswer, **document_problems(404, 503)},
    security=SECURITY,
)
def cancel_job(path: JobPath) -> Response:
    """Cancel what is not done yet; results that are there can still be read."""
    found = _current_jobs().cancel(path.id, _owner())
    return Response(found.model_dump_json(), content_type="application/json")


@api.get(
    "/v1/jobs/<id>/results",
    responses=_document_stream(NDJSON_TYPE),
    security=SECURITY,
    openapi_extensions={"parameters": parse_query(ResultsQuery)[0]},
)
def read_results(path: JobPath) -> Response:
    """Stream a line per article, in the order given, until the job's end.

    A line is `{"id", "result"}` or `{"id", "problem"}`; blank ones, while nothing comes, hold the
    connection open. A cancelled job's articles without a result are left out.
    """
    jobs, owner = _current_jobs(), _owner()
    jobs.describe(path.id, owner)
    try:
        offset = ResultsQuery.model_validate(request.args.to_dict()).offset
    except ValidationError as error:
        raise explain_values(error) from None
    return _current_followers().stream(
        jobs.write_results(path.id, owner, offset), f"{NDJSON_TYPE}; charset=utf-8"
    )


@api.get("/v1/jobs/<id>/events", responses=_document_stream(EVENT_TYPE), security=SECURITY)
def follow_job(path: JobPath) -> Response:
    """Stream progress as server-sent events: `progress` at each change, `done` at the end."""
    jobs, owner = _current_jobs(), _owner()
    jobs.describe(path.id, owner)
    return _current_followers().stream(
        jobs.write_events(path.id, owner), f"{EVENT_TYPE}; charset=utf-8"
    )
