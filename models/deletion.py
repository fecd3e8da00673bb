"""Deletion: what an English sentence can do without, and what it loses with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from models.grounding import FUNCTION_WORDS, carries_sense, negates
from models.words import find_terms, fold


def _list_words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOKEN = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*|[^\w\s]|_")
_AUXILIARIES = _list_words(
    "is are was were has have had will would can could may might shall should must do does did"
)
_PASTS = _list_words(
    "said saw took came went became began made gave found held led left lost met paid put ran rose "
    "fell sold sent set sought spent stood told thought won wrote grew knew kept hit cost cut "
    "bought brought built broke chose drew drove fought felt got heard lay let meant read showed "
    "spoke struck threw withdrew"
)
_WEEKDAYS = _list_words("monday tuesday wednesday thursday friday saturday sunday")
_DAYTIMES = _list_words("morning afternoon evening night")
_LIMITS = _list_words("only just even except not exactly early late earlier later")
_PERIODS = _list_words("week month")
_RELATIVES = _list_words("which who whose where")
_DETERMINERS = _list_words("a an the its his her their one")
# Dropped where they stand first: they tie a sentence to one that the summary may not have.
_CONNECTIVES = _list_words(
    "however meanwhile moreover furthermore also indeed nevertheless separately elsewhere "
    "additionally finally but and"
) | {"in addition", "as a result", "for example"}
# Only such phrases may go from the beginning: a place or a condition there holds for the rest.
_OPENERS = _list_words("on after before during following")
_PREPOSITIONS = _list_words(
    "in on at for with from into over under between among against during after before since "
    "amid across through near within around behind because while as when by of to until"
)
# A phrase at the end may go only if it says when or where: what is "for" or "against"
# something mostly is the point.
_CIRCUMSTANCES = _list_words("in on at during after before since amid across near following")
# What a rise, say, is "in" belongs to it.
_INCOMPLETE = _list_words(
    "rise fall increase decrease decline drop growth jump cut change interest stake role part "
    "success confidence faith earlier later early late well "
    "minutes hours days weeks months years minute hour day week month year"
)
# What is more or less so mostly is so under a condition.
_COMPARISONS = _list_words("likely more less fewer higher lower better worse than if")
# Something follows these that the sentence would not be whole without.
_PAIRED = _list_words("both between either neither not only rather respectively")
_SUBJECTS = _list_words(
    "the a an he she it they we i there this that these those its his her their"
)
_QUOTES = '"“”«»'
_MAX_WORDS = {"insertion": 25, "opening": 12, "tail": 12}
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


@dataclass(frozen=True, slots=True)
class Cut:
    """Tokens that can go together, from `first` up to `last`, and what kind of part they are."""

    first: int
    last: int
    kind: str


class Importance:
    """How much the words of an article matter: those of its titles, and those that recur."""

    def __init__(self, texts: Iterable[str], titles: Iterable[str] = ()) -> None:
        self._counts = Counter(term for text in texts for term in find_terms(text))
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

    def __init__(self, importance: Importance) -> None:
        self._importance = importance

    def shorten(self, text: str, length: str, advice: Sequence[str] = ()) -> str:
        """Return an English sentence without its dispensable parts, all else as it stands.

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
        for cut in find_cuts(tokens):
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
    """Return the text without some tokens and the space before them."""
    if not gone:
        return text
    parts = [
        text[(tokens[i - 1].end if i else 0) : token.end]
        for i, token in enumerate(tokens)
        if i not in gone
    ]
    left = "".join(parts).strip() + text[tokens[-1].end :]
    return left[:1].upper() + left[1:]


def find_cuts(tokens: Sequence[Token]) -> list[Cut]:
    """Return all parts that the rules know, none that bears the sense of what would be left.

    Nothing goes from within a quotation, no negation, and no attribution or possibility but such
    as an aside has of its own.
    """
    lows = [t.text.lower().replace("’", "'") for t in tokens]
    return list(
        dict.fromkeys(
            cut
            for rule in _RULES
            for cut in rule(lows)
            if cut.first < cut.last and _is_free(cut, tokens, lows)
        )
    )


