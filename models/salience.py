"""Salience: how much each sentence of an article matters, by features that know no language."""

from __future__ import annotations

import functools
import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from models.turns import in_turns
from models.words import count_words, find_terms

Vector = dict[str, float]

# A few numbers, learnt by `models.training.salience`; the file says from what, and how well.
WEIGHTS_FILE = Path(__file__).parent / "embedded" / "salience.json"

FEATURES = (
    "bias",
    "position",
    "is_first",
    "is_second_or_third",
    "rank",
    "rank_squared",
    "depth",
    "article_length",
    "centrality",
    "centrality_squared",
    "centrality_rank",
    "likeness_to_first",
    "length",
    "length_squared",
    "is_very_short",
    "repeated_terms",
    "rare_terms",
    "starts_with_quote",
    "opens_outside",
    "has_number",
    "is_question",
)
# Set by hand, in the same units (log-odds): headlines are absent from the training data, and its
# references do not mind a sentence that a reader would ask "who?" of.
_TITLE_WEIGHT = 2.0
_LEANING_WEIGHT = -0.8

# Words that point to a sentence before, in some languages of news.
_DANGLING = re.compile(
    r"""^["'“”«„‘]?\s*(?:
      he|she|it|they|his|her|its|their|this|that|these|those|but|and|so|however|meanwhile|also
    | moreover|furthermore|nevertheless|instead|still|yet|then|in\ addition|as\ a\ result
    | the\ latter
    | for\ example|by\ contrast|on\ the\ other\ hand|later|there|such|another|both|i|we|you|asked
    | il|elle|ils|elles|ce|cela|cette|ces|mais|et|or|donc|cependant|toutefois|pourtant|ainsi
    | en\ outre
    | par\ ailleurs|en\ revanche|de\ plus|puis|ensuite|enfin|je|nous|vous
    | er|sie|es|dies|diese[rsm]?|aber|und|doch|jedoch|dennoch|außerdem|zudem|dann|deshalb|daher|auch
    | ich|wir
    | él|ella|ellos|ellas|esto|esta|este|estos|estas|pero|y|sin\ embargo|además|también|entonces|yo
    | ele|ela|eles|elas|isso|isto|mas|e|porém|no\ entanto|além\ disso|também|eu|nós
    | egli|lui|lei|essi|loro|ma|però|tuttavia|inoltre|anche|quindi|io|noi
    | он|она|оно|они|это|но|и|однако|кроме\ того|также|поэтому|я|мы
    | o|bu|ancak|ama|ayrıca|fakat|وقال|لكن|كما|وأضاف|هو|هي
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_STARTS_WITH_QUOTE = re.compile(r"^[\"'“«„‘「『]")
_LEADING_QUOTE = re.compile(r"^[\"“«„「『][^\"”»“」』]*[\"”»“」』][\s,，]*(?P<rest>.*)$", re.DOTALL)
_DIGIT = re.compile(r"\d")


def opens_outside(sentence: str) -> bool:
    """Tell whether a sentence begins with a word that points to one before it."""
    return _DANGLING.match(sentence) is not None


def leans_on_context(sentence: str) -> bool:
    """Tell whether a sentence needs one before it: by its opening, or as a quotation of nobody."""
    quoted = _LEADING_QUOTE.match(sentence)
    if quoted is None:
        return opens_outside(sentence)
    return not any(map(str.isalpha, quoted["rest"])) or opens_outside(quoted["rest"])


class SentenceVectors:
    """The sentences of an article as TF-IDF vectors of length one, idf within the article."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.counts = [Counter(find_terms(text)) for text in in_turns(texts)]
        self.rarity = _measure_rarity(self.counts)
        self.vectors = [_weigh(count, self.rarity) for count in in_turns(self.counts)]

    def weigh(self, text: str) -> Vector:
        """Return another text as a vector of the same space."""
        return _weigh(Counter(find_terms(text)), self.rarity)


def score_sentences(
    texts: Sequence[str], titles: Sequence[str], space: SentenceVectors | None = None
) -> list[float]:
    """Return the salience of each sentence, in log-odds of being worth a place in a summary."""
    space = space or SentenceVectors(texts)
    title, stored = space.weigh(" ".join(titles)), read_weights("salience")
    weights = [stored[name] for name in FEATURES]
    return [
        sum(w * f for w, f in zip(weights, row, strict=True))
        + _TITLE_WEIGHT * find_similarity(vector, title)
        + _LEANING_WEIGHT * leans_on_context(text)
        for text, row, vector in zip(
            texts, describe_sentences(texts, space), space.vectors, strict=True
        )
    ]


def describe_sentences(texts: Sequence[str], space: SentenceVectors) -> list[list[float]]:
    """Return the `FEATURES` of each sentence, a row each.

    Centrality is the similarity to the centroid (Radev et al. 2004).
    """
    central = _measure_centrality(space)
    ranks = _rank(central)
    occurrences = Counter(term for count in space.counts for term in count)
    likeness = [find_similarity(v, space.vectors[0]) for v in in_turns(space.vectors)]
    return [
        [
            *_describe_place(index, len(texts)),
            central[index],
            central[index] ** 2,
            ranks[index],
            likeness[index] if index else 0.5,
            *_describe_text(text),
            sum(occurrences[t] >= 3 and len(t) > 3 for t in space.counts[index]) / 8,
            sum(occurrences[t] == 1 for t in space.counts[index])
            / max(1, len(space.counts[index])),
            *_describe_form(text),
        ]
        for index, text in enumerate(in_turns(texts))
    ]


def _describe_place(index: int, total: int) -> tuple[float, ...]:
    rank = math.log1p(index)
    return (
        1.0,
        1 / math.sqrt(1 + index),
        float(index == 0),
        float(index in (1, 2)),
        rank,
        rank * rank / 4,
        index / total,
        math.log(total) / 4,
    )


def _describe_text(text: str) -> tuple[float, ...]:
    words = count_words(text)
    length = math.log1p(words) / 3
    return length, length * length, float(words < 8)


def _describe_form(text: str) -> tuple[float, ...]:
    return (
        float(bool(_STARTS_WITH_QUOTE.match(text))),
        float(opens_outside(text)),
        float(bool(_DIGIT.search(text))),
        float("?" in text),
    )


def _measure_centrality(space: SentenceVectors) -> list[float]:
    centre = _centroid(space.vectors)
    central = [find_similarity(vector, centre) for vector in in_turns(space.vectors)]
    top = max(central, default=0.0) or 1.0
    return [value / top for value in central]


def _rank(values: Sequence[float]) -> list[float]:
    """Return the place of each value among all, from 0 for the largest to almost 1."""
    order = sorted(range(len(values)), key=lambda i: -values[i])
    places = [0.0] * len(values)
    for place, index in enumerate(order):
        places[index] = place / len(values)
    return places


@functools.cache
def read_weights(kind: str, length: str | None = None) -> Mapping[str, float]:
    """Return the learnt weights of a kind, "salience" or "stop", by feature; stops by length."""
    stored = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))[kind]
    weights: Mapping[str, float] = stored[length] if length else stored
    return weights


def _measure_rarity(counts: Sequence[Counter[str]]) -> Vector:
    documents = Counter(term for count in counts for term in count)
    return {term: math.log(1 + len(counts) / n) for term, n in documents.items()}


def _weigh(count: Counter[str], rarity: Vector) -> Vector:
    weights = {t: (1 + math.log(n)) * rarity[t] for t, n in count.items() if t in rarity}
    norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
    return {term: weight / norm for term, weight in weights.items()}


def _centroid(vectors: Sequence[Vector]) -> Vector:
    total: Counter[str] = Counter()
    for vector in in_turns(vectors):
        total.update(vector)
    norm = math.sqrt(sum(w * w for w in total.values())) or 1.0
    return {term: weight / norm for term, weight in total.items()}


def find_similarity(one: Vector, other: Vector) -> float:
    """Return the cosine of two vectors of length one."""
    small, large = sorted((one, other), key=len)
    return sum(weight * large.get(term, 0.0) for term, weight in small.items())
