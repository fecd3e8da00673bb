"""Deletion: what a sentence can do without, and what it loses with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from models.grounding import FUNCTION_WORDS, carries_sense, negates
from models.parts import Cut, Rule, english, find_end, french
from models.turns import in_turns
from models.words import find_terms, fold

_TOKEN = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*|[^\w\s]|_")
# The rules that find parts, by language.
_RULES: Mapping[str, Sequence[Rule]] = {"en": english.RULES, "fr": french.RULES}
LANGUAGES = frozenset(_RULES)
_WEEKDAYS = english.WEEKDAYS | french.WEEKDAYS
_QUOTES = '"“”«»'
_DASHES = "-–—"
_MIN_WORDS_LEFT = 5

# What may go, and how much of the weight of its words counts as lost. What is said by the way
# weighs less than what a sentence is for.
_FACTORS = {
    "connective": 0.0,
    "bracket": 0.25,
    "relative": 0.4,
    "apposition": 0.5,
    "remark": 0.8,
    "weekday": 0.3,
    "time": 0.9,
    "opening": 0.8,
    "participle": 0.9,
    "tail": 1.0,
    "clause": 1.0,
}
# What is said by the way may be somebody's claim: it goes with who claims it.
_ASIDES = frozenset({"bracket", "relative"})
# These go only where a model leaves them out too: that they can be spared is no matter of form.
_ON_ADVICE = frozenset({"tail", "clause", "participle", "time"})
_MIN_VOTES = 0.5
# How much shorter a sentence must become for what it loses: shares of its words and its weight.
_BREVITY = {"short": 0.85, "long": 0.7}
_ADVICE = 0.5
_MIN_KEPT = {"short": 0.5, "long": 0.7}


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark of punctuation, and where it stands."""

    text: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum()


class Importance:
    """How much the words of an article matter: those of its titles, and those that recur."""

    def __init__(self, texts: Iterable[str], titles: Iterable[str] = ()) -> None:
        self._counts = Counter(term for text in in_turns(texts) for term in find_terms(text))
        self._titles = {term for title in titles for term in find_terms(title)}

    def weigh(self, word: str) -> float:
        """Return the weight of a word: none for grammar, most for numbers and the subject."""
        term = fold(word)
        if term in FUNCTION_WORDS or term in _WEEKDAYS:
            return 0.0
        recurring = min(self._counts[term], 4) / 4
        return 1 + recurring + (term in self._titles) + any(map(str.isdigit, term))


class Shortener:
    """Leaves out of sentences what they can do without."""

    def __init__(self, importance: Importance, language: str) -> None:
        """Take the weights of words and the rules of one of `LANGUAGES`."""
        self._importance = importance
        self._rules = _RULES[language]

    def shorten(self, text: str, length: str, advice: Sequence[str] = ()) -> str:
        """Return a sentence without its dispensable parts, all else as it stands.

        `advice` are shorter versions of it by a model: a part that they lack goes more easily,
        and some parts only then. What no rule knows as a part stays, whatever the advice.
        """
        tokens = tokenise(text)
        if len(tokens) < _MIN_WORDS_LEFT:
            return text
        weights = [self._importance.weigh(t.text) if t.is_word else 0.0 for t in tokens]
        votes = [kept for draft in advice if (kept := find_kept(tokens, draft)) is not None]
        total, words = sum(weights) or 1.0, sum(t.is_word for t in tokens) or 1
        ranked: list[tuple[float, float, Cut]] = []
        for cut in find_cuts(tokens, self._rules):
            share = _count_votes(cut, tokens, votes) / len(votes) if votes else 0.0
            if cut.kind in _ON_ADVICE and share < _MIN_VOTES:
                continue
            size = sum(t.is_word for t in tokens[cut.first : cut.last]) / words
            loss = _FACTORS[cut.kind] * sum(weights[cut.first : cut.last]) / total
            ranked.append((size * (_BREVITY[length] + _ADVICE * share) - loss, loss, cut))
        return _render(text, tokens, _choose(ranked, tokens, 1 - _MIN_KEPT[length]))


def _choose(
    ranked: list[tuple[float, float, Cut]], tokens: Sequence[Token], most: float
) -> set[int]:
    """Return the tokens that go: greedily the best parts, as long as enough is left."""
    gone: set[int] = set()
    lost = 0.0
    for gain, loss, cut in sorted(ranked, key=lambda item: -item[0]):
        place = range(cut.first, cut.last)
        left = sum(t.is_word and i not in gone and i not in place for i, t in enumerate(tokens))
        if gain > 0 and lost + loss <= most and left >= _MIN_WORDS_LEFT and not gone & {*place}:
            gone |= {*place}
            lost += loss
    return gone


