"""Faults: what can be seen to be wrong with a translation without reading it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from models.grounding import find_quotations, is_looping
from models.languages import identify, is_identified, is_same_language
from models.lexicon import Lexicon
from models.masking import ADDRESS, is_wordless
from models.names import list_missing
from models.negations import loses_negation
from models.quantities import count_changed
from models.words import count_words

_BROKEN = "\ufffd"  # what stands for bytes that are no character
_MAX_LENGTH_RATIO, _MIN_LENGTH_RATIO = 3.0, 0.3
_LENGTH_SLACK_WORDS = 5
# Of 972 English news sentences with so long a quotation 4 have none in French, German or Spanish.
_MIN_QUOTED_TERMS, _QUOTES = 3, "\"“”«»„‘’'"
# Of 2,997 news sentences of four words and more in fr, de and es none is taken for another
# language with so much confidence.
_MIN_LANGUAGE_WORDS, _MIN_CONFIDENCE = 4, 0.6


def count_unknown(lexicon: Lexicon, text: str, translated: str, target: str) -> int:
    """Return how many words of a translation are none, broken characters among them."""
    broken = 0 if _BROKEN in text else translated.count(_BROKEN)
    return broken + len(lexicon.find_unknown(text, translated, target))


def find_faults(
    text: str, translated: str, source: str, target: str, names: Sequence[str] = ()
) -> list[str]:
    """Return what is wrong with a translation as far as can be seen without reading it.

    `text` is of the language `source`; `names` are to stand in its translation. What is returned
    are codes of `models.protocols.WARNINGS`.
    """
    if is_wordless(text):
        return []
    checks = {
        "numbers_changed": count_changed(text, source, translated, target) > 0,
        "negation_lost": loses_negation(text, source, translated, target),
        "names_changed": bool(list_missing(names, translated)),
        "repetition": is_looping(translated) and not is_looping(text),
        "length": not _is_length_plausible(text, translated),
        "quotation_lost": _loses_quotation(text, translated),
        "language": _is_of_another_language(translated, target),
    }
    return [name for name, wrong in checks.items() if wrong]


def _count_none(_text: str) -> int:
    return 0


def choose_best(
    text: str,
    tries: Sequence[str],
    source: str,
    target: str,
    names: Sequence[str] = (),
    count_unknown: Callable[[str], int] = _count_none,
) -> str:
    """Return the try with the fewest faults; of like ones with a fault the least wrong.

    That is the one with fewer wrong numbers and names, then with fewer words that
    `count_unknown` counts, then the one whose length is nearest to the source's: what runs away
    has as many faults as what stops early.
    """

    def rank(made: str) -> tuple[int, int, int, float]:
        faults = len(find_faults(text, made, source, target, names))
        wrong = count_changed(text, source, made, target) + len(list_missing(names, made))
        stretch = abs(math.log((count_words(made) + 1) / (count_words(text) + 1)))
        unknown = count_unknown(made)
        return (faults, wrong, unknown, stretch) if faults else (0, 0, unknown, 0.0)

    return min(tries, key=rank)


def _loses_quotation(source: str, translated: str) -> bool:
    """Tell whether somebody's words are no longer marked; single words often need no marks.

    Or whether they are marked at one end alone.
    """
    quoted = any(len(terms) >= _MIN_QUOTED_TERMS for terms in find_quotations(source))
    lost = quoted and not any(mark in translated for mark in _QUOTES)
    return lost or (_is_balanced(source) and not _is_balanced(translated))


def _is_balanced(text: str) -> bool:
    return text.count('"') % 2 == 0 and text.count("«") == text.count("»")


def _is_of_another_language(text: str, target: str) -> bool:
    words = ADDRESS.sub("", text)
    if count_words(words) < _MIN_LANGUAGE_WORDS or not is_identified(target):
        return False
    found = identify(words)
    return not is_same_language(found.code, target) and found.confidence >= _MIN_CONFIDENCE


def _is_length_plausible(source: str, translated: str) -> bool:
    given, made = count_words(source), count_words(translated)
    low = given * _MIN_LENGTH_RATIO - _LENGTH_SLACK_WORDS
    return low <= made <= given * _MAX_LENGTH_RATIO + _LENGTH_SLACK_WORDS and made > 0
