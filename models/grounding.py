"""Grounding: what in the article supports a summary sentence, and what nothing supports."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.protocols import Sentence
from models.words import find_terms, find_words, fold

# Groups of three are joined by a space only where nothing else can be meant (not "2020 300").
_NUMBER = re.compile(
    r"(?<!\d)\d{1,3}(?:[\u00a0\u202f\u2009' ’]\d{3})+(?:[.,٫]\d+)?(?!\d)|\d+(?:[.,:٫٬]\d+)*"
)
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")


def _list_words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Not "one" and its like, which are articles and pronouns too, nor Spanish "once".
NUMBER_WORDS = {
    word: str(value)
    for value, words in (
        (2, "two deux zwei dos"),
        (3, "three trois drei tres"),
        (4, "four quatre vier cuatro"),
        (5, "five cinq fünf cinco"),
        (6, "six sechs seis"),
        (7, "seven sept sieben siete"),
        (8, "eight huit acht ocho"),
        (9, "nine neuf neun nueve"),
        (10, "ten dix zehn diez"),
        (11, "eleven onze elf"),
        (12, "twelve douze zwölf doce"),
    )
    for word in _list_words(words)
}
# Exceptions deny for some what is said of all.
_NEGATIONS = _list_words(
    "except excepted excluding unless sauf hormis excepté exceptée exceptés exceptées "
    "not no never none nobody nothing neither nor without cannot barely hardly deny denies denied "
    "denying denial refuse refuses refused refusing refusal reject rejects rejected rejecting "
    "dismiss dismisses dismissed dismissing fail fails failed failing failure dispute disputes "
    "disputed cancel cancels cancelled canceled drop drops dropped acquit acquitted false falsely "
    "innocent innocence innocente innocents "
    "ne pas n jamais aucun aucune rien ni sans démenti dément démentir démentent nie nié nier "
    "refuse refusent refusé refuser rejeté rejette rejettent conteste contestent contesté "
    "contestée réfute réfutent réfuté récuse récusent faux "
    "bestreitet bestritt bestreiten leugnet dementiert "
    "dementierte negó niega negar niegan rechazó rechaza nicht kein keine keinen keiner nie "
    "niemals nunca ningún ninguna nada nadie sin não nem sem non mai nessuno senza не нет ни без"
)
# What makes a claim somebody's, or a possibility. A rewrite that loses all of it states a fact.
_GUARDS = tuple(
    _list_words(words)
    for words in (
        "said says say saying told tells according reported reports claimed claims alleged "
        "allegedly reportedly warned warns argued argues insisted added believes thinks announced "
        "dit déclaré affirmé affirme selon annoncé indiqué assuré ajouté expliqué estimé estime",
        "could may might would should likely unlikely perhaps possibly probably allegedly "
        "reportedly suspected accused alleged if unless pourrait pourraient devrait devraient "
        "serait seraient aurait auraient peut-être probablement présumé si",
    )
)
# Such a word changes the next one ("former president", "nearly 500", "less than 2"): neither goes
# without the other.
_QUALIFIERS = _list_words(
    "former ex acting alleged suspected would-be possible potential proposed planned attempted "
    "fake only just almost nearly about around approximately roughly over under least than some "
    "half double twice "
    "ancien ancienne ex-président présumé présumée seul seule seulement presque environ quelque "
    "plus moins près "
    "ehemalige ehemaliger mutmaßliche mutmaßlicher nur fast etwa rund über unter mindestens "
    "solo casi unos cerca más menos exministro presunto"
)
_DATES = _list_words(
    "monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow january "
    "february march april may june july august september october november december "
    "lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai juin "
    "juillet août septembre octobre novembre décembre montag dienstag mittwoch donnerstag freitag "
    "samstag sonntag lunes martes miércoles jueves viernes sábado domingo"
)
_PARTS = re.compile(r"\b(\w+) (?:of|out of) (?:the |its |his |her |their )?(\w+)\b")
# What stands at a number and is as much a part of it as its digits.
_QUANTITY = re.compile(
    rf"(?<![\w.])(?P<sign>[-−–]?)(?P<currency>[$£€¥₹])?(?P<number>{_NUMBER.pattern})"
    r"(?:[\s-]?(?P<unit>bn|m|k|tn|[Mm]illions?|[Bb]illions?|[Tt]rillions?|thousand|%|percent"
    r"|per cent|milliards?|Millionen|Milliarden?|Mio|Mrd|millones|pour cent|Prozent|por ciento)"
    r"(?!\w))?"
)
_UNITS = {
    name: unit
    for unit, names in (
        ("million", "m million millions Million Millions Millionen Mio millones"),
        ("billion", "bn billion billions Billion Billions milliard milliards Milliarde Milliarden"),
        ("trillion", "tn trillion trillions Trillion"),
        ("thousand", "k thousand"),
    )
    for name in names.split()
} | dict.fromkeys(("%", "percent", "per cent", "pour cent", "Prozent", "por ciento"), "%")
_QUOTATION = re.compile(r"\"([^\"]*)\"|“([^”]*)”|«([^»]*)»|„([^“]*)“|「([^」]*)」")
# Words that may come and go in a rewrite. In other languages they are short, and mostly occur in
# any three sentences.
FUNCTION_WORDS = _list_words(
    "the and for that this these those with from into onto upon has have had having was were are "
    "been being is be it its his her hers their they them he she who whom whose which what when "
    "while where there then than but also as at by in of on or to an a i we you our your my after "
    "before about over will do does did can one some such so "
    "le la les un une des de du et à au aux en dans par pour sur avec qui que dont où ce cet cette "
    "ces son sa ses leur leurs il elle ils elles on est sont a ont été était être avoir ou se"
)
# Below this a word is grammar, in the languages that `FUNCTION_WORDS` does not list.
_MIN_CONTENT_LETTERS = 3
# Two words are forms of one ("sanction", "sanctions") if they begin alike; "Austria" and
# "Australia", "Niger" and "Nigeria" do not.
_MIN_COMMON_LETTERS = 5
_MIN_COMMON_SHARE = 0.72
# Who did what to whom is mostly in the order of the words.
_MIN_ORDERED_SHARE = 0.8
_MAX_EVIDENCE = 3
_LOOP_TIMES = 3
_MAX_REPEATED_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may stand; `unsupported` lists its numbers and names that may not."""

    supported: bool
    unsupported: tuple[str, ...]
    coverage: float


