"""Markup: HTML as sentences to translate and what stands around and inside them, tag by tag.

A sentence with inline tags is translated as a whole. A tag is put around the words that the
translation of its own words stands as; where they do not stand there, the sentence is translated
with a mark in the place of the tagged words, and where that is lost, piece by piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape
from itertools import chain, islice

from models.cleaning import clean
from models.languages import UNDETERMINED, identify
from models.masking import list_free_marks
from models.protocols import Span
from models.segmentation import find_paragraphs, find_sentences

# Each branch reads on from where it began but once: hostile text costs what its length does.
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^>]*(?:>|\Z)"
    r"|</?(?P<name>[A-Za-z][^\s/<>]*+)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+>",
    re.S,
)
_UNTRANSLATED = re.compile(
    r"\stranslate\s*=\s*[\"']?no\b|\sclass\s*=\s*(?:\"[^\"]*\bnotranslate\b|'[^']*\bnotranslate\b"
    r"|notranslate\b)",
    re.I,
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp "
    "small span strike strong sub sup time tt u var".split()
)
_VERBATIM = frozenset("code kbd math pre samp script style svg template textarea var".split())
_RAW_TEXT = frozenset({"script", "style", "textarea"})
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_WORD_END, _WORD_START = re.compile(r"[^\W_]+$"), re.compile(r"[^\W_]+")
# Of scripts that have spaces between words.
_LETTERS = r"[^\W\d_\u0e00-\u109f\u1780-\u17ff\u3000-\u9fff]+"
_LETTERS_END, _LETTERS_START = re.compile(f"{_LETTERS}$"), re.compile(_LETTERS)
# What a raised end makes an ordinal or an abbreviation of: "3rd", "XXe", "xixe", "no", "Mme".
_ABBREVIATED = re.compile(r"(?:\d|\b(?:[IVXLCDM]+|[ivx]{2,}|n|[^\W\d_a-z][^\W\d_]?))$")
_MAX_ABBREVIATED = 20
_ARTICLE = re.compile(
    r"^(?:[ld]['’]|(?:an?|the|une?|l[aeo]s?|un[oa]s?|el|du|des|d[ei][rsmne]|das|eine?[mnrs]?) )",
    re.I,
)
_OWNS = re.compile(r"['’]s?$")
_FIRST_PRIVATE = 0xE000  # characters of no text, which hold the places of elements
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")
# Beyond these the tags stand alone: such HTML is not written by people.
_MAX_ELEMENTS, _MAX_DEPTH = 200, 20


@dataclass(frozen=True, slots=True)
class _Element:
    """An inline element: its tags, and what is in it; one that is verbatim has no children."""

    opening: str
    closing: str
    children: tuple[_Node, ...]
    verbatim: str = ""


_Node = str | _Element  # text is unescaped


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with its inline elements."""

    nodes: tuple[_Node, ...]

    @property
    def plain(self) -> str:
        return clean(_read(self.nodes))

    @property
    def elements(self) -> list[_Element]:
        return [node for node in self.nodes if isinstance(node, _Element)]

    @property
    def masked(self) -> str:
        """The text with marks for elements; one that touches a word stands beside it."""
        marks = iter(self.list_marks())
        parts: list[str] = []
        for place, node in enumerate(self.nodes):
            if isinstance(node, str):
                parts.append(node)
            else:
                before, after = self.list_touching(place)
                parts += [" " if before else "", next(marks), " " if after else ""]
        return clean("".join(parts))

    def list_touching(self, place: int) -> tuple[str, str]:
        """Return the letters and digits that touch the node there, before and after it."""
        words = _read((self.nodes[place],))
        before = _WORD_END.search(_read(self.nodes[:place])) if words[:1].strip() else None
        after = _WORD_START.match(_read(self.nodes[place + 1 :])) if words[-1:].strip() else None
        return before[0] if before else "", after[0] if after else ""

    @property
    def touching(self) -> list[tuple[str, str]]:
        """What touches each element."""
        places = (place for place, node in enumerate(self.nodes) if isinstance(node, _Element))
        return [self.list_touching(place) for place in places]

    def list_marks(self) -> list[str]:
        """Return a mark for each element, none of which is in the text."""
        return list(islice(list_free_marks(self.plain), len(self.elements)))

    def list_texts(self) -> Iterator[str]:
        """Return what must be translated before `rebuild`."""
        yield self.plain
        if self.elements:
            yield self.masked
        for element in self.elements:
            if not element.verbatim:
                yield from _Sentence(element.children).list_texts()

    def rebuild(self, known: Mapping[str, str]) -> str | None:
        """Return the translation as HTML; `None` where an element has lost its place."""
        found = self._place_elements(known)
        return found and _fill(found[0], found[1])

    def list_said(self, known: Mapping[str, str]) -> list[str]:
        """Return the texts whose translations `rebuild` puts together."""
        found = self._place_elements(known)
        return found[2] if found else []

    def _place_elements(
        self, known: Mapping[str, str]
    ) -> tuple[str, list[_Part], list[str]] | None:
        """Return the text with private characters for elements, these, and what was translated."""
        parts = [_translate_element(element, known) for element in self.elements]
        made = [part for part in parts if part is not None]
        if len(made) < len(parts):
            return None
        touching = self.touching
        plain = known.get(self.plain, self.plain)
        # Names stand in a translation as they are, and are made other words of when alone.
        named = [
            next(
                (found for each in _list_forms(part, element) if (found := each.find(plain))), part
            )
            for part, element in zip(made, self.elements, strict=True)
        ]
        words = [
            _find_words(part.words, *around, flags=0)
            for part, around in zip(named, touching, strict=True)
        ]
        placed = _place(plain, words)
        if placed is not None:
            return placed, named, [self.plain]
        marks = [re.compile(rf"(?<![^\W_]){mark}(?![^\W_])") for mark in self.list_marks()]
        placed = _place(known.get(self.masked, self.masked), marks)
        if placed is None:
            return None
        inner = [_Sentence(each.children) for each in self.elements if not each.verbatim]
        said = [self.masked, *(text for each in inner for text in each.list_said(known))]
        # "Monday" alone is "Lundi", and in a sentence "lundi".
        written = [part.find(plain) or part for part in made]
        return _join_touching(placed, touching), written, said