def _is_free(cut: Cut, tokens: Sequence[Token], lows: Sequence[str]) -> bool:
    part = lows[cut.first : cut.last]
    before = sum(t.text in _QUOTES for t in tokens[: cut.first])
    inside = sum(t.text in _QUOTES for t in tokens[cut.first : cut.last])
    apostrophe = any(t.text in "'‘’" for t in tokens)
    return (
        before % 2 == 0
        and inside == 0
        and not apostrophe
        and not any(map(negates, part))
        and (cut.kind in _ASIDES or not any(map(carries_sense, part)))
        and (cut.kind == "bracket" or not {":", ";", "?"} & {*part})
    )


def _end(lows: Sequence[str]) -> int:
    """Return where the final punctuation begins."""
    last = len(lows)
    while last and not lows[last - 1][0].isalnum() and lows[last - 1] != ")":
        last -= 1
    return last


def _next_comma(lows: Sequence[str], start: int) -> int | None:
    return next((i for i in range(start, len(lows)) if lows[i] == ","), None)


def _is_verb(word: str) -> bool:
    """Tell whether a word after a subject is its verb: it is hardly ever anything else."""
    known = word in _AUXILIARIES or word in _PASTS
    return known or (word.endswith(("ed", "s")) and word not in FUNCTION_WORDS | _PREPOSITIONS)


def _has_verb(words: Sequence[str]) -> bool:
    return any(w in _AUXILIARIES or w in _PASTS or w.endswith("ed") for w in words)


def _find_brackets(lows: Sequence[str]) -> Iterator[Cut]:
    for first, low in enumerate(lows):
        if low == "(" and ")" in lows[first:]:
            yield Cut(first, lows.index(")", first) + 1, "bracket")
    dashes = [i for i, low in enumerate(lows) if low in "-–—"]
    results = any(lows[max(0, i - 1)].isdigit() for i in dashes)  # 6 - 4 and 6 - 0
    encloses = len(dashes) == 2 and 2 < dashes[1] - dashes[0] <= _MAX_WORDS["opening"]
    if encloses and not results and dashes[1] + 1 < _end(lows):
        yield Cut(dashes[0], dashes[1] + 1, "bracket")


def _find_insertions(lows: Sequence[str]) -> Iterator[Cut]:
    """Yield relative clauses and appositions between commas, or from one to the end."""
    end = _end(lows)
    for first in (i for i, low in enumerate(lows[: end - 1]) if low == "," and i):
        close = _next_comma(lows, first + 1)
        part = lows[first + 1 : close or end]
        if part and len(part) <= _MAX_WORDS["insertion"]:
            kind = _name_insertion(part)
            if close is None:
                yield from _find_last_insertion(lows, Cut(first, end, kind))
            elif kind and _closes(lows, first, close, kind):
                shared = "," in lows[:first] and not _has_verb(lows[:first])
                yield Cut(first, close + (not shared), kind)


def _closes(lows: Sequence[str], first: int, close: int, kind: str) -> bool:
    """Tell whether a comma ends an insertion: the verb of its subject follows, or another."""
    if kind == "relative" and lows[close + 1] == "and" and _has_verb(lows[:first]):
        return True
    return lows[0] not in _PREPOSITIONS and _is_verb(lows[close + 1])


def _name_insertion(part: Sequence[str]) -> str:
    """Return what a part between commas is, as far as its words tell; else nothing."""
    if part[0] in _RELATIVES:
        return "relative"
    if part[0] in _DETERMINERS and not _has_verb(part):
        return "apposition"
    participle = len(part) > 1 and part[0].endswith(("ed", "ing"))
    return "apposition" if participle and not _AUXILIARIES & {*part} else ""


def _find_last_insertion(lows: Sequence[str], cut: Cut) -> Iterator[Cut]:
    """Yield what begins at the last comma; an apposition there must not be the last of a list."""
    part = lows[cut.first + 1 : cut.last]
    is_remark = part[0] in _DETERMINERS and not {"and", "or"} & {*part}
    if cut.kind == "relative":
        yield cut
    elif cut.kind and is_remark and _has_verb(lows[: cut.first]):
        yield Cut(cut.first, cut.last, "remark")


def _find_openings(lows: Sequence[str]) -> Iterator[Cut]:
    if lows[:1] in (["but"], ["and"]) and lows[1:2] != [","]:
        yield Cut(0, 1, "connective")
    comma = _next_comma(lows, 0)
    if comma and comma + 1 < _end(lows) and comma <= _MAX_WORDS["opening"]:
        kind = _name_opening(lows[:comma], lows[comma + 1])
        if kind:
            yield Cut(0, comma + 1, kind)