def find_numbers(text: str) -> list[str]:
    """Return the numbers as they stand in `text`."""
    return [match.group() for match in _NUMBER.finditer(text)]


def read_number(number: str) -> frozenset[str]:
    """Return the values that a written number can have: 1.200 is 1200 here and 1.2 there."""
    digits = "".join(str(int(c)) if c.isdigit() else c for c in number)
    plain = re.sub(r"[\u00a0\u202f\u2009' ’٬]", "", digits).replace("٫", ".")
    readings = set()
    if _GROUPED.fullmatch(plain):
        readings.add(re.sub(r"\D", "", plain))
    *groups, last = re.split(r"[.,]", plain)
    if len(groups) == 1 or (len(groups) > 1 and _GROUPED.fullmatch(plain[: -len(last) - 1])):
        readings.add("".join(groups) + "." + last)
    return frozenset(map(_trim_zeros, readings or {plain}))


def _trim_zeros(value: str) -> str:
    value = value.lstrip("0") or "0"
    value = value.rstrip("0").rstrip(".") if value.count(".") == 1 else value
    return "0" + value if value[:1] in ("", ".") else value


def find_names(text: str) -> list[str]:
    """Return the words that look like names: with capitals, but not for beginning the sentence."""
    return [w for w in find_words(text)[1:] if len(w) > 1 and any(map(str.isupper, w))]


def is_looping(text: str) -> bool:
    """Tell whether a word or a phrase is repeated as degenerate decoding does."""
    terms = find_terms(text)
    return any(_repeats(terms, size) for size in (1, 2, 3, 4)) or (
        share_repeats(terms) > _MAX_REPEATED_SHARE
    )


def _repeats(terms: Sequence[str], size: int) -> bool:
    """Tell whether `size` terms stand three times in a row."""
    row = 0
    for term, earlier in zip(terms[size:], terms, strict=False):
        row = row + 1 if term == earlier else 0
        if row >= size * (_LOOP_TIMES - 1):
            return True
    return False


