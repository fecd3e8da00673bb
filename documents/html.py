"""HTML into text: the article without what stands around it, by trafilatura."""

from __future__ import annotations

from typing import Any

import lxml.html
import trafilatura
from lxml.etree import XPath
from trafilatura.utils import decode_file, repair_faulty_html

from documents.digits import raise_digits
from documents.protocols import Document, DocumentError

_BLOCKS = (
    "p div h1 h2 h3 h4 h5 h6 li dt dd tr td th caption figcaption summary blockquote pre section"
    " article br"
).split()
# Of less than this an article cannot be told from what stands around it.
_MIN_ARTICLE_CHARACTERS = 250
_DROPPED = XPath(
    "//body//*[self::script or self::style or self::noscript or self::template or self::svg"
    " or self::nav or self::footer or self::aside or self::form or self::button or self::dialog"
    " or self::header[not(ancestor::article or ancestor::main)]"
    " or @hidden or contains(translate(@style, ' ', ''), 'display:none')]"
)
# What asks for consent is named so, has something to press, and says little; what says more holds
# the article, and is named for what was answered.
_MAX_CONSENT_CHARACTERS = 1500
_CONSENT = XPath(
    "//body//*[re:test(concat(@id, ' ', @class), 'cookie|consent|gdpr', 'i')]"
    "[.//button or .//input][not(.//h1 or .//article or .//main)][count(.//p) < 5]",
    namespaces={"re": "http://exslt.org/regular-expressions"},
)
_find_shown = XPath(".//text()[not(parent::script or parent::style)]")
# A table with headings, paragraphs or tables in a cell holds no data: it places things.
_LAYOUT = XPath(
    "//table[.//table or .//td[.//h1 or .//h2 or .//h3 or count(.//p) > 1]]"
    "/descendant-or-self::*[self::table or self::tbody or self::tr or self::td]"
)


def extract_html(data: bytes, charset: str = "", find_besides: XPath | None = None) -> Document:
    """Return the main text of a page, its title and the language that it names.

    What `find_besides` finds in its tree is left out.
    """
    page = data.decode(charset, "replace") if charset else decode_file(data)
    if not page.strip():
        raise DocumentError("document_empty", "The document is empty.")
    tree = _parse(repair_faulty_html(page, page[:50].lower()))
    for element in (*_find_consent(tree), *(find_besides(tree) if find_besides else ())):
        element.drop_tree()
    _tidy(tree)
    page = lxml.html.tostring(tree, encoding="unicode")
    found = trafilatura.bare_extraction(page, with_metadata=True, include_comments=False)
    text = (found.text or "") if found else ""  # type: ignore[union-attr]  # not as a dict
    title = (found.title or "") if found else ""  # type: ignore[union-attr]
    if len(text) < _MIN_ARTICLE_CHARACTERS:
        text, title = _read_all(tree) or text, title or tree.findtext(".//title") or ""
    return Document(space_paragraphs(text), title, tree.get("lang") or _find_language(tree))


def read_fragment(source: str) -> str:
    """Return the words of a piece of HTML that stands in something else."""
    return space_paragraphs(_read_all(_parse(f"<div>{source}</div>")))


def _find_consent(tree: Any) -> list[Any]:
    return [box for box in _CONSENT(tree) if _count_shown(box) < _MAX_CONSENT_CHARACTERS]


def _count_shown(element: Any) -> int:
    return sum(len(" ".join(text.split())) for text in _find_shown(element))


def _tidy(tree: Any) -> None:
    """Take out marks of footnotes, keep other digits raised, and tables for what is tabular."""
    for element in _LAYOUT(tree):
        element.tag = "div"
    for element in list(tree.iter("sup")):
        if element.xpath(".//a[contains(@href, '#')]"):
            element.drop_tree()
        else:
            element.text = raise_digits(element.text or "")


def _parse(page: str) -> Any:
    try:
        # As bytes: lxml refuses a str that declares an encoding.
        parser = lxml.html.HTMLParser(encoding="utf-8")
        return lxml.html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except lxml.etree.ParserError:
        raise DocumentError("document_empty", "The document holds no elements.") from None


def _find_language(tree: Any) -> str:
    named = tree.xpath("//meta[translate(@http-equiv, 'CL', 'cl') = 'content-language']/@content")
    return str(named[0]).split(",")[0].strip() if named else ""


def _read_all(tree: Any) -> str:
    """Return the text of a page that has too little to tell an article by its length.

    That of its article or main part where it names one, else all.
    """
    for element in _DROPPED(tree):
        element.drop_tree()
    articles = tree.findall(".//article")
    parts = [*(articles if len(articles) == 1 else []), *tree.findall(".//main"), tree.find("body")]
    return next(filter(str.strip, (_read_part(part) for part in parts if part is not None)), "")


def _read_part(part: Any) -> str:
    for element in part.iter(*_BLOCKS):
        element.tail = "\n" + (element.tail or "")
        element.text = "\n" + (element.text or "")
    return str(part.text_content())


def space_paragraphs(text: str) -> str:
    """Return lines as paragraphs, with a blank line between."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n\n".join(line for line in lines if line)
