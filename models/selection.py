"""Selection: which sentences of an article a summary is made of, and when it has enough."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.protocols import Article, Length
from models.salience import (
    SentenceVectors,
    find_similarity,
    opens_outside,
    read_weights,
    score_sentences,
)
from models.turns import in_turns
from models.words import count_words


@dataclass(frozen=True, slots=True)
class Budget:
    """How many sentences and words a summary may have."""

    min_sentences: int
    max_sentences: int
    max_words: int


BUDGETS: Mapping[Length, Budget] = {"short": Budget(1, 2, 60), "long": Budget(4, 8, 220)}

# What tells whether one sentence more makes a summary better; learnt by
# `models.training.salience` for each length.
STOP_FEATURES = ("bias", "salience", "words", "words_so_far", "sentences_so_far", "article_length")
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
    chosen = ranking.summarise("short")
    if length == "long":
        chosen = ranking.summarise("long", chosen)
    return sorted(chosen)


# The lengths of one article are asked for one after another.
@functools.lru_cache(maxsize=4)
def _rank(texts: tuple[str, ...], titles: tuple[str, ...]) -> Ranking:
    return Ranking(texts, titles)


class Ranking:
    """The salience of some sentences, and the greedy choice by it."""

    def __init__(self, texts: Sequence[str], titles: Sequence[str] = ()) -> None:
        self._texts = texts
        self._words = [count_words(text) for text in in_turns(texts)]
        space = SentenceVectors(texts)
        self._vectors = space.vectors
        self._scores = score_sentences(texts, titles, space)

    def summarise(self, length: Length, start: Sequence[int] = ()) -> list[int]:
        """Return `start` and further indices, best first, until the summary has enough.

        The fewest sentences of the length's budget are taken in any case, if its words allow.
        """
        budget, weights = BUDGETS[length], read_weights("stop", length)
        chosen = list(start)
        for index in self.follow(budget, start):
            features = self.describe_step(index, chosen)
            gain = sum(weights[name] * value for name, value in features.items())
            if len(chosen) >= budget.min_sentences and gain < 0:
                break
            chosen.append(index)
        return chosen

    def describe_step(self, index: int, chosen: Sequence[int]) -> dict[str, float]:
        """Return the `STOP_FEATURES` of adding one sentence to those chosen."""
        values = (
            1.0,
            self._scores[index] - self._redundancy(index, chosen),
            math.log1p(self._words[index]) / 3,
            math.log1p(sum(self._words[i] for i in chosen)) / 5,
            len(chosen) / 4,
            math.log1p(len(self._texts)) / 4,
        )
        return dict(zip(STOP_FEATURES, values, strict=True))

    def follow(self, budget: Budget, start: Sequence[int] = ()) -> Iterator[int]:
        """Yield the indices that come after `start`, best first, as far as the budget goes.

        Diversity is maximal marginal relevance (Carbonell and Goldstein 1998). What comes first
        must stand by itself, where anything does.
        """
        chosen = list(start)
        left = budget.max_words - sum(self._words[i] for i in chosen)
        ranked = sorted(range(len(self._texts)), key=lambda i: -self._scores[i])
        pool = [i for i in ranked[:_MAX_CANDIDATES] if i not in chosen and self._words[i]]
        while len(chosen) < budget.max_sentences:
            fitting = [i for i in pool if self._words[i] <= left]
            if not chosen:
                fitting = [i for i in fitting if not opens_outside(self._texts[i])] or fitting
            if not fitting:
                return
            best = max(
                in_turns(fitting), key=lambda i: self._scores[i] - self._redundancy(i, chosen)
            )
            yield best
            chosen.append(best)
            pool.remove(best)
            left -= self._words[best]

    def _redundancy(self, index: int, chosen: Sequence[int]) -> float:
        vector = self._vectors[index]
        alike = max((find_similarity(vector, self._vectors[i]) for i in chosen), default=0.0)
        return _REDUNDANCY_PENALTY * alike
