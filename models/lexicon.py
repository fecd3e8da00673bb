"""The lexicon: the words that people have written in a language, to find others in translations.

Small models put pieces together to words that nobody knows ("exterglovarimoniorada"), and leave
words as they are that they do not know. Which words a language has is learnt from the text that a
model was trained on, by `models.training.lexicon`, and lies beside its weights, a file for each
language: `words.de.marisa`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from marisa_trie import Trie

from models.protocols import ModelMissing

# Letters alone: numbers are compared by themselves.
_WORD = re.compile(r"[^\W\d_]+")
_MIN_LETTERS = 3
# German writes compounds as one word, and makes new ones all the time: "Gletscher-schmelze",
# "Regierung-s-sprecher".
_COMPOUNDING = {"de": ("", "s", "n", "es", "en")}
_MIN_FIRST_LETTERS, _MIN_LAST_LETTERS = 3, 4


def find_words(text: str) -> list[str]:
    """Return the words of a text, letters alone, without case."""
    return _WORD.findall(text.casefold())


class Lexicon:
    """The words of some languages; of others nothing is known, and nothing is found."""

    def __init__(self, words: Mapping[str, Trie]) -> None:
        self._words = words

    def find_unknown(self, source: str, translated: str, target: str) -> list[str]:
        """Return the words of a translation that are none of its language, once each.

        What the source has with a capital may be a name.
        """
        known = self._words.get(target)
        if known is None:
            return []
        given = {word.casefold() for word in _WORD.findall(source) if not word.islower()}
        return [
            word
            for word in dict.fromkeys(find_words(translated))
            if len(word) >= _MIN_LETTERS
            and word not in given
            and word not in known
            and not _is_compound(word, known, _COMPOUNDING.get(target, ()))
        ]


def _is_compound(word: str, known: Collection[str], links: Iterable[str]) -> bool:
    ends = range(_MIN_FIRST_LETTERS, len(word) - _MIN_LAST_LETTERS + 1)
    firsts = [end for end in ends if word[:end] in known] if links else []
    return any(
        word.startswith(link, end)
        and len(word) - end - len(link) >= _MIN_LAST_LETTERS
        and word[end + len(link) :] in known
        for end in firsts
        for link in links
    )


def words_path(directory: Path, language: str) -> Path:
    """Return where in a model's directory the words of a language lie."""
    return directory / f"words.{language}.marisa"


def open_lexicon(directory: Path, languages: Iterable[str]) -> Lexicon:
    """Return the words beside a model for what it writes; none for a model that has no such files.

    The files are mapped, not read: processes share them. Raises `ModelMissing` for a broken one.
    """
    found: dict[str, Trie] = {}
    for language in languages:
        path = words_path(directory, language)
        if path.is_file():
            try:
                found[language] = Trie().mmap(str(path))
            except (OSError, RuntimeError) as error:
                raise ModelMissing(f"{path}: cannot be read: {error!r}") from error
    return Lexicon(found)
