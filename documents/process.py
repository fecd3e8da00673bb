"""The process that reads one document: bytes on standard input, JSON on standard output.

`python -m documents.process MEDIA_TYPE CHARSET MEMORY_BYTES SECONDS PAGES CHARACTERS`
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict, replace
from typing import Any

from documents.protocols import HTML, MAIL, MARKDOWN, PDF, WORD, Document, DocumentError


def main(arguments: list[str]) -> None:
    """Read the document under the limits given, and write what was found."""
    media_type, charset = arguments[:2]
    memory, seconds, pages, characters = map(int, arguments[2:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # no file is written
    answer = _answer(sys.stdin.buffer.read(), media_type, charset, pages, characters)
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _answer(
    data: bytes, media_type: str, charset: str, pages: int, characters: int
) -> dict[str, Any]:
    try:
        found = _head(extract(data, media_type, charset, pages))
        if not found.text.strip():
            raise DocumentError("document_without_text", "The document holds no text.")
        if len(found.text) > characters:
            raise DocumentError(
                "document_too_long",
                f"The document has {len(found.text)} characters; the limit is {characters}.",
            )
        return asdict(found)
    except DocumentError as error:
        return {"code": error.code, "message": str(error)}
    except (MemoryError, RecursionError, ImportError, OSError):  # how libraries meet the limits
        return {"code": "document_too_complex", "message": "The document is too complex to read."}
    except Exception as error:  # libraries raise whatever they like at damaged files
        kind = type(error).__name__
        return {"code": "document_damaged", "message": f"The document is damaged ({kind})."}


def extract(data: bytes, media_type: str, charset: str = "", pages: int = 500) -> Document:
    """Return what stands in a document; imports only what its format needs."""
    if media_type == HTML:
        from documents.html import extract_html

        return extract_html(data, charset)
    if media_type == PDF:
        from documents.pdf import extract_pdf

        return extract_pdf(data, pages)
    if media_type == WORD:
        from documents.word import extract_word

        return extract_word(data)
    if media_type == MARKDOWN:
        from documents.markdown import extract_markdown

        return extract_markdown(data, charset)
    if media_type == MAIL:
        from documents.mail import extract_mail

        return extract_mail(data)
    raise ValueError(media_type)


def _head(found: Document) -> Document:
    """Put the title on top, unless the text begins with it: it tells what matters."""
    title = " ".join(found.title.split())
    text = found.text.strip()
    if title and text and not " ".join(text[:500].split()).startswith(title):
        text = f"{title}\n\n{text}"
    return replace(found, text=text, title=title)


if __name__ == "__main__":
    main(sys.argv[1:])
