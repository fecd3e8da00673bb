"""Errors: every failure a client can see, as RFC 9457 problem details.

ServiceError(status, code, title)      raised on purpose, by this package
├── MalformedBody            400
├── Unauthenticated          401
├── Forbidden                403
├── JobUnknown, NoJobs       404
├── Conflict                 409, Retry-After
├── BodyTooLarge             413
├── UnsupportedMediaType     415
├── InvalidValues            422
├── Overcrowded              503, Retry-After
└── NotReady                 503, Retry-After
cache.protocols.JobsAway               503, Retry-After
models.protocols.ModelError            422 or 503; of `Abandoned` 499
documents.protocols.DocumentError      422
documents.protocols.DocumentsBusy      503, Retry-After
werkzeug HTTPException                 its own status (404, 405, ...)
anything else                          500, which says nothing of the inside
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Flask, Response, g
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from cache.protocols import JobsAway
from documents.protocols import DocumentError, DocumentsBusy
from models.protocols import (
    Abandoned,
    DeadlineExceeded,
    ModelMissing,
    Overloaded,
    UnsupportedLanguage,
)
from service.schemas import FieldError, Problem
from service.telemetry import list_identifiers

log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 2
CLIENT_GONE = 499  # nginx's
# A body of a megabyte can be wrong in a hundred thousand places; an answer tells the first ones.
MAX_FIELD_ERRORS = 20
MAX_FIELD_CHARACTERS = 200


class ServiceError(Exception):
    """A failure with everything that the client is told of it."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "internal"

    def __init__(
        self,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})


class MalformedBody(ServiceError):
    """The body cannot be read as what its media type says."""

    status, code = HTTPStatus.BAD_REQUEST, "malformed_body"


class Unauthenticated(ServiceError):
    """A key is needed and none was given."""

    status, code = HTTPStatus.UNAUTHORIZED, "key_required"


class Forbidden(ServiceError):
    """The key given is not known."""

    status, code = HTTPStatus.FORBIDDEN, "key_unknown"


class BodyTooLarge(ServiceError):
    """The body or the text is over a limit; the detail tells the limit."""

    status, code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large"


class UnsupportedMediaType(ServiceError):
    """The media type of the body is not one that this route reads."""

    status, code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"


class InvalidValues(ServiceError):
    """The body was read, but its values cannot be used."""

    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_values"


class JobUnknown(ServiceError):
    """There is no such job, or it has expired, or it is another key's."""

    status, code = HTTPStatus.NOT_FOUND, "job_unknown"


class Conflict(ServiceError):
    """The same request is being read at this moment."""

    status, code = HTTPStatus.CONFLICT, "in_progress"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


class NoJobs(ServiceError):
    """This service runs without what jobs need."""

    status, code = HTTPStatus.NOT_FOUND, "no_jobs"


class Overcrowded(ServiceError):
    """More streams are open than this process has threads for."""

    status, code = HTTPStatus.SERVICE_UNAVAILABLE, "overcrowded"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


class NotReady(ServiceError):
    """The models are not loaded yet, or could not be loaded."""

    status, code = HTTPStatus.SERVICE_UNAVAILABLE, "not_ready"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def answer_problem(
    status: int,
    code: str,
    detail: str,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return problem details as a response."""
    problem = Problem(
        title="Client Closed Request" if status == CLIENT_GONE else HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        errors=list(errors),
        request_id=g.get("request_id", ""),
    )
    g.problem_code = code
    return Response(
        problem.model_dump_json(),
        status=status,
        headers=dict(headers or {}),
        content_type="application/problem+json",
    )


def field_errors(error: ValidationError) -> list[FieldError]:
    """Return a line for each of the first wrong fields, without the values: they may be text."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        FieldError(
            field=".".join(map(str, e["loc"]))[:MAX_FIELD_CHARACTERS],
            message=e["msg"].removeprefix("Value error, "),
        )
        for e in found[:MAX_FIELD_ERRORS]
    ]


def explain_values(error: ValidationError) -> InvalidValues:
    """Return what is wrong with the fields of a request, as an error to raise."""
    errors = field_errors(error)
    detail = "; ".join(f"{e.field}: {e.message}" if e.field else e.message for e in errors)
    return InvalidValues(detail, errors)


def _answer_service_error(error: ServiceError) -> Response:
    return answer_problem(error.status, error.code, error.detail, error.errors, error.headers)


def _answer_unsupported_language(error: UnsupportedLanguage) -> Response:
    return answer_problem(422, "unsupported_language", str(error))


def _answer_overloaded(error: Overloaded) -> Response:
    retry = {"Retry-After": str(error.retry_after_seconds)}
    return answer_problem(503, "overloaded", str(error), headers=retry)


def _answer_document(error: DocumentError) -> Response:
    return answer_problem(422, error.code, str(error))


def _answer_documents_busy(error: DocumentsBusy) -> Response:
    retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return answer_problem(503, "overloaded", str(error), headers=retry)


def _answer_deadline(error: DeadlineExceeded) -> Response:
    retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    detail = "The request could not be finished within its time limit."
    return answer_problem(503, "deadline_exceeded", detail, headers=retry)


def _answer_abandoned(_error: Abandoned) -> Response:
    """Tell the log and the metrics, and whoever closed only its own half."""
    return answer_problem(CLIENT_GONE, "client_gone", "The client closed the connection.")


def _answer_jobs_away(error: JobsAway) -> Response:
    log.warning("%s", error)
    retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return answer_problem(503, "jobs_away", str(error), headers=retry)


def _answer_model_missing(error: ModelMissing) -> Response:
    log.error("A model is missing: %s", error)
    retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return answer_problem(503, "not_ready", "A model is not available.", headers=retry)


def _answer_http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    headers = {k: v for k, v in error.get_headers() if k not in ("Content-Type", "Content-Length")}
    code = HTTPStatus(status).phrase.lower().replace(" ", "_")
    return answer_problem(status, code, error.description or "", headers=headers)


def _answer_unexpected(error: Exception) -> Response:
    log.error("Request failed unexpectedly", exc_info=error, extra=list_identifiers())
    return answer_problem(500, "internal", "The service failed; the log has the request id.")


def register_errors(app: Flask) -> None:
    """Answer every error of `app` with problem details."""
    app.register_error_handler(ServiceError, _answer_service_error)
    app.register_error_handler(UnsupportedLanguage, _answer_unsupported_language)
    app.register_error_handler(DocumentError, _answer_document)
    app.register_error_handler(DocumentsBusy, _answer_documents_busy)
    app.register_error_handler(Overloaded, _answer_overloaded)
    app.register_error_handler(DeadlineExceeded, _answer_deadline)
    app.register_error_handler(Abandoned, _answer_abandoned)
    app.register_error_handler(JobsAway, _answer_jobs_away)
    app.register_error_handler(ModelMissing, _answer_model_missing)
    app.register_error_handler(HTTPException, _answer_http_exception)
    app.register_error_handler(Exception, _answer_unexpected)
