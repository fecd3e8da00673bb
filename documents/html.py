"""HTML into text: the article without what stands around it, by trafilatura."""

from __future__ import annotations

from typing import Any

import lxml.html
import trafilatura
from trafilatura.utils import decode_file

from documents.protocols import Document, DocumentError

_BLOCKS = "p div h1 h2 h3 h4 h5 h6 li tr blockquote pre section article br".split()
# Of less than this an article cannot be told from what stands around it.
_MIN_ARTICLE_CHARACTERS = 250
_DROPPED = "script style noscript template svg nav header footer aside form".split()


def extract_html(data: bytes, charset: str = "") -> Document:
    """Return the main text of a page, its title and the language that it names."""
    page = data.decode(charset, "replace") if charset else decode_file(data)
    if not page.strip():
        raise DocumentError("document_empty", "The document is empty.")
    tree = _parse(page)
    found = trafilatura.bare_extraction(page, with_metadata=True, include_comments=False)
    text = (found.text or "") if found else ""  # type: ignore[union-attr]  # not as a dict
    title = (found.title or "") if found else ""  # type: ignore[union-attr]
    if len(text) < _MIN_ARTICLE_CHARACTERS:
        text, title = _read_all(tree) or text, title or tree.findtext(".//title") or ""
    return Document(space_paragraphs(text), title, tree.get("lang") or _find_language(tree))


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
    """Return the text of a page that has no article: too short to tell one."""
    body = tree.find("body")
    if body is None:
        return ""
    for element in list(body.iter(*_DROPPED)):
        element.drop_tree()
    for element in body.iter(*_BLOCKS):
        element.tail = "\n" + (element.tail or "")
        element.text = "\n" + (element.text or "")
    return str(body.text_content())


def space_paragraphs(text: str) -> str:
    """Return lines as paragraphs, with a blank line between."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n\n".join(line for line in lines if line)