@dataclass(frozen=True, slots=True)
class _Part:
    """The words of an element in a translation, its tags, and what stands in them."""

    words: str
    inner: str
    opening: str = ""
    closing: str = ""

    @property
    def html(self) -> str:
        return f"{self.opening}{self.inner}{self.closing}"

    def find(self, text: str) -> _Part | None:
        """Return the element as `text` writes its words, rather in the same case."""
        match = _find_words(self.words, flags=0).search(text) or _find_words(self.words).search(
            text
        )
        if match is None:
            return None
        is_bare = self.inner == escape(self.words, quote=False)
        inner = escape(match.group(), quote=False) if is_bare else self.inner
        return replace(self, words=match.group(), inner=inner)


def _list_forms(part: _Part, element: _Element) -> Iterator[_Part]:
    """Yield what an element may stand as in a translation, the likeliest first.

    Its words alone may have got an article that they have not there: "un pont" for "bridge".
    """
    kept = _keep(element)
    yield part
    if part.inner == escape(part.words, quote=False):
        bare = _ARTICLE.sub("", part.words)
        yield replace(part, words=bare, inner=escape(bare, quote=False))
    yield kept
    if kept.words == kept.inner[len(element.opening) :].removesuffix(element.closing):
        name = _OWNS.sub("", kept.words)
        yield _Part(name, escape(name, quote=False), element.opening, element.closing)


def _keep(element: _Element) -> _Part:
    return _Part(_read((element,)), _write((element,)))


def _translate_element(element: _Element, known: Mapping[str, str]) -> _Part | None:
    """Return an element in the translation; `None` where one inside has lost its place."""
    if element.verbatim:
        return _keep(element)
    inner = _Sentence(element.children)
    html = inner.rebuild(known)
    if html is None:
        return None
    words = _adapt(known.get(inner.plain, inner.plain), inner.plain)
    if not inner.elements:
        html = escape(words, quote=False)
    return _Part(words, html, element.opening, element.closing)


def _write(nodes: Sequence[_Node]) -> str:
    """Return nodes as HTML."""
    return "".join(
        escape(node, quote=False)
        if isinstance(node, str)
        else node.verbatim or f"{node.opening}{_write(node.children)}{node.closing}"
        for node in nodes
    )


def _adapt(translated: str, words: str) -> str:
    """Return a translation of some words as they stand inside a sentence."""
    if not words.endswith("."):
        translated = translated.removesuffix(".")
    if words[:1].islower() and translated[1:2].islower():
        translated = translated[0].lower() + translated[1:]
    return translated


