"""Markdown into text, by markdown-it-py: words and paragraphs, without marks, code, pictures."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, reference
from markdown_it.token import Token

from documents.protocols import Document, DocumentError

_FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n(?:---|\.\.\.)\s*(?:\n|\Z)", re.S)
_FIELD = re.compile(r"^(title|lang|language)\s*:\s*[\"']?(.*?)[\"']?\s*$", re.M | re.I)
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\](?::\s*)?")  # its mark, in the text and before the note
# A note before another, or before what a link leads to.
_NOTE = re.compile(r"^( {0,3}\[\^[^\[\]\s]+\]:[^\n]*\n)(?= {0,3}\[)", re.M)


def extract_markdown(data: bytes, charset: str = "") -> Document:
    """Return the prose; the title is that of the front matter, else the first heading."""
    try:
        source = data.decode(charset or "utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(
            "document_damaged", f"The document is not {charset or 'UTF-8'}: byte {error.start}."
        ) from None
    facts, source = _take_front_matter(source.replace("\r\n", "\n"))
    blocks, heading = _read_blocks(_make_parser().parse(_NOTE.sub(r"\1\n", source)))
    language = facts.get("lang") or facts.get("language") or ""
    return Document("\n\n".join(blocks), facts.get("title") or heading, language)


def _make_parser() -> MarkdownIt:
    """Return a parser that takes no note for where a link leads: "[^1]: https://example.org"."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.block.ruler.at("reference", _read_reference)
    return parser


def _read_reference(state: StateBlock, line: int, last: int, silent: bool) -> bool:
    begin = state.bMarks[line] + state.tShift[line]
    return not state.src.startswith("[^", begin) and reference(state, line, last, silent)


def _take_front_matter(source: str) -> tuple[dict[str, str], str]:
    found = _FRONT_MATTER.match(source)
    if not found:
        return {}, source
    facts = {name.lower(): value for name, value in _FIELD.findall(found[1])}
    return facts, source[found.end() :]


def _read_blocks(tokens: list[Token]) -> tuple[list[str], str]:
    """Return the text of every block, and of the first heading."""
    blocks: list[str] = []
    heading = ""
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "html_block":
            text = _read_html(token)
        elif token.type == "inline":
            text = " ".join(_read_inline(token).split())
        else:
            continue
        if text:
            blocks.append(text)
        if before is not None and before.type == "heading_open":
            heading = heading or text
    return blocks, heading


def _read_inline(token: Token) -> str:
    """Return the words of a line, without what is struck out."""
    parts = []
    struck = 0
    for child in token.children or []:
        struck += (child.type == "s_open") - (child.type == "s_close")
        if struck:
            continue
        if child.type == "text":
            parts.append(_FOOTNOTE.sub("", child.content))
        elif child.type == "code_inline":
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts)


def _read_html(token: Token) -> str:
    from documents.html import read_fragment  # takes a while to import; few documents need it

    return read_fragment(token.content)
