"""Request bodies: JSON, forms, or plain text with query parameters, into the schemas."""

from __future__ import annotations

import io
from typing import Any, TypeVar

from flask import current_app, g, request
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from service.errors import (
    MAX_FIELD_CHARACTERS,
    MAX_FIELD_ERRORS,
    BodyTooLarge,
    InvalidValues,
    MalformedBody,
    UnsupportedMediaType,
    explain_values,
    field_errors,
)
from service.schemas import FieldError

Value = TypeVar("Value")
Model = TypeVar("Model", bound=BaseModel)
_MAX_FORM_PARTS = 100


def read_bytes(limit: int | None = None) -> bytes:
    """Return the body, all of it: werkzeug lets it be cut, by its limit or by a lost client.

    `limit` is another one than the application's own.
    """
    _check_encoding()
    limit = limit or current_app.config["MAX_CONTENT_LENGTH"]
    request.max_content_length = limit + 1  # the byte more tells a longer body from a full one
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise BodyTooLarge(f"The body is over the limit of {limit} bytes.") from None
    except Exception:  # whatever the server raises at a lost client or a broken chunk
        raise MalformedBody("The body could not be read to its end.") from None
    if len(body) > limit:
        raise BodyTooLarge(f"The body is over the limit of {limit} bytes.")
    if len(body) < (request.content_length or 0):
        raise MalformedBody(f"The body ended after {len(body)} of {request.content_length} bytes.")
    return body


def _check_encoding() -> None:
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaType("Send the body as it is, without a 'Content-Encoding'.")


def _read_text() -> str:
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower().replace("_", "-") not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType(f"The charset must be utf-8, not {charset[:40]!r}.")
    try:
        return read_bytes().decode("utf-8")
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
    options = query.model_validate(read_query())
    return model.model_validate({"text": text, **dict(options)})


def read_query() -> dict[str, str]:
    """Return the query parameters; see `take_single`."""
    return take_single(request.args)


def take_single(values: MultiDict[str, Value]) -> dict[str, Value]:
    """Return the values by their names; raises `InvalidValues` where one is there twice."""
    repeated = [name for name, given in values.lists() if len(given) > 1]
    if repeated:
        errors = [
            FieldError(field=name[:MAX_FIELD_CHARACTERS], message="given more than once")
            for name in repeated[:MAX_FIELD_ERRORS]
        ]
        raise InvalidValues("Separate the items of a list by commas.", errors)
    return values.to_dict()


def read_body(model: type[Model], query: type[BaseModel]) -> Model:
    """Read the request as `model`; a text/plain body takes its options from `query`.

    Raises the `ServiceError` that tells what is wrong.
    """
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


def read_form(
    limit: int | None = None,
) -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
    """Return the fields and the files of a form, read to its end; see `read_bytes`."""
    body = read_bytes(limit)
    parser = FormDataParser(
        silent=False, max_form_memory_size=len(body), max_form_parts=_MAX_FORM_PARTS
    )
    try:
        _, fields, files = parser.parse(
            io.BytesIO(body), request.mimetype, len(body), request.mimetype_params
        )
    except RequestEntityTooLarge:  # no field is longer than the body: there are too many
        raise BodyTooLarge(f"The form is over the limit of {_MAX_FORM_PARTS} parts.") from None
    except ValueError as error:
        raise MalformedBody(f"The form cannot be read: {error}") from None
    if None in fields or None in files:
        raise MalformedBody("A part of the form has no name.")
    return fields, files


def read_fields() -> dict[str, Any]:
    """Return the fields of a JSON object or a form, and of the query; read once per request."""
    if "fields" not in g:
        g.fields = request.args.to_dict() | _read_object()
    return dict(g.fields)


def _read_object() -> dict[str, Any]:
    if not request.is_json:
        return read_form()[0].to_dict()
    try:
        fields = from_json(_read_text().removeprefix("\ufeff"))
    except ValueError as error:  # lone surrogates too, which no model reads
        raise MalformedBody(f"The body is not JSON: {error}.") from None
    if not isinstance(fields, dict):
        raise MalformedBody("The body is not a JSON object.")
    return fields


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
