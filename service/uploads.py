"""Uploads: the articles of a job, read one at a time from a body that may be large."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO, Any, cast

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from service.bodies import read_query
from service.errors import (
    BodyTooLarge,
    InvalidValues,
    MalformedBody,
    ServiceError,
    UnsupportedMediaType,
)
from service.schemas import FieldError

NDJSON_TYPES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})
NDJSON_TYPE = "application/x-ndjson"
_CHUNK_BYTES = 64 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# No request of ours nests deeper than this; Python's own reader and writer of JSON recurse.
_MAX_DEPTH = 20


class Malformed(str):
    """What is wrong with something that stands in the place of an article."""


_NO_OBJECT = Malformed("An article must be an object with a text.")


class Body:
    """A request's body, counted and digested as it is read; raises `ServiceError`s."""

    def __init__(self, stream: IO[bytes], limit: int, seed: str) -> None:
        # werkzeug's own stream reads lines byte by byte.
        self._stream = io.BufferedReader(cast(io.RawIOBase, stream), _CHUNK_BYTES)
        self._limit = limit
        self._digest = hashlib.sha256(seed.encode())
        self.count = 0

    def read(self, size: int = _CHUNK_BYTES) -> bytes:
        """Return the next bytes, none at the end."""
        return self._note(lambda: self._stream.read1(size)) if size else b""

    def readline(self, size: int) -> bytes:
        """Return the next line, or its first `size` bytes."""
        return self._note(lambda: self._stream.readline(size))

    def finish(self) -> str:
        """Read the rest, and return the SHA-256 of everything."""
        while self.read():
            pass
        return self._digest.hexdigest()

    def _note(self, read: Callable[[], bytes]) -> bytes:
        try:
            data = read()
        except RequestEntityTooLarge:
            raise _explain_limit(self._limit) from None
        except Exception:  # whatever the server raises at a lost client or a broken chunk
            raise MalformedBody("The body could not be read to its end.") from None
        at_start, self.count = not self.count, self.count + len(data)
        if self.count > self._limit:
            raise _explain_limit(self._limit)
        self._digest.update(data)
        return data.removeprefix(_BYTE_ORDER_MARK) if at_start else data


class Upload:
    """The articles of the current request and, once they are read, the job's options.

    Yields objects, whose values are checked when they are worked on, and strings that say what is
    wrong with what stands in the place of an article.
    """

    def __init__(self, max_body_bytes: int, max_article_bytes: int, max_articles: int) -> None:
        self.is_lines = _check_media_type()
        self.options: dict[str, Any] = read_query() if self.is_lines else {}
        if request.args and not self.is_lines:
            raise InvalidValues("A JSON request takes no query parameters: put them in the body.")
        request.max_content_length = max_body_bytes + 1
        seed = f"{request.mimetype} {request.query_string.decode('latin-1')} "
        try:
            stream = request.stream
        except RequestEntityTooLarge:  # by its length, before anything is read
            raise _explain_limit(max_body_bytes) from None
        self._body = Body(stream, max_body_bytes, seed)
        self._max_article_bytes = max_article_bytes
        self._max_articles = max_articles

    def __iter__(self) -> Iterator[Any]:
        articles = self._read_lines() if self.is_lines else self._read_document()
        for count, article in enumerate(articles, 1):
            if count > self._max_articles:
                raise _refuse(f"at most {self._max_articles} in a job; send several jobs")
            yield article if isinstance(article, (dict, Malformed)) else _NO_OBJECT

    def finish(self) -> str:
        """Read what is left, and return the digest of the whole body."""
        return self._body.finish()

    def drain(self) -> None:
        """Read what is left of a body that was refused: who still sends does not listen."""
        with suppress(ServiceError):
            self._body.finish()

    def _read_lines(self) -> Iterator[Any]:
        while line := self._body.readline(self._max_article_bytes + 1):
            if len(line) > self._max_article_bytes and not line.endswith(b"\n"):
                while rest := self._body.readline(_CHUNK_BYTES):
                    if rest.endswith(b"\n"):
                        break
                yield Malformed(f"The line is over the limit of {self._max_article_bytes} bytes.")
            elif line.strip():
                yield _read_line(line)

    def _read_document(self) -> Iterator[Any]:
        """Yield the items of "articles"; the other fields become the options."""
        seen: set[str] = set()
        for field, value in self._read_fields():
            if field == "articles":
                yield value
            elif field in seen:
                raise InvalidValues(f"{field[:40]}: given more than once")
            else:
                seen.add(field)
                self.options[field] = value

    def _read_fields(self) -> Iterator[tuple[str, Any]]:
        import ijson  # part of the `jobs` extra

        reader, started = _FieldReader(), self._body.count
        try:
            for event, value in ijson.basic_parse(self._body, _CHUNK_BYTES, use_float=True):
                found = reader.feed(event, value)
                if found is not None:
                    started = self._body.count
                    yield found
                elif self._body.count - started > self._max_article_bytes + 2 * _CHUNK_BYTES:
                    raise BodyTooLarge(f"An article is over {self._max_article_bytes} bytes.")
        except (ijson.JSONError, ValueError) as error:
            raise MalformedBody(f"Invalid JSON: {_explain(error)}.") from None
        if not reader.has_articles:
            raise _refuse("Field required")


