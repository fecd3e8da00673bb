"""Names: the words of a sentence that its translation has as they are, since no text changes them.

Small models garble names that they have hardly seen ("Pisarro"). Which capitalised words people
translate ("Germany", "Tuesday") is learnt from the text that a model was trained on, by
`models.training.names`, and lies beside its weights.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from models.grounding import FUNCTION_WORDS
from models.protocols import ModelMissing
from models.words import fold

FILE = "names.json"

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# What begins a sentence or somebody's words has its capital for that.
_INSIDE = re.compile(rf"(?<=[\w,;] ){_WORD.pattern}")
# What is no part of a name: "d'Artagnan", "Pissarro's".
_AROUND = re.compile(r"^[dlDL]['’](?=\w)|['’]s?$")
_OWNS = re.compile(r"['’]s?$")
_MIN_LETTERS = 3
# "Pisarro" is that like "Pissarro", "Sofie" like "Sophie".
_MIN_LIKENESS = 0.7

Changing = Mapping[str, frozenset[str]]


def list_capitalised(text: str) -> Iterator[str]:
    """Yield the words inside of a sentence that could be names by their form.

    None of a heading, where all but words of grammar have a capital, and no abbreviations.
    """
    words = _WORD.findall(text)
    small = [word for word in words if not word[0].isupper()]
    # "Of", "and" and "the" are small in headings, too.
    if 2 * len(small) < len(words) and FUNCTION_WORDS.issuperset(map(fold, small)):
        return
    for match in _INSIDE.finditer(text):
        word = _AROUND.sub("", match.group())
        if len(word) < _MIN_LETTERS or word.isupper():
            continue
        if all(part[0].isupper() for part in word.split("-") if part):
            yield word


class Names:
    """Finds names in sentences of the languages of `changing`: words that people translate.

    `is_ordinary` tells of a word in small letters whether it is one of the language's usual ones:
    the "bell" of "Taco Bell" is no name by itself.
    """

    def __init__(self, changing: Changing, is_ordinary: Callable[[str], bool]) -> None:
        self._changing = changing
        self._is_ordinary = is_ordinary

    def find(self, text: str, language: str) -> list[str]:
        """Return the names in a sentence, once each; none where nothing is known of a language."""
        changing = self._changing.get(language)
        if changing is None:
            return []
        found = dict.fromkeys(list_capitalised(text))
        return [
            word
            for word in found
            if not (_is_among(word, changing) or self._is_ordinary(word.lower()))
        ]

    def is_changing(self, word: str, language: str) -> bool:
        """Tell whether people translate a capitalised word of a language."""
        return _is_among(word, self._changing.get(language, frozenset()))

    def widen(self, names: Sequence[str], text: str, language: str) -> list[str]:
        """Return `names` with the capitalised words around them in `text` that are no others.

        "Port Ellery" for "Ellery", but "Obama" for that in "President Obama". A model copies a mark
        for the whole more surely than one beside a word that it knows.
        """
        changing = self._changing.get(language, frozenset())
        runs: list[list[re.Match[str]]] = [[]]
        for match in _INSIDE.finditer(text):
            word = _AROUND.sub("", match.group())
            if not word[:1].isupper() or _is_among(word, changing):
                continue
            before = runs[-1][-1] if runs[-1] else None
            # "Sisley's Pissarro" are two: what is between them is to be translated.
            if not before or before.end() + 1 != match.start() or _OWNS.search(before.group()):
                runs.append([])
            runs[-1].append(match)
        wide = [
            _AROUND.sub("", text[run[0].start() : run[-1].end()])
            for run in runs
            if any(_AROUND.sub("", match.group()) in names for match in run)
        ]
        alone = [name for name in names if not any(name in words for words in wide)]
        return list(dict.fromkeys([*wide, *alone]))

    def repair(self, names: Sequence[str], source: str, translated: str) -> str:
        """Return `translated` with the names that it has miswritten as the source has them.

        Only where one word of it is much like the name, and is no word of the source.
        """
        missing = list_missing(names, translated)
        inside = [_AROUND.sub("", word) for word in _INSIDE.findall(translated)] if missing else []
        others = [word for word in inside if word[:1].isupper() and word not in source]
        alike = [(_measure_likeness(name, word), name, word) for name in missing for word in others]
        # The most alike first: "Tubingen" is Tübingen, not the Göttingen beside it.
        for likeness, name, word in sorted(alike, reverse=True):
            is_open = name in missing and word in others and not self._is_ordinary(word.lower())
            if likeness >= _MIN_LIKENESS and is_open:
                missing.remove(name)
                others.remove(word)
                translated = re.sub(rf"\b{re.escape(word)}\b", name, translated)
        return translated


def _is_among(word: str, changing: frozenset[str]) -> bool:
    return not changing.isdisjoint({word, word.removesuffix("s"), *word.split("-")})


def list_missing(names: Sequence[str], translated: str) -> list[str]:
    """Return the names that do not stand in a translation, as a part of a longer word or alone.

    Case, accents, the form of apostrophes and an "s" at the end may differ: "Sénèque" is not
    "Seneca", but "Séneca" is, and "calviniste" has "Calvinist" in it.
    """
    plain = _strip(translated)
    return [name for name in names if _strip(name).removesuffix("s") not in plain]


def _strip(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _measure_likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, _strip(one), _strip(other)).ratio()


def read_changing(directory: Path) -> Changing:
    """Return the words that people translate, by language; none for a model that lacks the file.

    Raises `ModelMissing` where the file cannot be read.
    """
    path = directory / FILE
    if not path.is_file():
        return {}
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {language: frozenset(words.split()) for language, words in stored.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise ModelMissing(f"{path}: cannot be read: {error!r}") from error
