"""Articles of any length, all different, from the English sentences of `seeds/`."""

from __future__ import annotations

import functools
import random

from bench.server import ROOT
from models.reader import TextReader

_SENTENCES_PER_PARAGRAPH = 4
_EXCHANGED_SHARE = 0.3


@functools.cache
def read_sentences() -> tuple[str, ...]:
    """Return the English sentences of `seeds/`."""
    reader = TextReader()
    texts = [p.read_text(encoding="utf-8") for p in sorted((ROOT / "seeds").rglob("en-*.txt"))]
    return tuple(s.text for text in texts for s in reader.read(text, "en").sentences)


def write_article(words: int, seed: object) -> str:
    """Return an article of about so many words; each seed has its own.

    A part of the words of each sentence is exchanged, so that no sentence, nor its shorter
    version, was ever seen: nothing is known of it.
    """
    chance = random.Random(f"{words}/{seed}")
    sentences: list[str] = []
    while words > 0:
        told = chance.choice(read_sentences()).split()
        sentences.append(" ".join(_exchange(word, chance) for word in told))
        words -= len(told)
    starts = range(0, len(sentences), _SENTENCES_PER_PARAGRAPH)
    return "\n\n".join(" ".join(sentences[i : i + _SENTENCES_PER_PARAGRAPH]) for i in starts)


@functools.cache
def _list_words() -> tuple[str, ...]:
    return tuple({word: None for s in read_sentences() for word in s.split() if word.isalpha()})


def _exchange(word: str, chance: random.Random) -> str:
    if not word.islower() or not word.isalpha() or chance.random() > _EXCHANGED_SHARE:
        return word
    return chance.choice(_list_words()).lower()
