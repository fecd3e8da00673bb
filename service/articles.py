"""Articles as clients send them: JSON, plain text, documents of several formats, forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from encodings import normalize_encoding
from encodings.aliases import aliases
from functools import partial
from pathlib import PurePath
from threading import BoundedSemaphore

from flask import request
from pydantic import ValidationError
from werkzeug.datastructures import CombinedMultiDict

from documents.fetching import Fetcher
from documents.protocols import (
    MEDIA_TYPES,
    SUFFIXES,
    Document,
    DocumentError,
    DocumentReader,
    DocumentsBusy,
)
from models.languages import identify, normalise
from service.bodies import (
    check_characters,
    read_body,
    read_bytes,
    read_form,
    read_query,
    take_single,
)
from service.errors import InvalidValues, UnsupportedMediaType, explain_values
from service.negotiation import JSON_TYPE, PLAIN_TYPE
from service.schemas import DocumentFacts, FieldError, SummaryQuery, SummaryRequest
from service.settings import Settings

# The language that a document names is often its template's: only believed where words say little.
_SURE = 0.9

# Documents larger than other bodies may be that are in memory at once, up to three times each: the
# body, the file out of its form, and its copy where `/tmp` is memory.
LARGE_DOCUMENTS = 4

# Python's names for what people write in, from its own table, and those that the table lacks. Left
# out are its inventions besides: a large document of punycode takes hours. No other name is looked
# up: Python never forgets one that it has looked for in vain.
_MORE = "cp720 cp737 cp856 cp874 cp875 cp1006 koi8_t koi8_u mac_croatian mac_romanian utf_8_sig"
_NO_TEXTS = "base64_codec bz2_codec hex_codec mbcs quopri_codec rot_13 utf_7 uu_codec zlib_codec"
_CHARSETS = {*aliases.values(), *_MORE.split()} - {*_NO_TEXTS.split()}


@dataclass(frozen=True, slots=True)
class SentArticle:
    """What is to be summarised and how; `document` where it came as one."""

    request: SummaryRequest
    document: DocumentFacts | None = None


@dataclass(frozen=True, slots=True)
class _File:
    """A document as sent; `media_type` is a value of `MEDIA_TYPES`, or text/plain."""

    data: bytes
    media_type: str
    charset: str | None


@dataclass(frozen=True, slots=True)
class ArticleSources:
    """What articles are read with; `fetcher` is `None` where addresses are not asked.

    `places` are for large documents, from their first byte until their text is there.
    """

    reader: DocumentReader
    fetcher: Fetcher | None = None
    places: BoundedSemaphore = field(default_factory=partial(BoundedSemaphore, LARGE_DOCUMENTS))


def read_article(sources: ArticleSources, settings: Settings) -> SentArticle:
    """Read the request; raises the error that tells what is wrong with it."""
    size = request.content_length
    if not _is_document() or (size is not None and size <= settings.max_body_bytes):
        return _read_article(sources, settings)
    if not sources.places.acquire(timeout=settings.document_seconds):
        raise DocumentsBusy("Too many large documents are being read.")
    try:
        return _read_article(sources, settings)
    finally:
        sources.places.release()


def _is_document() -> bool:
    return request.mimetype == "multipart/form-data" or request.mimetype in MEDIA_TYPES


def _read_article(sources: ArticleSources, settings: Settings) -> SentArticle:
    mimetype = request.mimetype
    if mimetype == "multipart/form-data":
        sent = _read_upload(sources, settings)
    elif mimetype in MEDIA_TYPES:
        charset = request.mimetype_params.get("charset")
        data = read_bytes(settings.max_document_bytes)
        file = _File(data, MEDIA_TYPES[mimetype], charset)
        sent = _read_file(file, partial(_make_request, read_query()), sources.reader)
    elif mimetype in (JSON_TYPE, PLAIN_TYPE):
        sent = SentArticle(read_body(SummaryRequest, SummaryQuery))
        if sent.request.url is not None:
            sent = _fetch(sent.request, sent.request.url, sources)
    else:
        raise UnsupportedMediaType(
            f"Send '{JSON_TYPE}', the article as '{PLAIN_TYPE}', a form as 'multipart/form-data', "
            f"or a document: {', '.join(dict.fromkeys(MEDIA_TYPES.values()))}."
        )
    check_characters([sent.request.text], settings.max_characters)
    return sent


def _read_upload(sources: ArticleSources, settings: Settings) -> SentArticle:
    """Read a form: a `file`, a `text` or a `url`, and the options as fields."""
    fields, sent = read_form(settings.max_document_bytes)
    files = take_single(sent)
    options = take_single(CombinedMultiDict([request.args, fields]))
    text, url, upload = options.pop("text", None), options.pop("url", None), files.get("file")
    if (text, url, upload).count(None) != 2 or len(files) > 1:
        message = "send one 'file', or a 'text' or a 'url' instead"
        raise InvalidValues(f"file: {message}", [FieldError(field="file", message=message)])
    if url is not None:
        return _fetch(_make_request(options, url=url), url, sources)
    if upload is None:
        return SentArticle(_make_request(options, text or ""))
    media_type = _find_media_type(upload.filename or "", upload.mimetype)
    charset = upload.mimetype_params.get("charset")
    file = _File(upload.read(), media_type, charset)
    return _read_file(file, partial(_make_request, options), sources.reader)


def _fetch(request: SummaryRequest, url: str, sources: ArticleSources) -> SentArticle:
    """Get the article from its address."""
    if sources.fetcher is None:
        message = "addresses are not asked from here; PRECIS_FETCH_URLS=true lets them be"
        raise InvalidValues(f"url: {message}", [FieldError(field="url", message=message)])
    page = sources.fetcher.fetch(url)

    def make(text: str) -> SummaryRequest:
        if not text.strip():
            raise DocumentError("document_without_text", "The document holds no text.")
        return request.model_copy(update={"text": text, "url": None})

    sent = _read_file(_File(page.data, page.media_type, page.charset), make, sources.reader)
    facts = sent.document or DocumentFacts(
        media_type=page.media_type, title="", language="", pages=None
    )
    return SentArticle(sent.request, facts.model_copy(update={"url": page.url}))


def _find_media_type(name: str, declared: str) -> str:
    """Return the media type that the name of a file tells, else the declared one."""
    suffix = PurePath(name).suffix.lower()
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    if suffix == ".txt" or declared == "text/plain":
        return "text/plain"
    if declared in MEDIA_TYPES:
        return MEDIA_TYPES[declared]
    known = ", ".join((*SUFFIXES, ".txt"))
    raise UnsupportedMediaType(f"A file of this kind is not read here; these are: {known}.")


def _read_file(
    file: _File, make: Callable[[str], SummaryRequest], reader: DocumentReader
) -> SentArticle:
    charset = None if file.charset is None else _find_charset(file.charset)
    if file.media_type == "text/plain":
        return SentArticle(make(_decode(file.data, charset)))
    make("Wrong options are told before a document is read.")
    document = reader.read(file.data, file.media_type, charset)
    settled = make(document.text)
    hint = _read_language(document) if settled.source == "auto" else None
    facts = DocumentFacts(
        media_type=file.media_type,
        title=document.title,
        language=document.language,
        pages=document.pages,
    )
    return SentArticle(settled.model_copy(update={"source": hint or settled.source}), facts)


def _find_charset(name: str) -> str:
    """Return Python's name of a charset."""
    plain = normalize_encoding(name).lower()
    found = aliases.get(plain, plain)
    if found not in _CHARSETS:
        raise UnsupportedMediaType(f"The charset {name[:40]!r} is not known here.")
    return found


def _decode(data: bytes, charset: str | None) -> str:
    try:
        return data.decode(charset or "utf-8-sig")
    except ValueError:
        raise InvalidValues(f"file: not a text in {charset or 'utf-8'}") from None


def _make_request(options: dict[str, str], text: str = "", **more: str) -> SummaryRequest:
    try:
        query = SummaryQuery.model_validate(options)
        return SummaryRequest.model_validate({"text": text, **more, **dict(query)})
    except ValidationError as error:
        raise explain_values(error) from None


def _read_language(document: Document) -> str | None:
    """Return the language that the document names, where it helps and is known."""
    if not document.language or identify(document.text).confidence >= _SURE:
        return None
    try:
        return normalise(document.language)
    except ValueError:
        return None
