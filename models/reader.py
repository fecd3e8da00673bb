"""The reader: text as received into an article, or into sentences laid out for translation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.cleaning import (
    clean,
    is_boilerplate,
    is_caption,
    strip_dateline,
    strip_list_mark,
)
from models.languages import Identified, identify, is_unspaced
from models.protocols import Article, LaidOut, Sentence, Span
from models.segmentation import ends_like_a_sentence, find_gaps, find_paragraphs, find_sentences
from models.turns import in_turns

# With fewer sentences than this a text is taken as it comes: it may be headlines only.
_MIN_BODY_SENTENCES = 2
# A line without final punctuation is a headline or a label, unless it is as long as prose.
_MAX_LABEL_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph's sentences, and what the line as a whole is."""

    text: str
    sentences: tuple[Sentence, ...]
    closed: bool


class TextReader:
    """An `ArticleReader` by rules; the same for every language but for its segmentation."""

    def read(self, text: str, language: str | None = None) -> Article:
        """Identify the language unless given, clean and segment; see `ArticleReader`."""
        found = _settle(text, language)
        paragraphs = _split(text, found.code)
        body = _keep_content(paragraphs, found.code)
        titles = _find_titles(paragraphs, body)
        return Article(text, found.code, found.confidence, tuple(body), titles)

    def lay_out(self, text: str, language: str | None = None) -> LaidOut:
        """Identify the language unless given and split all of the text; see `ArticleReader`."""
        found = _settle(text, language)
        spans = [
            span
            for paragraph in in_turns(find_paragraphs(text, keep_lines=True))
            for span in find_sentences(text, paragraph, found.code)
        ]
        sentences = tuple(clean(text[span.start : span.end]) for span in spans)
        return LaidOut(found.code, found.confidence, sentences, find_gaps(text, spans))


def _settle(text: str, language: str | None) -> Identified:
    return identify(text) if language is None else Identified(language, 1.0)


def _split(text: str, language: str) -> list[_Paragraph]:
    paragraphs = [
        _read_paragraph(text, span, number, language)
        for number, span in enumerate(in_turns(find_paragraphs(text)))
    ]
    return _strip_list_marks(paragraphs, language)


def _read_paragraph(text: str, span: Span, number: int, language: str) -> _Paragraph:
    sentences = tuple(
        Sentence(place, strip_dateline(clean(text[place.start : place.end])), number)
        for place in find_sentences(text, span, language)
    )
    whole = clean(text[span.start : span.end])
    return _Paragraph(whole, sentences, ends_like_a_sentence(whole))


def _strip_list_marks(paragraphs: list[_Paragraph], language: str) -> list[_Paragraph]:
    """Take the marks off a list's lines; one line alone may begin with a minus or with speech."""
    bare = [_strip_list_mark(paragraph, language) for paragraph in in_turns(paragraphs)]
    marked = sum(new is not old for new, old in zip(bare, paragraphs, strict=True))
    return bare if marked > 1 else paragraphs


def _strip_list_mark(paragraph: _Paragraph, language: str) -> _Paragraph:
    for first in paragraph.sentences[:1]:
        text = strip_list_mark(first.text, language)
        if text != first.text:
            return replace(
                paragraph, sentences=(replace(first, text=text), *paragraph.sentences[1:])
            )
    return paragraph


def _keep_content(paragraphs: Sequence[_Paragraph], language: str) -> list[Sentence]:
    """Return the sentences of the body: no boilerplate, captions, labels, nor anything twice."""
    lines = Counter(paragraph.text for paragraph in paragraphs)
    prose = [p for p in paragraphs if not _is_furniture(p, lines[p.text], language)]
    kept = _drop_repeats([s for p in prose for s in p.sentences if not is_boilerplate(s.text)])
    if len(kept) >= _MIN_BODY_SENTENCES:
        return kept
    every = [s for p in paragraphs for s in p.sentences if s.text]
    return _drop_repeats([s for s in every if not is_boilerplate(s.text)]) or every


def _is_furniture(paragraph: _Paragraph, times: int, language: str) -> bool:
    """Tell captions, labels and headlines; Thai and its like have no final punctuation."""
    if is_caption(paragraph.text) and len(paragraph.sentences) <= 3:
        return True
    if paragraph.closed or (is_unspaced(language) and language not in ("ja", "zh")):
        return False
    return times > 1 or len(paragraph.text) <= _MAX_LABEL_CHARACTERS


def _drop_repeats(sentences: Sequence[Sentence]) -> list[Sentence]:
    seen: dict[str, Sentence] = {}
    for sentence in sentences:
        if sentence.text:
            seen.setdefault(sentence.text.casefold(), sentence)
    return list(seen.values())


def _find_titles(paragraphs: Sequence[_Paragraph], body: Sequence[Sentence]) -> tuple[str, ...]:
    first = body[0].paragraph if body else 0
    lines = [p.text for p in paragraphs[:first] if not is_boilerplate(p.text)]
    return tuple(dict.fromkeys(lines))[:4]
