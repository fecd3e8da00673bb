"""Request bodies: JSON or plain text with query parameters, into the schemas."""

from __future__ import annotations

from typing import TypeVar

from flask import current_app, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from service.errors import (
    BodyTooLarge,
    InvalidValues,
    MalformedBody,
    UnsupportedMediaType,
    explain_values,
    field_errors,
)
from service.schemas import FieldError

Model = TypeVar("Model", bound=BaseModel)


def _read_bytes() -> bytes:
    """Return the body, all of it: werkzeug lets it be cut, by its limit or by a lost client."""
    limit = current_app.config["MAX_CONTENT_LENGTH"]
    request.max_content_length = limit + 1  # the byte more tells a longer body from a full one
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise
    except Exception:  # whatever the server raises at a lost client or a broken chunk
        raise MalformedBody("The body could not be read to its end.") from None
    if len(body) > limit:
        raise RequestEntityTooLarge
    if len(body) < (request.content_length or 0):
        raise MalformedBody(f"The body ended after {len(body)} of {request.content_length} bytes.")
    return body


def _read_text() -> str:
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower().replace("_", "-") not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType(f"The charset must be utf-8, not {charset[:40]!r}.")
    try:
        return _read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBody(f"The body is not UTF-8: invalid byte at {error.start}.") from None


def _read_json(model: type[Model]) -> Model:
    if request.args:
        errors = [
            FieldError(field=name, message="options belong in the body") for name in request.args
        ]
        raise InvalidValues("A JSON request takes no query parameters.", errors)
    try:
        # Editors on Windows write a byte order mark; RFC 8259, section 8.1, lets it be ignored.
        return model.model_validate_json(_read_text().removeprefix("\ufeff"))
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            raise MalformedBody(field_errors(error)[0].message + ".") from None
        raise


def _read_plain(model: type[Model], query: type[BaseModel]) -> Model:
    text = _read_text()
    repeated = [name for name, values in request.args.lists() if len(values) > 1]
    if repeated:
        errors = [FieldError(field=name, message="given more than once") for name in repeated]
        raise InvalidValues("Separate the items of a list by commas.", errors)
    options = query.model_validate(request.args.to_dict())
    return model.model_validate({"text": text, **options.model_dump()})


def read_body(model: type[Model], query: type[BaseModel]) -> Model:
    """Read the request as `model`; a text/plain body takes its options from `query`.

    Raises the `ServiceError` that tells what is wrong.
    """
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaType("Send the body as it is, without a 'Content-Encoding'.")
    try:
        if request.mimetype == "application/json":
            return _read_json(model)
        if request.mimetype == "text/plain":
            return _read_plain(model, query)
    except ValidationError as error:  # elsewhere it would be a fault of ours, not the client's
        raise explain_values(error) from None
    raise UnsupportedMediaType(
        "Send 'Content-Type: application/json', or 'text/plain' with the text as the body."
    )


def check_count(name: str, count: int, limit: int) -> None:
    """Raise `InvalidValues` where a list is longer than the operator allows."""
    if count > limit:
        message = f"at most {limit} here, not {count}"
        raise InvalidValues(f"{name}: {message}", [FieldError(field=name, message=message)])


def check_characters(texts: list[str], limit: int) -> None:
    """Raise `BodyTooLarge` where the texts together are longer than the operator allows."""
    count = sum(map(len, texts))
    if count > limit:
        raise BodyTooLarge(f"The text has {count} characters; the limit is {limit}.")
