"""Selection: which sentences of an article a summary is made of."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.protocols import Article, Length
from models.salience import SentenceVectors, find_similarity, opens_outside, score_sentences
from models.words import count_words


@dataclass(frozen=True, slots=True)
class Budget:
    """How many sentences and words a summary may have."""

    min_sentences: int
    max_sentences: int
    max_words: int


BUDGETS: Mapping[Length, Budget] = {"short": Budget(1, 2, 60), "long": Budget(4, 8, 220)}

# A long summary has a sentence for about so many of the article's, within its budget.
_SENTENCES_PER_SENTENCE = 6
# What a sentence loses, in log-odds, for saying the very same as one already chosen; the best of
# 0.8, 1.5 and 2.5 on CNN/DM (`python -m models.training.salience --evaluate`).
_REDUNDANCY_PENALTY = 2.5
# Diversity is compared among the best so many only, which keeps long articles linear.
_MAX_CANDIDATES = 200


def choose_sentences(article: Article, length: Length) -> list[int]:
    """Return the indices of the sentences to summarise, in the order of the article.

    They keep to the word budget of `length`; what `short` takes, `long` takes too. No index is
    returned where no sentence fits.
    """
    ranking = _rank(tuple(s.text for s in article.sentences), article.titles)
    chosen = ranking.choose(2, BUDGETS["short"].max_words)
    if length == "long":
        budget = BUDGETS["long"]
        wanted = round(len(article.sentences) / _SENTENCES_PER_SENTENCE)
        wanted = min(max(wanted, budget.min_sentences), budget.max_sentences)
        chosen = ranking.choose(wanted, budget.max_words, chosen)
    return sorted(chosen)


# The lengths of one article are asked for one after another.
@functools.lru_cache(maxsize=4)
def _rank(texts: tuple[str, ...], titles: tuple[str, ...]) -> Ranking:
    return Ranking(texts, titles)


class Ranking:
    """The salience of some sentences, and the greedy choice by it."""

    def __init__(self, texts: Sequence[str], titles: Sequence[str] = ()) -> None:
        self._texts = texts
        self._words = [count_words(text) for text in texts]
        space = SentenceVectors(texts)
        self._vectors = space.vectors
        self._scores = score_sentences(texts, titles, space)

    def choose(self, wanted: int, max_words: int, start: Sequence[int] = ()) -> list[int]:
        """Return `start` and further indices, best first, at most `wanted` in `max_words`.

        Diversity is maximal marginal relevance (Carbonell and Goldstein 1998). What comes first
        must stand by itself, where anything does.
        """
        chosen = list(start)
        left = max_words - sum(self._words[i] for i in chosen)
        ranked = sorted(range(len(self._texts)), key=lambda i: -self._scores[i])
        pool = [i for i in ranked[:_MAX_CANDIDATES] if i not in chosen and self._words[i]]
        while len(chosen) < wanted:
            fitting = [i for i in pool if self._words[i] <= left]
            if not chosen:
                fitting = [i for i in fitting if not opens_outside(self._texts[i])] or fitting
            if not fitting:
                break
            best = max(fitting, key=lambda i: self._scores[i] - self._redundancy(i, chosen))
            chosen.append(best)
            pool.remove(best)
            left -= self._words[best]
        return chosen

    def _redundancy(self, index: int, chosen: Sequence[int]) -> float:
        vector = self._vectors[index]
        alike = max((find_similarity(vector, self._vectors[i]) for i in chosen), default=0.0)
        return _REDUNDANCY_PENALTY * alike
