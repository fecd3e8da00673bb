"""PDF into text, by PDFium: pages in order, lines put together to paragraphs."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise, starmap
from statistics import median
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from documents.digits import raise_digits
from documents.letters import Letter, is_right_to_left, read_line
from documents.protocols import Document, DocumentError

_CLOSED = re.compile(r"[.!?…:。！？؟।][\"'”’»)\]]*$")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|p|seite|s|página|pagina|strana|стр)\W*)?\d{1,4}(?:\W+(?:\w+\W+)?\d{1,4})?\W*",
    re.I,
)
_HYPHEN = "\x02"  # PDFium's mark for a hyphen that breaks a word at the end of a line
_HYPHENS = ("-", "\xad", "\u2010", _HYPHEN)
_BROKEN = re.compile(rf"(\w+){_HYPHEN}(\w+)")
_COMPOUND = re.compile(r"\w+-\w+")
_AFTER_SUSPENDED = ("and", "or", "to", "und", "oder", "bis", "sowie", "en", "of")  # "mid- and late"
_BEFORE_RAISED = re.compile(r"(?<=\w) (?=[⁰¹²³⁴-⁹])")  # PDFium's, where the size changes
_MAX_FURNITURE_LINES = 2
_MIN_TIMES_REPEATED = 3
_GAP = 1.35  # from here on a distance of lines parts paragraphs, in distances within them
_UNSPACED = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text and where it stands, in points; `left` is where its script begins to read.

    PDFium hands out as one line what a hyphen breaks: `last_base` is the base line of its end.
    """

    text: str
    page: int
    left: float
    right: float
    height: float
    base: float
    last_base: float


class _Column(NamedTuple):
    """How far the lines of a column reach."""

    left: float
    right: float


_NOWHERE = _Column(0, 0)


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
    letters = [_read_letter(text_page, index) for index in range(text_page.count_chars())]
    for is_break, run in groupby(letters, lambda letter: letter.text in "\r\n"):
        line = list(run)
        if not is_break and any(not letter.text.isspace() for letter in line):
            yield _make_line(line, number, page.get_width())
    text_page.close()
    page.close()


def _read_letter(text_page: pypdfium2.PdfTextPage, index: int) -> Letter:
    x, base = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text_page, index, x, base)
    left, bottom, right, top = text_page.get_charbox(index, loose=True)
    text = chr(pdfium.FPDFText_GetUnicode(text_page, index))
    return Letter(text, left, right, top - bottom, base.value)


def _make_line(letters: list[Letter], page: int, page_width: float) -> _Line:
    shown = [letter for letter in letters if not letter.text.isspace()]
    text = " ".join(read_line(_raise_digits(letters, shown)).split())
    left, right = min(c.left for c in shown), max(c.right for c in shown)
    if is_right_to_left(text):
        left, right = page_width - right, page_width - left
    height = max(letter.height for letter in shown)
    return _Line(text, page, left, right, height, shown[0].base, shown[-1].base)


def _raise_digits(letters: list[Letter], shown: list[Letter]) -> list[Letter]:
    """Return letters with the digits that are small and stand high as raised ones."""
    height = max(letter.height for letter in shown)
    base = median(letter.base for letter in shown)

    def is_raised(letter: Letter) -> bool:
        return letter.height < 0.85 * height and letter.base > base + 0.15 * height

    return [c._replace(text=raise_digits(c.text)) if is_raised(c) else c for c in letters]


def _drop_furniture(pages: list[list[_Line]]) -> list[_Line]:
    """Return all lines but page numbers, and heads and feet that return on other pages."""
    edges = [line for page in pages for line in set(_edges(page))]
    texts = Counter(_blur(line.text) for line in edges)
    places = Counter(map(_place, edges))

    def returns(line: _Line) -> bool:
        if texts[_blur(line.text)] >= _MIN_TIMES_REPEATED:
            return True
        return len(pages) == 2 and places[_place(line)] == 2

    kept = []
    for page in pages:
        outer = _edges(page) if len(pages) > 1 else []
        for line in page:
            if line not in outer or not (returns(line) or _PAGE_NUMBER.fullmatch(line.text)):
                kept.append(line)
    return kept


def _place(line: _Line) -> tuple[str, int]:
    """Return a line's text and its height on the page; twice is enough where these are the same."""
    return line.text, round(line.base)