def _name_opening(part: Sequence[str], following: str) -> str:
    if " ".join(part) in _CONNECTIVES:
        return "connective"
    if following not in _SUBJECTS:
        return ""
    if {*part} & _WEEKDAYS:
        return "weekday"
    return "opening" if part[0] in _OPENERS else ""


def _find_adverbs(lows: Sequence[str]) -> Iterator[Cut]:
    for i, low in enumerate(lows[1:-1], 1):
        if low == "also" and lows[i - 1] not in ("but", "and", ",") and "only" not in lows:
            yield Cut(i, i + 1, "connective")
        enclosed = lows[i - 1] == "," and lows[i + 1] == ","
        if low in ("however", "meanwhile", "though") and enclosed:
            yield Cut(i - 1, i + 2, "connective")


def _find_times(lows: Sequence[str]) -> Iterator[Cut]:
    """Yield days of the week, and "last week" and the like, where nothing hangs on them."""
    if sum(low in _WEEKDAYS for low in lows) > 1:  # of two days each needs its own
        return
    for first, low in enumerate(lows[:-1]):
        last = first + 2
        if low == "on" and lows[first + 1] in _WEEKDAYS:
            kind = "weekday"
        elif low in ("last", "this", "next") and lows[first + 1] in _PERIODS:
            kind = "time"
        else:
            continue
        last += lows[last : last + 1] != [] and lows[last] in _DAYTIMES
        first -= kind == "time" and first > 0 and lows[first - 1] in ("earlier", "later")
        before = lows[first - 1] if first else ""
        after = lows[last] if last < len(lows) else "."
        bound = before in _PREPOSITIONS | {
            "",
            "of",
            "to",
            "until",
            "by",
            "and",
            "the",
            ",",
            *_LIMITS,
        }
        loose = not after[0].isalnum() or after in _PREPOSITIONS | {"to", "that", "by"}
        if not bound and after != "," and (loose or after in _AUXILIARIES | _PASTS):
            yield Cut(first, last, kind)


def _find_tails(lows: Sequence[str]) -> Iterator[Cut]:
    """Yield prepositional phrases, participles and clauses at the end."""
    end = _end(lows)
    for first in range(3, end - 1):
        head, tail = lows[:first], lows[first:end]
        kind = _name_tail(head, tail) if _has_verb(head) else ""
        if kind:
            yield Cut(first, end, kind)


def _name_tail(head: Sequence[str], tail: Sequence[str]) -> str:
    """Return what the end of a sentence is, as far as its words tell; else nothing."""
    if tail[0] == "," and tail[1].endswith("ing"):
        return "participle"
    if _PAIRED & {*head, *tail}:
        return ""
    if tail[0] == "," and tail[1] == "and":
        return "clause" if _is_clause(tail[2:]) and "," not in head else ""
    if tail[0] == "and" and head[-1] != ",":
        return "clause" if tail[1] in _AUXILIARIES | _PASTS else ""
    if (tail[0] == "on" and not _is_date(tail[1])) or tail[1].endswith("ing"):
        return ""
    if not _WEEKDAYS.isdisjoint(tail) and not _WEEKDAYS.isdisjoint(head):
        return ""
    if "," in head and not _has_verb(" ".join(head).rpartition(",")[2].split()):
        return ""  # the end of an insertion or of a list
    simple = len(tail) <= _MAX_WORDS["tail"] and not {",", "to"} & {*tail}
    return "tail" if tail[0] in _CIRCUMSTANCES and simple and not _is_open(head) else ""


def _is_clause(words: Sequence[str]) -> bool:
    return bool(words) and words[0] in _SUBJECTS and _has_verb(words)


def _is_date(word: str) -> bool:
    return word[0].isdigit() or word in _WEEKDAYS


def _is_open(head: Sequence[str]) -> bool:
    """Tell whether what follows may complete the head: after a verb, a preposition, a number."""
    word, before = head[-1], head[-2]
    return (
        word in _AUXILIARIES | _PASTS | _PREPOSITIONS | FUNCTION_WORDS | _INCOMPLETE
        or before in _AUXILIARIES | _RELATIVES | {"to", "that"}
        or not word[0].isalpha()
        or word.endswith(("ed", "ing", "en", "ly"))
        or not _COMPARISONS.isdisjoint(head)
    )


_RULES: tuple[Callable[[Sequence[str]], Iterator[Cut]], ...] = (
    _find_brackets,
    _find_insertions,
    _find_openings,
    _find_adverbs,
    _find_times,
    _find_tails,
)