def _find_words(
    words: str, before: str = "", after: str = "", flags: int = re.I
) -> re.Pattern[str]:
    """Return what finds words, free or touched by just that."""
    words = words.strip()
    if not words:
        return re.compile(r"(?!)")
    begin = rf"(?<=(?<!\w){re.escape(before)})" if before else r"(?<!\w)"
    end = rf"(?={re.escape(after)}(?!\w))" if after else r"(?!\w)"
    return re.compile(f"{begin}{re.escape(words)}{end}", flags)


def _join_touching(text: str, touching: Sequence[tuple[str, str]]) -> str:
    """Take the spaces away that stand between marks and what touches them."""
    for number, (before, after) in enumerate(touching):
        place = chr(_FIRST_PRIVATE + number)
        text = text.replace(f" {place}", place) if before else text
        text = text.replace(f"{place} ", place) if after else text
    return text


def _place(text: str, patterns: Sequence[re.Pattern[str]]) -> str | None:
    """Return `text` with a private character in the place of each pattern; all are there once."""
    text = _PRIVATE.sub("", text) if patterns else text
    for number, pattern in enumerate(patterns):
        if len(pattern.findall(text)) != 1:
            return None
        text = pattern.sub(chr(_FIRST_PRIVATE + number), text)
    return text


def _fill(text: str, parts: Sequence[_Part]) -> str:
    places = {_FIRST_PRIVATE + number: part.html for number, part in enumerate(parts)}
    return escape(text, quote=False).translate(places)