def _edges(page: list[_Line]) -> list[_Line]:
    return page[:_MAX_FURNITURE_LINES] + page[-_MAX_FURNITURE_LINES:]


def _blur(text: str) -> str:
    return re.sub(r"\d+", "0", text)


def _join_paragraphs(lines: list[_Line]) -> Iterator[str]:
    pitch = _find_pitch(lines)
    columns = _measure_columns(lines, pitch)
    compounds = {word.lower() for line in lines for word in _COMPOUND.findall(line.text)}
    paragraphs: list[str] = []
    for above, line, column in zip([None, *lines], lines, [_NOWHERE, *columns], strict=False):
        if above is None or _begins(above, line, pitch, column):
            paragraphs.append(line.text)
        else:
            paragraphs[-1] = _join(paragraphs[-1], line.text)
    return (_mend_words(paragraph, compounds) for paragraph in paragraphs)


def _differs_in_size(above: _Line, line: _Line) -> bool:
    return abs(above.height - line.height) > 0.15 * max(above.height, line.height)


def _leaves_column(above: _Line, line: _Line) -> bool:
    """Tell whether `line` stands on another page, or higher up than the one before it."""
    return above.page != line.page or above.last_base - line.base < -line.height


def _measure_columns(lines: list[_Line], pitch: float) -> list[_Column]:
    """Return, for each line, how far the lines around it reach, up to the next gap or heading."""

    def is_parted(above: _Line, line: _Line) -> bool:
        gap = above.last_base - line.base > _GAP * pitch
        return gap or _leaves_column(above, line) or _differs_in_size(above, line)

    parted_before = accumulate(starmap(is_parted, pairwise(lines)), initial=False)
    found: list[_Column] = []
    for _, column in groupby(zip(parted_before, lines, strict=True), lambda each: each[0]):
        members = [line for _, line in column]
        edges = _Column(min(m.left for m in members), max(m.right for m in members))
        found += [edges] * len(members)
    return found


def _find_pitch(lines: list[_Line]) -> float:
    """Return the distance of lines within paragraphs; most gaps are that, and none is smaller."""
    gaps = sorted(a.last_base - b.base for a, b in pairwise(lines))
    below = [gap for gap in gaps if gap > 1]
    return below[len(below) // 4] if below else 0.0


def _begins(above: _Line, line: _Line, pitch: float, column: _Column) -> bool:
    """Tell whether `line` begins a paragraph, by its size, its distance and its indent."""
    if _differs_in_size(above, line):
        return True
    closed = bool(_CLOSED.search(above.text))
    ended = closed and column.right - above.right > _measure_first_word(line)
    if _leaves_column(above, line):
        return ended
    if above.last_base - line.base > _GAP * pitch:
        return True
    indented = line.left > above.left + 0.8 * line.height
    return ended or (closed and indented)


def _measure_first_word(line: _Line) -> float:
    """Return the room that the line before would have needed for the first word, and a space."""
    word = line.text[:1] if _UNSPACED.match(line.text) else line.text.split()[0]
    return (len(word) + 1) * (line.right - line.left) / len(line.text)


def _join(text: str, line: str) -> str:
    """Return two lines as one; a word that may be broken between them keeps a mark there."""
    if text.endswith(_HYPHENS) and text[-2:-1].isalnum() and line[0].isalnum():
        return text[:-1] + _HYPHEN + line
    space = "" if _UNSPACED.match(text[-1]) or _UNSPACED.match(line[0]) else " "
    return text + space + line


def _mend_words(text: str, compounds: set[str]) -> str:
    """Return `text` with the words whole that a hyphen breaks at the end of a line.

    The hyphen stays before capitals and beside numbers, where the document writes it elsewhere,
    and, with a space, before what "mid- and long-term" goes on with.
    """

    def mend(match: re.Match[str]) -> str:
        before, after = match.groups()
        if after in _AFTER_SUSPENDED:
            return f"{before}- {after}"
        stays = before[-1].isdigit() or not after[0].islower()
        stays = stays or f"{before}-{after}".lower() in compounds
        return f"{before}-{after}" if stays else before + after

    return _BEFORE_RAISED.sub("", _BROKEN.sub(mend, text).replace(_HYPHEN, ""))
