"""PDF into text, by PDFium: pages in order, lines put together to paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from documents.protocols import Document, DocumentError

_CLOSED = re.compile(r"[.!?…:。！？؟।][\"'”’»)\]]*$")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|p|seite|s|página|pagina|strana|стр)\W*)?\d{1,4}(?:\W+(?:\w+\W+)?\d{1,4})?\W*",
    re.I,
)
_HYPHEN = "\x02"  # PDFium's mark for a hyphen that breaks a word at the end of a line
_MAX_FURNITURE_LINES = 2
_MIN_TIMES_REPEATED = 3
_UNSPACED = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text and its box, in points from the lower left corner of its page.

    PDFium hands out as one line what a hyphen breaks: `last_bottom` is where that ends.
    """

    text: str
    page: int
    left: float
    right: float
    top: float
    bottom: float
    last_bottom: float

    @property
    def height(self) -> float:
        return self.top - self.bottom


def extract_pdf(data: bytes, max_pages: int) -> Document:
    """Return the text of all pages, without running heads and page numbers."""
    document = _open(data)
    count = len(document)
    if count > max_pages:
        raise DocumentError(
            "document_too_complex", f"The document has {count} pages; the limit is {max_pages}."
        )
    pages = [list(_read_lines(document, number)) for number in range(count)]
    if not any(pages):
        raise DocumentError(
            "document_without_text",
            "The document holds no text, only pictures of it perhaps; there is no OCR here.",
        )
    text = "\n\n".join(_join_paragraphs(_drop_furniture(pages)))
    title = document.get_metadata_value("Title")
    return Document(text, title if _is_title(title) else "", _find_language(document), count)


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise DocumentError(
                "document_encrypted", "The document is encrypted; send it without a password."
            ) from None
        raise DocumentError("document_damaged", "The document is not a whole PDF.") from None


def _find_language(document: pypdfium2.PdfDocument) -> str:
    size = pdfium.FPDFCatalog_GetLanguage(document.raw, None, 0)
    if size <= 2:
        return ""
    buffer = (pdfium.FPDF_WCHAR * (size // 2))()
    pdfium.FPDFCatalog_GetLanguage(document.raw, buffer, size)
    return bytes(buffer).decode("utf-16-le").rstrip("\0")


def _is_title(title: str) -> bool:
    """Tell a title from what programs write there: names of files and of themselves."""
    return len(title.split()) > 1 and not re.search(r"\.\w{2,5}$|^Microsoft", title)


def _read_lines(document: pypdfium2.PdfDocument, number: int) -> Iterator[_Line]:
    """Return the lines of a page in its reading order."""
    page = document[number]
    text_page = page.get_textpage()
    count = text_page.count_chars()
    characters = [chr(pdfium.FPDFText_GetUnicode(text_page, i)) for i in range(count)]
    start = 0
    for end in [i for i, c in enumerate(characters) if c in "\r\n"] + [count]:
        shown = [i for i in range(start, end) if not characters[i].isspace()]
        if shown:
            first, last = (text_page.get_charbox(i, loose=True) for i in (shown[0], shown[-1]))
            text = " ".join("".join(characters[start:end]).split())
            left, right = min(first[0], last[0]), max(first[2], last[2])
            yield _Line(text, number, left, right, first[3], first[1], last[1])
        start = end + 1
    text_page.close()
    page.close()


def _drop_furniture(pages: list[list[_Line]]) -> list[_Line]:
    """Return all lines but page numbers, and heads and feet that return on other pages."""
    edges = Counter(_blur(line.text) for page in pages for line in set(_edges(page)))
    kept = []
    for page in pages:
        outer = _edges(page) if len(pages) > 1 else []
        for line in page:
            returns = edges[_blur(line.text)] >= _MIN_TIMES_REPEATED
            if line not in outer or not (returns or _PAGE_NUMBER.fullmatch(line.text)):
                kept.append(line)
    return kept


def _edges(page: list[_Line]) -> list[_Line]:
    return page[:_MAX_FURNITURE_LINES] + page[-_MAX_FURNITURE_LINES:]


def _blur(text: str) -> str:
    return re.sub(r"\d+", "0", text)


def _join_paragraphs(lines: list[_Line]) -> Iterable[str]:
    pitch = _find_pitch(lines)
    widest: dict[int, float] = {}
    for line in lines:
        widest[line.page] = max(widest.get(line.page, 0.0), line.right)
    paragraphs: list[str] = []
    for above, line in zip([None, *lines], lines, strict=False):
        if above is None or _begins(above, line, pitch, widest[above.page]):
            paragraphs.append(line.text)
        else:
            paragraphs[-1] = _join(paragraphs[-1], line.text)
    return (paragraph.replace(_HYPHEN, "") for paragraph in paragraphs)


def _find_pitch(lines: list[_Line]) -> float:
    """Return the distance of lines within paragraphs; most gaps are that, and none is smaller."""
    gaps = sorted(a.last_bottom - b.bottom for a, b in zip(lines, lines[1:], strict=False))
    below = [gap for gap in gaps if gap > 1]
    return below[len(below) // 4] if below else 0.0


def _begins(above: _Line, line: _Line, pitch: float, widest: float) -> bool:
    """Tell whether `line` begins a paragraph, by its size, its distance and its indent."""
    if abs(above.height - line.height) > 0.15 * max(above.height, line.height):
        return True
    closed = bool(_CLOSED.search(above.text))
    distance = above.last_bottom - line.bottom
    if above.page != line.page or distance < -line.height:  # the next page or column
        return closed
    if distance > 1.35 * pitch:
        return True
    indented = line.left > above.left + 0.8 * line.height
    return closed and (indented or above.right < 0.8 * widest)


def _join(text: str, line: str) -> str:
    if text.endswith((_HYPHEN, "\xad")):
        return text[:-1] + line
    if text.endswith("-") and line[0].islower() and text[-2:-1].isalpha():
        return text[:-1] + line
    space = "" if _UNSPACED.match(text[-1]) and _UNSPACED.match(line[0]) else " "
    return text + space + line
