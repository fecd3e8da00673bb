"""Terminology: translations in which the caller's terms stand as the caller wants them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.languages import is_unspaced
from models.masking import list_free_marks, restore_marks
from models.protocols import Translation, Translator

# Words in no text that a model was trained on, which models copy. Of some thirty styles tried with
# the embedded model these two lost a mark each in 3 of 87 sentences of `seeds/`, never in the same
# ones; brackets and signs were lost in most.
_MARKS = ("XX{}", "X{}")

Terms = Mapping[str, str]  # a term of the source language, and how it is to stand in the target


@dataclass(frozen=True, slots=True)
class _Masked:
    """A sentence with a mark for each term in it, and what each mark stands for."""

    text: str
    wanted: Mapping[str, str]


def find_terms(sentence: str, terms: Terms, source: str) -> dict[str, str]:
    """Return those of `terms` that occur in a sentence, each with how it is to stand.

    Terms are whole words as they are written; one in lower case may begin a sentence too.
    """
    if not terms:
        return {}
    found = {_look_up(match.group(), terms) for match in _compile(terms, source).finditer(sentence)}
    return {term: terms[term] for term in terms if term in found}


def translate_with_terms(
    translator: Translator,
    sentences: Sequence[str],
    source: str,
    target: str,
    terms: Terms,
    deadline: float | None = None,
) -> list[Translation]:
    """Translate like `translator`, with `terms` as they are to stand.

    A sentence that says a term otherwise is translated again with marks in the places of its
    terms. Where a mark is lost each time, the first translation is kept, with the warning
    `term_missed: TERM`.
    """
    done = translator.translate(sentences, source, target, deadline)
    if source == target or not terms:
        return done
    missed = {
        number: lost
        for number, sentence in enumerate(sentences)
        if (lost := _list_missed(sentence, done[number].text, terms, source, target))
    }
    for mark in _MARKS:
        masked = {number: _mask(sentences[number], terms, source, mark) for number in missed}
        given = [each.text for each in masked.values()]
        again = translator.translate(given, source, target, deadline) if given else []
        for (number, mask), made in zip(masked.items(), again, strict=True):
            text = restore_marks(made.text, mask.wanted)
            if text is not None:
                done[number] = replace(made, text=text)
                del missed[number]
    for number, lost in missed.items():
        warnings = (*done[number].warnings, *(f"term_missed: {term}" for term in lost))
        done[number] = replace(done[number], warnings=warnings)
    return done


def _compile(terms: Terms, language: str) -> re.Pattern[str]:
    """Return what matches any of the terms, the longest that fits."""
    longest_first = sorted(terms, key=len, reverse=True)
    either = "|".join(_spell(term) for term in longest_first)
    return re.compile(either if is_unspaced(language) else rf"(?<!\w)(?:{either})(?!\w)")


def _spell(term: str) -> str:
    words = r"\s+".join(map(re.escape, term.split()))
    first = term[0]
    capital = first.upper()
    # Of "ß" and the Turkish "ı" the capital is no single letter, or that of another one.
    if first.islower() and term == term.lower() and capital.lower() == first and len(capital) == 1:
        return f"[{first}{re.escape(capital)}]{words[1:]}"
    return words


def _look_up(written: str, terms: Terms) -> str:
    """Return the term that stands in a sentence as `written`."""
    words = " ".join(written.split())
    plain = {" ".join(term.split()): term for term in terms}
    return plain.get(words) or plain[words[0].lower() + words[1:]]


def _list_missed(sentence: str, text: str, terms: Terms, source: str, target: str) -> list[str]:
    """Return the terms of a sentence that its translation says otherwise, or not as often."""
    present = find_terms(sentence, terms, source)
    written = [m.group() for m in _compile(terms, source).finditer(sentence)] if present else []
    said = [_look_up(each, terms) for each in written]
    return [
        term
        for term, wanted in present.items()
        if len(_compile({wanted: wanted}, target).findall(text)) < said.count(term)
    ]


def _mask(sentence: str, terms: Terms, source: str, style: str) -> _Masked:
    wanted: dict[str, str] = {}
    free = list_free_marks(sentence, style)

    def put_mark(match: re.Match[str]) -> str:
        mark = next(free)
        wanted[mark] = terms[_look_up(match.group(), terms)]
        return mark

    return _Masked(_compile(terms, source).sub(put_mark, sentence), wanted)
