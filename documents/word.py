"""Word's .docx into text: paragraphs and tables in their order, from the XML by python-docx."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import chain
from typing import Any

import docx
from docx.oxml.ns import nsmap, qn
from lxml.etree import XPath

from documents.digits import raise_digits
from documents.protocols import Document, DocumentError

_OLE_MAGIC = b"\xd0\xcf\x11\xe0"  # what Word wraps a document in that has a password
_MAX_UNPACKED_BYTES = 100_000_000
_PARAGRAPH, _TABLE, _ROW, _CELL = map(qn, ("w:p", "w:tbl", "w:tr", "w:tc"))
_RUN, _CONTROL, _BOX = map(qn, ("w:r", "w:sdt", "w:txbxContent"))
# What was deleted or moved while changes are tracked, and what old programs show instead of a box.
_LEFT_OUT = (
    qn("w:del"),
    qn("w:moveFrom"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
)
_find_contents, _find_hidden, _find_raised = (
    XPath(path, namespaces=nsmap)
    for path in (
        "w:sdtPr/w:docPartObj/w:docPartGallery[@w:val = 'Table of Contents']",
        "w:rPr/w:vanish[not(@w:val = '0' or @w:val = 'false')]",
        "w:rPr/w:vertAlign[@w:val = 'superscript']",
    )
)


def extract_word(data: bytes) -> Document:
    """Return the text of the body, the title and the language of the document."""
    if data.startswith(_OLE_MAGIC):
        raise DocumentError(
            "document_encrypted", "The document has a password, or is of Word before 2007."
        )
    _check_size(data)
    document = docx.Document(io.BytesIO(data))
    paragraphs = [text for text in _list_paragraphs(document.element.body) if text.strip()]
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


def _list_paragraphs(parent: Any) -> Iterator[str]:
    """Yield the paragraphs and rows in an element, what stands in boxes after their place."""
    for item in _find(parent, _PARAGRAPH, _TABLE):
        if item.tag == _TABLE:
            for row in _find(item, _ROW):
                yield from _read_row(row)
        else:
            runs = list(_find(item, _RUN))
            yield "".join(map(_read_run, runs))
            for run in runs:
                for box in _find(run, _BOX):
                    yield from _list_paragraphs(box)


def _find(parent: Any, *tags: str) -> Iterator[Any]:
    """Yield the elements of these kinds, however wrapped, but none inside of another."""
    for item in parent:
        if item.tag in tags:
            yield item
        elif item.tag not in _LEFT_OUT and not (item.tag == _CONTROL and _find_contents(item)):
            yield from _find(item, *tags)


def _read_run(run: Any) -> str:
    if _find_hidden(run):
        return ""
    return raise_digits(run.text) if _find_raised(run) else str(run.text)


def _read_row(row: Any) -> Iterator[str]:
    """Yield a row as a line; where cells have several paragraphs it only places them."""
    cells = [list(filter(str.strip, _list_paragraphs(cell))) for cell in _find(row, _CELL)]
    if any(len(cell) > 1 for cell in cells):
        yield from chain.from_iterable(cells)
    else:
        yield " | ".join(" ".join(cell[0].split()) for cell in cells if cell)


def _find_style_language(document: Any) -> str:
    found = document.styles.element.xpath("//w:docDefaults//w:lang/@w:val")
    return str(found[0]) if found else ""