def share_repeats(terms: Sequence[str]) -> float:
    """Return the share of term trigrams that occurred before."""
    grams = [tuple(terms[i : i + 3]) for i in range(len(terms) - 2)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


def judge(
    text: str, evidence: Sequence[str], article: Sequence[str] = (), min_coverage: float = 1.0
) -> Verdict:
    """Judge a summary sentence by its evidence.

    Numbers and names must occur in the evidence, and content words too, up to `min_coverage`. No
    negation may come or go, nor attribution or possibility be lost, and what one sentence is
    rewritten to keeps the order of its words. What occurs in the `article`, if not in the
    evidence, is not listed as unsupported, but the sentence is not supported either.
    """
    known = _Lexicon(evidence)
    doubtful = known.find_unknown(text)
    coverage = known.cover(text)
    supported = (
        not doubtful
        and coverage >= min_coverage
        and _keeps_sense(text, evidence)
        and _keeps_quantities(text, evidence)
        and _keeps_quotations(text, evidence)
        and _keeps_qualifiers(text, evidence)
        and all(_keeps_order_of_names(text, sentence) for sentence in evidence)
        and (len(evidence) != 1 or _keeps_order(text, evidence[0]))
    )
    missing = (
        _Lexicon([*evidence, *article]).find_unknown(text) if doubtful and article else doubtful
    )
    return Verdict(supported, tuple(dict.fromkeys(missing)), coverage)


def align(text: str, sentences: Sequence[Sentence]) -> list[Sentence]:
    """Return the few sentences that together cover most of a summary sentence, in their order.

    Greedy set cover over terms; at most three, and none that adds nothing. Empty where no
    sentence shares a content word or number with the text.
    """
    wanted = {term for term in find_terms(text) if term not in FUNCTION_WORDS}
    terms = [wanted.intersection(find_terms(s.text)) for s in sentences]
    rarity = Counter(t for found in terms for t in found)
    chosen: list[int] = []
    left = set(wanted)
    while left and len(chosen) < _MAX_EVIDENCE and sentences:
        gains = [sum(1 / rarity[t] for t in found & left) for found in terms]
        best = max(range(len(gains)), key=gains.__getitem__)
        if len(terms[best] & left) < (1 if not chosen else max(2, len(wanted) // 5)):
            break
        chosen.append(best)
        left -= terms[best]
    return [sentences[i] for i in sorted(chosen)]


def _keeps_sense(text: str, evidence: Sequence[str]) -> bool:
    """Tell whether negations are as many as in the evidence, and no guard is lost."""
    counts = [_count_negations(e) for e in evidence]
    if _count_negations(text) not in {*counts, sum(counts)}:
        return False
    words = _lower_words([text])
    given = _lower_words(evidence)
    return all(words & guard or not given & guard for guard in _GUARDS)


def _count_negations(text: str) -> int:
    words = [word.casefold().replace("’", "'") for word in find_words(text)]
    return sum(map(negates, words))


def negates(word: str) -> bool:
    """Tell whether a lower-case word negates or denies."""
    return word in _NEGATIONS or word.endswith("n't") or word.startswith("n'")


def carries_sense(word: str) -> bool:
    """Tell whether a lower-case word negates, attributes or makes a claim a possibility."""
    return negates(word) or any(word in guard for guard in _GUARDS)


def _lower_words(texts: Iterable[str]) -> set[str]:
    """Return the words in lower case, and the first ones; the month of May is no possibility."""
    words = [find_words(text) for text in texts]
    first = {found[0].casefold() for found in words if found}
    return first.union(*words)


def _keeps_quantities(text: str, evidence: Sequence[str]) -> bool:
    """Tell whether numbers keep their signs, currencies and magnitudes."""
    known = [quantity for e in evidence for quantity in _find_quantities(e)]
    return all(
        any(values & others and marks == same for others, same in known)
        for values, marks in _find_quantities(text)
        if any(values & others for others, _ in known)
    )


def _find_quantities(text: str) -> list[tuple[frozenset[str], tuple[str, ...]]]:
    """Return the values that each number can have, and what marks it."""
    return [
        (
            read_number(found["number"]),
            (
                "-" if found["sign"] else "",
                found["currency"] or "",
                _UNITS.get(found["unit"] or "", found["unit"] or ""),
            ),
        )
        for found in _QUANTITY.finditer(text)
    ]


def _keeps_quotations(text: str, evidence: Sequence[str]) -> bool:
    """Tell whether everything quoted is a whole quotation of the evidence."""
    known = {quote for e in evidence for quote in find_quotations(e)}
    return known.issuperset(find_quotations(text))


def find_quotations(text: str) -> list[tuple[str, ...]]:
    """Return the terms of each quotation between marks."""
    return [
        tuple(find_terms("".join(filter(None, match.groups()))))
        for match in _QUOTATION.finditer(text)
    ]


def _keeps_qualifiers(text: str, evidence: Sequence[str]) -> bool:
    """Tell whether no word has lost what qualified it, nor a part its whole ("two of three")."""
    terms = find_terms(text)
    kept = {*zip(terms, terms[1:], strict=False)}
    for sentence in evidence:
        given = find_terms(sentence)
        for pair in zip(given, given[1:], strict=False):
            if pair[0] in _QUALIFIERS and pair[1] in terms and pair not in kept:
                return False
        for part, whole in _PARTS.findall(sentence.casefold()):
            if _is_quantity(part) and _is_quantity(whole) and whole in terms and part not in terms:
                return False
    return True


def _is_quantity(term: str) -> bool:
    return term in NUMBER_WORDS or term == "one" or term.isdecimal()


def _keeps_order_of_names(text: str, source: str) -> bool:
    """Tell whether the names that both have stand in one order: who comes first mostly acts."""
    theirs = [fold(word) for word in find_words(source) if word[0].isupper()]
    named = (fold(word) for word in find_words(text) if word[0].isupper())
    ours = [name for name in dict.fromkeys(named) if name in theirs and name not in FUNCTION_WORDS]
    return _count_common(ours, theirs) == len(ours)


def _keeps_order(text: str, source: str) -> bool:
    """Tell whether most content words and all numbers and dates stand in one order in both.

    What was left out between two words must not be an attribution: what follows is another's.
    """
    ours, theirs = _find_ordered(text), _find_ordered(source)
    anchors = [term for term in ours if _is_anchor(term)]
    return (
        _count_common(ours, theirs) >= _MIN_ORDERED_SHARE * len(ours)
        and _count_common(anchors, theirs) == len(anchors)
        and _follows_closely(ours, theirs)
    )


def _find_ordered(text: str) -> list[str]:
    """Return content words, numbers and dates, in order."""
    return [
        NUMBER_WORDS.get(term, term)
        for term in find_terms(text)
        if _is_anchor(term) or (term not in FUNCTION_WORDS and _is_content(term))
    ]


def _is_anchor(term: str) -> bool:
    return term[0].isdigit() or term in NUMBER_WORDS or term in _DATES


def _follows_closely(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Tell whether each number or date follows the word that it follows in the source.

    Another of its kind between them would mean that it was moved; as would an attribution.
    """
    place = -1
    for term in ours:
        later = [i for i in range(place + 1, len(theirs)) if theirs[i] == term]
        if not later:
            continue
        passed = theirs[place + 1 : later[0]] if place >= 0 else []
        if any(word in _GUARDS[0] for word in passed):
            return False
        if _is_anchor(term) and any(_is_anchor(word) for word in passed):
            return False
        place = later[0]
    return True


def _count_common(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """Return the length of the longest common subsequence, forms of a word being the same."""
    row = [0] * (len(theirs) + 1)
    for term in ours:
        above = row
        row = [0]
        for at, other in enumerate(theirs):
            same = term == other or _is_related(term, other)
            row.append(above[at] + 1 if same else max(above[at + 1], row[at]))
    return row[-1]


def _find_content(text: str) -> list[str]:
    return [
        term
        for term in find_terms(text)
        if term not in FUNCTION_WORDS and term not in NUMBER_WORDS and _is_content(term)
    ]


def _is_content(term: str) -> bool:
    return not term[0].isdigit() and (len(term) >= _MIN_CONTENT_LETTERS or not term.isascii())


def _is_related(one: str, other: str) -> bool:
    if one[:_MIN_COMMON_LETTERS] != other[:_MIN_COMMON_LETTERS]:
        return False
    common = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    common = min(len(one), len(other)) if common is None else common
    enough = max(_MIN_COMMON_LETTERS, _MIN_COMMON_SHARE * max(len(one), len(other)))
    return common >= enough


class _Lexicon:
    """The words and numbers of some sentences."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self._terms = {term for s in sentences for term in find_terms(s)}
        self._numbers = {v for s in sentences for n in find_numbers(s) for v in read_number(n)}
        self._numbers |= {NUMBER_WORDS[t] for t in self._terms if t in NUMBER_WORDS}
        self._beginnings: dict[str, set[str]] = {}
        for term in self._terms:
            self._beginnings.setdefault(term[:_MIN_COMMON_LETTERS], set()).add(term)

    def find_unknown(self, text: str) -> list[str]:
        """Return the numbers and names that are not here; an unknown first word may be a name."""
        unknown = [n for n in find_numbers(text) if not read_number(n) & self._numbers]
        words = find_words(text)
        unknown += [w for w in words if not self._has_quantity(fold(w))]
        first = [w for w in words[:1] if w[0].isupper() and _find_content(w)]
        return unknown + [n for n in (*first, *find_names(text)) if not self._has_word(n)]

    def cover(self, text: str) -> float:
        """Return the share of content words that are known, be it in another form."""
        content = _find_content(text)
        known = sum(self._has_term(term) for term in content)
        return known / len(content) if content else 1.0

    def _has_quantity(self, term: str) -> bool:
        value = NUMBER_WORDS.get(term)
        return value is None or term in self._terms or value in self._numbers

    def _has_word(self, word: str) -> bool:
        return any(map(str.isdigit, word)) or all(map(self._has_term, find_terms(word)))

    def _has_term(self, term: str) -> bool:
        if term in self._terms or (term in NUMBER_WORDS and self._has_quantity(term)):
            return True
        near = self._beginnings.get(term[:_MIN_COMMON_LETTERS], ())
        return any(_is_related(term, other) for other in near)
