"""What the rest may rely on: value types, the protocol, the errors of unreadable documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

# Media types by the name that each format has in this package.
HTML, PDF, MARKDOWN, MAIL = "text/html", "application/pdf", "text/markdown", "message/rfc822"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES = {
    HTML: HTML,
    "application/xhtml+xml": HTML,
    PDF: PDF,
    "application/x-pdf": PDF,
    WORD: WORD,
    MARKDOWN: MARKDOWN,
    "text/x-markdown": MARKDOWN,
    MAIL: MAIL,
}
SUFFIXES = {
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".pdf": PDF,
    ".docx": WORD,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".eml": MAIL,
}


@dataclass(frozen=True, slots=True)
class Document:
    """What was found in a file: its main text, the title on top; paragraphs by blank lines.

    `language` is a tag as the file names it, right or wrong; `pages` only of what has pages.
    """

    text: str
    title: str = ""
    language: str = ""
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one document may take; `at_once` documents are read at the same time."""

    seconds: float = 20
    memory_bytes: int = 1 << 30
    pages: int = 500
    characters: int = 500_000
    at_once: int = 2


class DocumentError(Exception):
    """A document that cannot be read; `code` is for programs, the message for people.

    Codes: `document_encrypted`, `document_damaged`, `document_empty`, `document_without_text`
    (pictures only), `document_too_complex` (pages, time, memory), `document_too_long`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class DocumentsBusy(Exception):
    """As many documents as may be are being read; try again."""


class DocumentReader(Protocol):
    """Reads documents."""

    def read(self, data: bytes, media_type: str, charset: str | None = None) -> Document:
        """Return what stands in `data`; raises `DocumentError` or `DocumentsBusy`.

        `media_type` is a value of `MEDIA_TYPES`; `charset` is what the sender says of a text.
        """
        ...
