"""Owns the lists of capitalised words that people translate: `models.names` copies all others.

They lie beside a translator's weights. German is left out: there all nouns have a capital. What is
translated from English into any of the languages may change in all of them, since each has seen
only a part of the words.
"""

import json
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from models.names import FILE, list_capitalised, list_missing
from models.training.text import Pair, read_human

# Without a list nothing of a language is taken for a name.
SOURCES = {"en": ("en-fr", "en-de", "en-es"), "fr": ("fr-en",), "es": ("es-en",)}
# More often than this share a word is translated, not copied.
CHANGED_SHARE = 0.5


def list_changing(pairs: Iterable[Pair]) -> list[str]:
    """Return the capitalised words of the sources that their targets mostly have not, sorted."""
    seen: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    for pair in pairs:
        words = set(list_capitalised(pair.source))
        seen.update(words)
        absent = [word for word in words if word not in pair.target]
        changed.update(list_missing(absent, pair.target))
    return sorted(word for word, times in changed.items() if times > CHANGED_SHARE * seen[word])


def write_names(folder: Path, data: Path, directions: Iterable[str]) -> None:
    """Write the lists of an exported translator of `directions` such as "en-fr"."""
    sources = dict.fromkeys(direction.split("-")[0] for direction in directions)
    lists = {
        source: " ".join(_list_words(data, SOURCES[source]))
        for source in sources
        if source in SOURCES
    }
    text = json.dumps(lists, ensure_ascii=False, indent=1)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def _list_words(data: Path, directions: Iterable[str]) -> list[str]:
    words = (list_changing(read_human(data, direction)) for direction in directions)
    return sorted({*chain.from_iterable(words)})