@dataclass(frozen=True, slots=True)
class MarkedUp:
    """A text of HTML as chunks: raw markup and white space, and sentences."""

    language: str
    confidence: float
    chunks: tuple[str | _Sentence, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences without their tags."""
        return tuple(chunk.plain for chunk in self.chunks if isinstance(chunk, _Sentence))

    def list_texts(self) -> list[str]:
        """Return what must be translated first."""
        return [t for c in self.chunks if isinstance(c, _Sentence) for t in c.list_texts()]

    def list_said(self, known: Mapping[str, str]) -> list[str]:
        """Return the texts whose translations stand in that of the whole, but for the pieces."""
        return [t for c in self.chunks if isinstance(c, _Sentence) for t in c.list_said(known)]

    def list_pieces(self, known: Mapping[str, str]) -> list[str]:
        """Return what stands for the sentences that have lost a tag in the first translations."""
        sentences = (chunk for chunk in self.chunks if isinstance(chunk, _Sentence))
        lost = (sentence for sentence in sentences if sentence.rebuild(known) is None)
        pieces = chain.from_iterable(_cut_up(sentence.nodes) for sentence in lost)
        return [piece.plain for piece in pieces if isinstance(piece, _Sentence)]

    def rebuild(self, known: Mapping[str, str]) -> str:
        """Return the translation as HTML."""
        chunks = _split_lost(self.chunks, known)
        return "".join(c if isinstance(c, str) else c.rebuild(known) or "" for c in chunks)


def _split_lost(
    chunks: Sequence[str | _Sentence], known: Mapping[str, str]
) -> list[str | _Sentence]:
    """Cut the sentences in which an element has lost its place into pieces without any."""
    found: list[str | _Sentence] = []
    for chunk in chunks:
        if isinstance(chunk, str) or chunk.rebuild(known) is not None:
            found.append(chunk)
        else:
            found += _cut_up(chunk.nodes)
    return found


def _cut_up(nodes: Sequence[_Node]) -> Iterator[str | _Sentence]:
    """Return each text between tags as a sentence of its own."""
    for node in nodes:
        if isinstance(node, str):
            yield from _trim(node)
        elif node.verbatim:
            yield node.verbatim
        else:
            yield node.opening
            yield from _cut_up(node.children)
            yield node.closing


def _trim(text: str) -> Iterator[str | _Sentence]:
    words = text.strip()
    if not clean(words):
        yield escape(text, quote=False)
        return
    start = text.index(words)
    yield text[:start]
    yield _Sentence((words,))
    yield text[start + len(words) :]


def lay_out_markup(html: str, language: str | None = None) -> MarkedUp:
    """Identify the language unless given, and find the sentences between the tags."""
    chunks = list(_parse(html))
    runs = [chunk for chunk in chunks if not isinstance(chunk, str)]
    code, confidence = (language, 1.0) if language else _identify(runs)
    found: list[str | _Sentence] = []
    for chunk in chunks:
        if isinstance(chunk, str):
            found.append(chunk)
        else:
            found += _split_run(chunk, code)
    return MarkedUp(code, confidence, tuple(found))


def _identify(runs: Sequence[Sequence[_Node]]) -> tuple[str, float]:
    found = identify(" ".join(map(_read, runs)))
    return (found.code, found.confidence) if runs else (UNDETERMINED, 0.0)


def _read(nodes: Sequence[_Node]) -> str:
    """Return the text of nodes without their tags."""
    return "".join(
        node
        if isinstance(node, str)
        else unescape(_TOKEN.sub("", node.verbatim))
        if node.verbatim
        else _read(node.children)
        for node in nodes
    )


def _split_run(nodes: Sequence[_Node], language: str) -> Iterator[str | _Sentence]:
    """Cut inline content into sentences; the tags of an element over several stand alone."""
    text = re.sub(r"[\n\r\t]", " ", _read(nodes))
    parts = find_paragraphs(text, keep_lines=True)  # one, or those between bars
    spans = [span for part in parts for span in find_sentences(text, part, language)]
    crossing = _list_crossing(nodes, text, spans)
    if crossing:
        yield from _split_at(nodes, crossing, language)
        return
    start = 0
    for span in spans:
        yield from _take_raw(nodes, start, span.start)
        yield _Sentence(tuple(_slice(nodes, span.start, span.end)))
        start = span.end
    yield from _take_raw(nodes, start, len(text))


def _list_crossing(
    nodes: Sequence[_Node], text: str, spans: Sequence[Span]
) -> list[tuple[int, _Element]]:
    """Return the elements that are not within one sentence, all of them where there are many."""
    place = 0
    elements, crossing = [], []
    for number, node in enumerate(nodes):
        end = place + len(_read((node,)))
        if isinstance(node, _Element):
            elements.append((number, node))
            inside = any(s.start <= place and end <= s.end for s in spans)
            if not inside or not text[place:end].strip():
                crossing.append((number, node))
        place = end
    return elements if len(elements) > _MAX_ELEMENTS else crossing


def _split_at(
    nodes: Sequence[_Node], crossing: Sequence[tuple[int, _Element]], language: str
) -> Iterator[str | _Sentence]:
    start = 0
    for number, element in crossing:
        yield from _split_run(nodes[start:number], language)
        if element.verbatim:
            yield element.verbatim
        else:
            yield element.opening
            yield from _split_run(element.children, language)
            yield element.closing
        start = number + 1
    yield from _split_run(nodes[start:], language)


def _slice(nodes: Sequence[_Node], start: int, end: int) -> Iterator[_Node]:
    """Return the nodes from `start` to `end`; elements are never cut."""
    place = 0
    for node in nodes:
        length = len(_read((node,)))
        if isinstance(node, str):
            part = node[max(0, start - place) : max(0, end - place)]
            if part:
                yield part
        elif start <= place and place + length <= end:
            yield node
        place += length


def _take_raw(nodes: Sequence[_Node], start: int, end: int) -> Iterator[str]:
    for node in _slice(nodes, start, end) if start < end else ():
        yield _write((node,))


def _parse(html: str) -> Iterator[str | tuple[_Node, ...]]:
    """Return raw markup, and runs of inline content between."""
    run: list[_Token] = []
    for token in _tokenise(html):
        if token.kind in ("text", "open", "close", "verbatim"):
            run.append(token)
        else:
            yield from _nest_words(run)
            run = []
            yield token.raw
    yield from _nest_words(run)


@dataclass(frozen=True, slots=True)
class _Token:
    """A part of the HTML: "text", inline "open", "close" and "verbatim", or "raw"."""

    kind: str
    raw: str
    name: str = ""


def _tokenise(html: str) -> Iterator[_Token]:
    place = 0
    while match := _TOKEN.search(html, place):
        if match.start() > place:
            yield _Token("text", html[place : match.start()])
        place = match.end()
        name, raw = (match["name"] or "").lower(), match.group()
        closes = raw.startswith("</")
        if name == "wbr":  # where a word may be parted: another language has another word
            continue
        if not name or name in _VOID:
            yield _Token("raw", raw)
        elif not closes and (name in _VERBATIM or _UNTRANSLATED.search(raw)):
            place = _find_end(html, place, name)
            kind = "verbatim" if name in _INLINE else "raw"
            yield _Token(kind, html[match.start() : place])
        elif name in _INLINE:
            yield _Token("close" if closes else "open", raw, name)
        else:
            yield _Token("raw", raw)
    if place < len(html):
        yield _Token("text", html[place:])


def _find_end(html: str, place: int, name: str) -> int:
    """Return where the element ends that has just begun; an unclosed one takes the rest."""
    if name in _RAW_TEXT:
        match = re.compile(rf"</{name}\s*>", re.I).search(html, place)
        return match.end() if match else len(html)
    depth = 1
    for match in _TOKEN.finditer(html, place):
        if (match["name"] or "").lower() == name:
            depth += -1 if match.group().startswith("</") else 1
            if depth == 0:
                return match.end()
    return len(html)


def _nest_words(run: Sequence[_Token]) -> Iterator[str | tuple[_Node, ...]]:
    for chunk in _nest(run):
        yield chunk if isinstance(chunk, str) else _take_whole_words(chunk)


def _take_whole_words(nodes: Sequence[_Node]) -> tuple[_Node, ...]:
    """Let elements that begin or end in a word have all of it: parts of it mean nothing elsewhere.

    What is raised behind a number or an abbreviation, "3<sup>rd</sup>", loses its tags; behind
    another word it is a mark, "result<sup>a</sup>", and stays as it is.
    """
    left, found = list[_Node](), list[_Node]()
    for node in nodes:
        _append(left, node)
    for number, node in enumerate(left):
        if isinstance(node, str) or node.verbatim:
            _append(found, node)
            continue
        children, words = node.children, _read(node.children)
        before = found[-1] if found and isinstance(found[-1], str) else ""
        after = left[number + 1] if number + 1 < len(left) else ""
        if node.opening[:4].lower() == "<sup" and words.isalpha() and before[-1:].isalnum():
            ends = words.islower() and _ABBREVIATED.search(before[-_MAX_ABBREVIATED:])
            _append(found, words if ends else _Element("", "", (), _write((node,))))
            continue
        if (begin := _LETTERS_END.search(before)) and _LETTERS_START.match(words):
            found[-1] = before[: begin.start()]
            children = (begin[0], *children)
        rest = _LETTERS_START.match(after) if isinstance(after, str) else None
        if isinstance(after, str) and rest and _LETTERS_END.search(words):
            left[number + 1] = after[rest.end() :]
            children = (*children, rest[0])
        found.append(replace(node, children=_take_whole_words(children)))
    return tuple(node for node in found if node != "")


def _append(nodes: list[_Node], node: _Node) -> None:
    """Add a node; a text goes on the text before it."""
    if isinstance(node, str) and nodes and isinstance(nodes[-1], str):
        nodes[-1] += node
    else:
        nodes.append(node)


def _nest(run: Sequence[_Token]) -> Iterator[str | tuple[_Node, ...]]:
    """Return the run as nested nodes; a tag without its other half stands alone, raw."""
    partner = _pair(run)
    nodes: list[_Node] = []
    stack: list[tuple[_Token, list[_Node]]] = []
    for number, token in enumerate(run):
        if token.kind == "text":
            nodes.append(unescape(token.raw))
        elif token.kind == "verbatim":
            nodes.append(_Element("", "", (), token.raw))
        elif number not in partner:
            if nodes:
                yield tuple(nodes)
            nodes = []
            yield token.raw
        elif token.kind == "open":
            stack.append((token, nodes))
            nodes = []
        else:
            opening, outer = stack.pop()
            nodes = [*outer, _Element(opening.raw, token.raw, tuple(nodes))]
    if nodes:
        yield tuple(nodes)


def _pair(run: Sequence[_Token]) -> set[int]:
    """Return the numbers of the tags that close each other, well nested, none unpaired inside."""
    paired: set[int] = set()
    stack: list[int] = []
    for number, token in enumerate(run):
        if token.kind == "open":
            stack.append(number)
        elif token.kind == "close":
            if stack and run[stack[-1]].name == token.name:
                paired |= {stack.pop(), number}
            else:  # nothing around it can hold together
                stack.clear()
        if len(stack) > _MAX_DEPTH:
            stack.clear()
    return paired
