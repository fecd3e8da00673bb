"""The client: calls of the service as methods, its problems as exceptions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPException, HTTPResponse
from types import MappingProxyType
from typing import Any, NamedTuple, Unpack, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from precis.answers import (
    Job,
    Language,
    Line,
    Summaries,
    SummaryOptions,
    TranslationOptions,
    Translations,
)

# A stream of results says something as often as every ten seconds.
_SILENCE_SECONDS = 60


class Problem(Exception):
    """The service said no: `code` is for programs, `details` the whole of RFC 9457's object."""

    def __init__(self, details: dict[str, Any], retry_after_seconds: float | None = None) -> None:
        super().__init__(details.get("detail") or details.get("title") or "no reason given")
        self.details = details
        self.status: int = details.get("status", 0)
        self.code: str = details.get("code", "")
        self.retry_after_seconds = retry_after_seconds


class Unreachable(Exception):
    """There is no service at the address, or the connection was lost."""


class Document(NamedTuple):
    """An article in a file of another kind than text; `media_type` as in `Content-Type`."""

    body: bytes
    media_type: str


class Address(NamedTuple):
    """Where an article is; the service fetches it, if its operator allows that."""

    url: str


Article = str | Document | Address


class Event(NamedTuple):
    """A part of an answer: "source", "summary", "translation", and at the end "done"."""

    name: str
    data: dict[str, Any]


class Client:
    """Calls the service at `url`; safe to share between threads.

    Options that are left out are as the service has them: the language is found out, both
    lengths are written. Methods raise `Problem` where the service refuses, `Unreachable` where it
    cannot be asked.
    Raises `ValueError` for a `url` that is none.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        key: str | None = None,
        timeout_seconds: float = 300,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"not an address of http or https: {url!r}")
        self.url = url.rstrip("/")
        self._key = {"X-API-Key": key} if key else {}
        self._timeout_seconds = timeout_seconds

    def summarise(self, article: Article, **options: Unpack[SummaryOptions]) -> Summaries:
        """Return summaries of `article`, translated to the `targets` among the options."""
        return cast(Summaries, self._fetch(*_ask_for_summaries(article, options)))

    def ask(self, fields: Mapping[str, Any]) -> Summaries:
        """Return the answer to a summaries request with any fields that `/openapi.json` has."""
        return cast(Summaries, self._fetch("/v1/summaries", _write_json(fields)))

    def stream(self, article: Article, **options: Unpack[SummaryOptions]) -> Iterator[Event]:
        """Yield the parts of the same answer as they are made; "done" holds all of it."""
        path, body, media_type = _ask_for_summaries(article, options)
        try:
            with self._open(path, body, media_type, accept="text/event-stream") as response:
                for event in _read_events(response):
                    if event.name == "problem":
                        raise Problem(event.data)
                    yield event
                    if event.name == "done":
                        return
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable(f"the connection was lost: {error}") from None
        raise Unreachable("the connection was lost before the answer was whole")

    def translate(
        self, text: str | list[str], targets: Sequence[str], **options: Unpack[TranslationOptions]
    ) -> Translations:
        """Return `text` in the `targets`; a list comes back as lists."""
        fields = {"text": text, "targets": targets} | options
        return cast(Translations, self._fetch("/v1/translations", _write_json(fields)))

    def create_job(
        self, lines: bytes, *, key: str | None = None, **options: Unpack[SummaryOptions]
    ) -> str:
        """Send many articles, a JSON object `{"id", "text"}` a line; returns the id of their job.

        The same lines under the same `key` again are the same job.
        """
        headers = {"Idempotency-Key": key} if key else {}
        path = f"/v1/jobs?{_write_query(options)}"
        made = self._fetch(path, lines, "application/x-ndjson", headers)
        return cast(Job, made)["id"]

    def describe_job(self, job_id: str) -> Job:
        """Return how far a job is."""
        return cast(Job, self._fetch(f"/v1/jobs/{quote(job_id, safe='')}"))

    def cancel_job(self, job_id: str) -> Job:
        """Drop what is not done of a job, and return how far it came."""
        with self._open(f"/v1/jobs/{quote(job_id, safe='')}", None, method="DELETE") as response:
            return cast(Job, json.load(response))

    def read_results(self, job_id: str, offset: int = 0) -> Iterator[Line]:
        """Yield what came of each article of a job, in order, as it comes, from `offset` on."""
        path = f"/v1/jobs/{quote(job_id, safe='')}/results?offset={offset}"
        silence = min(_SILENCE_SECONDS, self._timeout_seconds)
        try:
            with self._open(path, None, accept="*/*", timeout_seconds=silence) as response:
                for line in response:
                    if line.strip():
                        yield json.loads(line)
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable(f"the connection was lost: {error}") from None

    def languages(self) -> list[Language]:
        """Return what can be done with each language."""
        return cast(list[Language], self._fetch("/v1/languages"))

    def _fetch(
        self,
        path: str,
        body: bytes | None = None,
        media_type: str = "application/json",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> object:
        try:
            with self._open(path, body, media_type, headers=headers) as response:
                return json.load(response)
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable(f"the connection was lost: {error}") from None

    def _open(
        self,
        path: str,
        body: bytes | None,
        media_type: str = "application/json",
        accept: str = "application/json",
        headers: Mapping[str, str] = MappingProxyType({}),
        timeout_seconds: float | None = None,
        method: str | None = None,
    ) -> HTTPResponse:
        fields = {"Accept": accept, "Content-Type": media_type, **self._key, **headers}
        request = Request(self.url + path, body, fields, method=method)
        try:
            return cast(
                HTTPResponse, urlopen(request, timeout=timeout_seconds or self._timeout_seconds)
            )
        except HTTPError as error:
            raise _read_problem(error) from None
        except URLError as error:
            raise Unreachable(f"no service answers at {self.url}: {error.reason}") from None


def _ask_for_summaries(article: Article, options: SummaryOptions) -> tuple[str, bytes, str]:
    """Return path, body and media type; a document takes its options as a query."""
    if isinstance(article, Document):
        return f"/v1/summaries?{_write_query(options)}", article.body, article.media_type
    given = {"url": article.url} if isinstance(article, Address) else {"text": article}
    return "/v1/summaries", _write_json(given | options), "application/json"


def _write_query(options: SummaryOptions) -> str:
    return urlencode({name: _write_parameter(value) for name, value in options.items()})


def _write_parameter(value: object) -> str:
    if isinstance(value, str):
        return value
    return ",".join(value) if isinstance(value, Sequence) else json.dumps(value)


def _write_json(fields: Mapping[str, object]) -> bytes:
    # A tuple is a list there, and so is every other sequence.
    return json.dumps(fields, default=list).encode()


def _read_events(response: HTTPResponse) -> Iterator[Event]:
    name = ""
    for line in response:
        field, _, value = line.decode().rstrip("\r\n").partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield Event(name, json.loads(value))


def _read_problem(error: HTTPError) -> Problem:
    """Return what an error says; a proxy in between may have said something else than JSON."""
    retry = error.headers.get("Retry-After", "")
    seconds = float(retry) if retry.isdecimal() else None
    try:
        details = json.loads(error.read())
    except (ValueError, OSError, HTTPException):
        details = {}
    if not isinstance(details, dict):
        details = {}
    return Problem({"status": error.code, "title": error.reason} | details, seconds)
