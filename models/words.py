"""Words: how the language-independent parts count and compare them."""

from __future__ import annotations

import re
import unicodedata

# Scripts without spaces between words: Han, kana, Thai, Lao, Khmer, Myanmar.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002ffff"
)
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")
_WORD = re.compile(rf"[^\W_{_UNSPACED}]+(?:['’.-][^\W_{_UNSPACED}]+)*|[{_UNSPACED}]+")
# French and Italian put such words before a vowel: l'Union, d'une, qu'elle, dell'anno.
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|dell|nell|all|sull|un)'(?=\w{2})")
# Two characters stand for a word there: the mean word of Chinese and Japanese news.
_CHARACTERS_PER_WORD = 2


def find_words(text: str) -> list[str]:
    """Return the words as they stand; a run of unspaced script is one item."""
    return _WORD.findall(text)


def count_words(text: str) -> int:
    """Count words; in unspaced scripts two characters count as one."""
    words = 0
    for item in find_words(text):
        run = _UNSPACED_RUN.fullmatch(item)
        words += -(-len(item) // _CHARACTERS_PER_WORD) if run else 1
    return words


def find_terms(text: str) -> list[str]:
    """Return what texts are compared by: folded words, and pairs of unspaced characters."""
    terms: list[str] = []
    for item in find_words(text):
        if _UNSPACED_RUN.fullmatch(item):
            terms += [item[i : i + 2] for i in range(max(1, len(item) - 1))]
        else:
            terms.append(fold(item))
    return terms


def fold(word: str) -> str:
    """Return a word without case, possessive ending, elided article and typographic apostrophes."""
    if word.isascii():  # nothing to normalise, which is most of the work
        plain = word.lower()
    else:
        plain = unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
    return _ELISION.sub("", plain.removesuffix("'s"))