class _FieldReader:
    """Builds the fields of the outermost object from a parser's events, articles one by one."""

    def __init__(self) -> None:
        self.has_articles = False
        self._depth = 0
        self._field = ""
        self._floor = 1
        self._builder: Any = None

    def feed(self, event: str, value: Any) -> tuple[str, Any] | None:
        """Take an event in; returns a field, or an item of "articles", that it completes."""
        from ijson.common import ObjectBuilder

        opens, closes = event in ("start_map", "start_array"), event in ("end_map", "end_array")
        self._depth += opens
        if self._depth > _MAX_DEPTH:
            raise MalformedBody(f"The JSON is nested deeper than {_MAX_DEPTH} levels.")
        if self._builder is None and self._passes(event, value, opens, closes):
            self._depth -= closes
            return None
        if self._builder is None:
            self._builder = ObjectBuilder()
        self._builder.event(event, value)
        self._depth -= closes
        if self._depth > self._floor:
            return None
        if self._field == "articles" and self._floor == 1:
            raise _refuse("must be a list")
        built, self._builder = self._builder.value, None
        return self._field, built

    def _passes(self, event: str, value: Any, opens: bool, closes: bool) -> bool:
        """Tell whether an event belongs to the document itself, and to no value in it."""
        if self._depth - opens == 0:
            if event != "start_map":
                raise MalformedBody("The body must be an object with a list of articles.")
            return True
        if event == "map_key" and self._depth == 1:
            self._field = value
            return True
        if self._field == "articles" and event == "start_array" and self._depth == 2:
            if self.has_articles:
                raise _refuse("given more than once")
            self._floor, self.has_articles = 2, True
            return True
        if closes and self._depth == self._floor:
            self._floor = 1
            return True
        return False


def _check_media_type() -> bool:
    """Tell whether the body is lines, or one document; raises `UnsupportedMediaType`."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaType("Send the body as it is, without a 'Content-Encoding'.")
    if request.mimetype in NDJSON_TYPES:
        return True
    if request.mimetype == "application/json":
        return False
    raise UnsupportedMediaType(
        f"Send 'Content-Type: application/json', or '{NDJSON_TYPE}' with an article in each line."
    )


def _explain_limit(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"The body is over the limit of {limit} bytes for a job.")


def _refuse(message: str) -> InvalidValues:
    return InvalidValues(f"articles: {message}", [FieldError(field="articles", message=message)])


def _explain(error: Exception) -> str:
    """Return a parser's complaint without the piece of the text that it shows."""
    return str(error).removeprefix("b'").partition("\\n")[0].partition("\n")[0].strip()[:200]


def _read_line(line: bytes) -> Any:
    """Return what a line holds, or what is wrong with it."""
    try:
        article = json.loads(line)
        # Python reads NaN, 1e999 and halves of surrogate pairs, which nobody can be sent.
        json.dumps(article, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        return Malformed("The line is nested too deeply.")
    except ValueError as error:
        return Malformed(f"The line is not JSON: {str(error)[:200]}.")
    return article if _nests_little(article) else Malformed("The line is nested too deeply.")


def _nests_little(value: Any, depth: int = 1) -> bool:
    if depth > _MAX_DEPTH:
        return False
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(_nests_little(item, depth + 1) for item in inner)