def tokenise(text: str) -> list[Token]:
    """Return the words and marks of a text."""
    return [Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def is_shorter_version(text: str, draft: str) -> bool:
    """Tell whether a draft is the text with words left out, and nothing else."""
    return find_kept(tokenise(text), draft) is not None


def find_kept(tokens: Sequence[Token], draft: str) -> set[int] | None:
    """Return the tokens whose words a shorter version keeps; `None` if it is more than shorter.

    Of several ways to place its words that with the fewest gaps is taken.
    """
    words = [fold(t.text) for t in tokenise(draft) if t.is_word]
    places = [i for i, t in enumerate(tokens) if t.is_word]
    terms = [fold(tokens[i].text) for i in places]
    if not words or not {*words} <= {*terms}:
        return None
    costs = [float(at > 0) if term == words[0] else inf for at, term in enumerate(terms)]
    ways: list[list[int]] = []
    for word in words[1:]:
        costs, way = _place_word(word, terms, costs)
        ways.append(way)
    at = min(range(len(terms)), key=costs.__getitem__)
    if costs[at] == inf:
        return None
    kept = [at]
    for way in reversed(ways):
        kept.append(way[kept[-1]])
    return {places[i] for i in kept}


def _place_word(
    word: str, terms: Sequence[str], costs: Sequence[float]
) -> tuple[list[float], list[int]]:
    """Return, for each place of a word, the cost of the best way there and the place before it.

    `costs` are those of the places of the word before; a gap costs one.
    """
    found, way = [inf] * len(terms), [-1] * len(terms)
    nearest, best = inf, -1  # the cheapest place that leaves a gap
    for at in range(1, len(terms)):
        if at > 1 and costs[at - 2] < nearest:
            nearest, best = costs[at - 2], at - 2
        if terms[at] == word:
            adjacent = costs[at - 1] <= nearest + 1
            found[at], way[at] = (costs[at - 1], at - 1) if adjacent else (nearest + 1, best)
    return found, way


def _count_votes(cut: Cut, tokens: Sequence[Token], votes: Sequence[set[int]]) -> int:
    words = {i for i in range(cut.first, cut.last) if tokens[i].is_word}
    return sum(not words & kept for kept in votes)


def _render(text: str, tokens: Sequence[Token], gone: set[int]) -> str:
    """Return the text without some tokens and the space before them.

    Of an abbreviation's full stop and the sentence's, where only they are left, one goes too.
    """
    if not gone:
        return text
    stop = find_end([t.text for t in tokens])
    kept = max({*range(stop)} - gone, default=0)
    if kept < stop - 1 and stop < len(tokens) and tokens[kept].text == tokens[stop].text == ".":
        gone = gone | {kept}
    parts = [
        text[(tokens[i - 1].end if i else 0) : token.end]
        for i, token in enumerate(tokens)
        if i not in gone
    ]
    left = "".join(parts).strip() + text[tokens[-1].end :]
    return left[:1].upper() + left[1:]


def find_cuts(tokens: Sequence[Token], rules: Sequence[Rule]) -> list[Cut]:
    """Return all parts that the rules know, none that bears the sense of what would be left.

    Nothing goes from within a quotation, no negation, and no attribution or possibility but such
    as an aside has of its own.
    """
    lows = [t.text.lower().replace("’", "'") for t in tokens]
    return list(
        dict.fromkeys(
            cut
            for rule in rules
            for cut in rule(lows)
            if cut.first < cut.last and _is_free(cut, tokens, lows)
        )
    )


def _begins_with_name(cut: Cut, tokens: Sequence[Token]) -> bool:
    words = (t.text for t in tokens[cut.first : cut.last] if t.is_word)
    return next(words, "")[:1].isupper()


def _is_attached(tokens: Sequence[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].end == tokens[at].start


def _is_free(cut: Cut, tokens: Sequence[Token], lows: Sequence[str]) -> bool:
    part = lows[cut.first : cut.last]
    before = sum(t.text in _QUOTES for t in tokens[: cut.first])
    inside = sum(t.text in _QUOTES for t in tokens[cut.first : cut.last])
    dashes = sum(t.text in _DASHES for t in tokens[cut.first : cut.last])
    apostrophe = any(t.text in "'‘’" for t in tokens)
    after = tokens[cut.last] if cut.last < len(tokens) else None
    return (
        before % 2 == 0
        and inside == 0
        # one that was opened before the part, or closes after it
        and (cut.kind == "bracket" or dashes % 2 == 0)
        # "§ 144(1)" and "the building(s)" are one word each
        and not (cut.kind == "bracket" and _is_attached(tokens, cut.first))
        # "docs (2019)par" would become a word of its own
        and not (after and after.is_word and after.start == tokens[cut.last - 1].end)
        and not (cut.kind in ("apposition", "participle") and _begins_with_name(cut, tokens))
        and not apostrophe
        and not any(map(negates, part))
        and (cut.kind in _ASIDES or not any(map(carries_sense, part)))
        and (cut.kind == "bracket" or not {":", ";", "?"} & {*part})
    )
