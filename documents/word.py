"""Word's .docx into text: paragraphs and tables in their order, by python-docx."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.table import Table

from documents.protocols import Document, DocumentError

_OLE_MAGIC = b"\xd0\xcf\x11\xe0"  # what Word wraps a document in that has a password
_MAX_UNPACKED_BYTES = 100_000_000


def extract_word(data: bytes) -> Document:
    """Return the text of the body, the title and the language of the document."""
    if data.startswith(_OLE_MAGIC):
        raise DocumentError(
            "document_encrypted", "The document has a password, or is of Word before 2007."
        )
    _check_size(data)
    document = docx.Document(io.BytesIO(data))
    paragraphs = [text for text in _list_paragraphs(document.iter_inner_content()) if text.strip()]
    facts = document.core_properties
    language = facts.language or _find_style_language(document)
    return Document("\n\n".join(paragraphs), facts.title or "", language)


def _check_size(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise DocumentError("document_damaged", "The document is not a .docx file.") from None
    if size > _MAX_UNPACKED_BYTES:
        raise DocumentError("document_too_complex", f"The document would unpack to {size} bytes.")


def _list_paragraphs(items: Any) -> Iterator[str]:
    for item in items:
        if isinstance(item, Table):
            for row in item.rows:
                yield " | ".join(_unite(row.cells))
        else:
            yield item.text


def _unite(cells: Any) -> list[str]:
    """Return the texts of a row; a cell that spans columns is there once for each."""
    texts = [" ".join(cell.text.split()) for cell in cells]
    return [t for before, t in zip(["", *texts], texts, strict=False) if t and t != before]


def _find_style_language(document: Any) -> str:
    found = document.styles.element.xpath("//w:docDefaults//w:lang/@w:val")
    return str(found[0]) if found else ""
