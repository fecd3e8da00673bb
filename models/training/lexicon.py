"""Owns the lists of words that people have written: `models.lexicon` finds all others.

They lie beside a translator's weights: those of the text that it learnt from, those of news of the
language, where there is some, and the forms that simplemma lists, since of German or Spanish the
text has but a part.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from marisa_trie import Trie
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from models.lexicon import find_words, words_path
from models.training.backtranslation import CORPORA, known_words
from models.training.text import read_human, read_records


def write_words(folder: Path, data: Path, directions: Sequence[str]) -> None:
    """Write the lists for an exported translator of `directions` such as "en-fr".

    `data` is the folder translation/; the news lies in summarisation/ beside it. A word that news
    has once is often misspelt.
    """
    for language in dict.fromkeys(direction.split("-")[1] for direction in directions):
        own = [direction for direction in directions if direction.endswith(f"-{language}")]
        human = chain.from_iterable(read_human(data, direction) for direction in own)
        words = known_words((pair.target for pair in human), times=1)
        words |= known_words(_read_news(data.parent / "summarisation", language), times=2)
        words |= read_forms(language)
        Trie(sorted(words)).save(str(words_path(folder, language)))


def read_forms(language: str) -> set[str]:
    """Return all forms of the single words of a language that simplemma lists, without case.

    Raises `ValueError` for a language that it does not know.
    """
    forms = map(str.casefold, DefaultDictionaryFactory().get_dictionary(language))
    return {form for form in forms if find_words(form) == [form]}


def _read_news(folder: Path, language: str) -> Iterator[str]:
    paths = (folder / f"{name}.jsonl.xz" for name in CORPORA.get(language, ()))
    for path in filter(Path.exists, paths):
        for record in read_records(path):
            yield record["article"]
