"""French: which parts a sentence can do without.

Only what can be told by its form and its place: what else could go is a matter of what the
article is about, and nothing advises on that here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models.parts import (
    CONDITIONS,
    MAX_WORDS,
    Cut,
    Rule,
    bounds_clock,
    find_brackets,
    find_comma,
    find_end,
    holds_condition,
    list_words,
)

_VERBS = list_words(
    "est sont était étaient sera seront serait seraient fut furent a ont avait avaient aura auront "
    "aurait auraient eut eurent peut peuvent pouvait pouvaient pourra pourront pourrait pourraient "
    "doit doivent devait devaient devra devront devrait devraient va vont allait allaient ira "
    "iront veut veulent voulait voulaient vient viennent font faisait feront fera prend prennent "
    "met mettent tient tiennent permet permettent dit disent devient deviennent prévoit prévoient "
    "souhaite affirme estime explique assure déclare dénonce réclame rejette refuse semble perd "
    "gagne voit sait faut vaut reçoit obtient ouvre quitte propose publie lance"
)
# These are as often nouns: verbs only where the subject has just ended.
_VERBS_AFTER_A_SUBJECT = list_words(
    "fait reste restent compte demande demandent appelle part sort continue arrive risque accuse "
    "annonce présente prépare travaille joue vit dirige passe entre ne se"
)
_VERB = re.compile(
    r"\w{3,}(?:ai(?:t|ent)|[eiu]ra|[eiu]ront|èrent|[iu]rent)|n['’]\w+|s['’](?!ils?\b)\w+"
)
_NO_VERBS = list_words(
    "lait portrait parfait imparfait extrait retrait souhait attrait trait contrait abstrait "
    "satisfait bienfait méfait forfait opéra caméra"
)
# "a-t-il ajouté", "estime-t-elle": whoever says it.
_INVERSION = re.compile(r"\w+-(?:t-)?(?:ils?|elles?|on|je|nous)")
WEEKDAYS = list_words("lundi mardi mercredi jeudi vendredi samedi dimanche")
_MONTHS = list_words(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
)
_OF_THE_DAY = list_words("matin midi après-midi soir dernier prochain 1er")
_RELATIVES = list_words("qui dont où lequel laquelle lesquels lesquelles auquel auxquels duquel")
_DETERMINERS = list_words("le la les un une des du son sa ses leur leurs ce cet cette ces l d")
_EXCEPTIONS = list_words("sauf hormis excepté exceptée exceptés exceptées")
_PREPOSITIONS = _EXCEPTIONS | list_words(
    "à au aux de du d des en dans par pour sur avec sans sous vers chez entre depuis dès jusqu "
    "jusque avant après pendant durant lors contre selon malgré devant derrière parmi face grâce "
    "afin outre hors via voici voilà"
)
_CONJUNCTIONS = list_words(
    "et ou mais ni car donc or que qu quand lorsque lorsqu si comme puisque puisqu quoique tandis "
    "alors parce ainsi tout tant aussi soit plus moins voire notamment c j il elle ils elles on"
)
# A sentence may begin with these once what stood before is gone.
_SUBJECTS = list_words(
    "le la les l un une des il elle ils elles on nous je j ce cet cette ces c son sa ses leur "
    "leurs plusieurs certains"
)
# They tie a sentence to one that the summary may not have.
_CONNECTIVES = list_words(
    "cependant toutefois néanmoins pourtant ainsi enfin mais et or"
) | {
    "par ailleurs", "en outre", "de plus", "en effet", "d'ailleurs", "du coup", "de son côté",
    "de leur côté", "pour sa part", "pour leur part", "par conséquent", "en revanche",
    "par exemple", "pour rappel", "pour autant", "de fait", "en clair", "autrement dit",
}  # fmt: skip
_ADVERBS = list_words("également toutefois cependant néanmoins")
_ENCLOSED = (
    ["toutefois"], ["cependant"], ["néanmoins"], ["également"], ["par", "ailleurs"],
    ["en", "effet"], ["en", "outre"], ["d'ailleurs"], ["de", "son", "côté"], ["de", "leur", "côté"],
    ["quant", "à", "lui"], ["quant", "à", "elle"], ["lui"], ["eux"], ["lui", "aussi"],
)  # fmt: skip
# A day belongs to such a word before it.
_BINDING = (
    _PREPOSITIONS
    | _DETERMINERS
    | _CONJUNCTIONS
    | list_words(
        "chaque tous tôt tard seulement uniquement exclusivement principalement surtout même sinon "
        "toujours normalement souvent parfois généralement pas jamais seul premier deuxième "
        "troisième , : ;"
    )
)
# It is when, that is said of these.
_AWAITING = re.compile(
    r"(?:prévu|paru|survenu|attendu|tenu|rendu)e?s?|programmée?s?|publics?|publiques?"
)
# "Le lundi", "la nuit": what is so each time, and only then.
_RECURRING = list_words("le la les chaque tous toutes")
_TIMES = WEEKDAYS | list_words("matin midi après-midi soir nuit jour week-end semaine été hiver")


def _strip(word: str) -> str:
    """Return what was elided before an apostrophe ("l'élu": "l"); else the word itself."""
    return word.partition("'")[0]


def _is_verb(word: str) -> bool:
    """Tell whether a word is a finite verb, wherever it stands."""
    return word in _VERBS or (word not in _NO_VERBS and _VERB.fullmatch(word) is not None)


def _has_verb(words: Sequence[str]) -> bool:
    return any(map(_is_verb, words))


def _ends_a_subject(word: str) -> bool:
    return _is_verb(word) or word in _VERBS_AFTER_A_SUBJECT


def _find_insertions(lows: Sequence[str]) -> Iterator[Cut]:
    """Yield relative clauses and appositions between commas, or from one to the end."""
    end = find_end(lows)
    for first in (i for i, low in enumerate(lows[: end - 1]) if low == "," and i):
        close = find_comma(lows[:end], first + 1)
        part = lows[first + 1 : close or end]
        if not part or len(part) > MAX_WORDS["insertion"] or any(map(_INVERSION.fullmatch, part)):
            continue
        kind = _name_insertion(part)
        if close is None and kind:
            yield from _find_last_insertion(lows, Cut(first, end, kind))
        elif close and kind and _closes(lows, first, close, kind):
            last = _find_last(lows, first, close)
            yield from [Cut(first, last, kind)] if last else []


def _find_last(lows: Sequence[str], first: int, close: int) -> int | None:
    """Return where an insertion ends: before its closing comma, where that closes another, too.

    `None` where it is not plain whether the subject begins before or after an earlier comma.
    """
    comma = find_comma(lows[:first], 0)
    if comma is None or _has_verb(lows[:first]) or _find_day(lows, 0) == comma:
        return close + 1
    return close if lows[first - 1] == "ans" else None


def _closes(lows: Sequence[str], first: int, close: int, kind: str) -> bool:
    """Tell whether a comma ends an insertion: the verb of its subject follows, or another."""
    if kind == "relative" and lows[close + 1] == "et" and _has_verb(lows[:first]):
        return lows[close + 2 :] != [] and _ends_a_subject(lows[close + 2])
    if _has_verb(lows[:first]) or _strip(lows[0]) in _PREPOSITIONS | _CONJUNCTIONS:
        return False
    return _ends_a_subject(lows[close + 1])


def _name_insertion(part: Sequence[str]) -> str:
    """Return what a part after a comma is, as far as its words tell; else nothing."""
    led = part[0] in _PREPOSITIONS | {"ce"} and part[1:2] and part[1] in _RELATIVES
    if part[0] in _RELATIVES or led:
        return "relative" if len(part) > 1 and not holds_condition(part) else ""
    loose = not _has_verb(part) and _strip(part[0]) not in _PREPOSITIONS | _CONJUNCTIONS
    loose = loose and not _recurs(part)
    return "apposition" if loose else ""


def _recurs(part: Sequence[str]) -> bool:
    """Tell whether words say when something is so each time: "le lundi", "toutes les nuits"."""
    at = next((i for i, word in enumerate(part) if word not in _RECURRING), 0)
    word = part[at].removeprefix("l'").removesuffix("s")
    return word in _TIMES and (at > 0 or part[0].startswith("l'"))


def _find_last_insertion(lows: Sequence[str], cut: Cut) -> Iterator[Cut]:
    """Yield what begins at the last comma; an apposition there must not be the last of a list."""
    part, head = lows[cut.first + 1 : cut.last], lows[: cut.first]
    listed = "," in head or not {"et", "ou"}.isdisjoint(part) or len(part) < 3
    if not _has_verb(head):
        return
    if cut.kind == "relative":
        yield cut
    elif not listed and _strip(part[0]) in _DETERMINERS:
        yield Cut(cut.first, cut.last, "remark")


def _find_openings(lows: Sequence[str]) -> Iterator[Cut]:
    if lows[:1] in (["mais"], ["et"], ["or"]) and _opens(lows[1:]):
        yield Cut(0, 1, "connective")
    comma = find_comma(lows, 0)
    if comma and comma + 1 < find_end(lows) and comma <= MAX_WORDS["opening"]:
        if " ".join(lows[:comma]) in _CONNECTIVES:
            yield Cut(0, comma + 1, "connective")
        elif (
            _find_day(lows, 0) == comma
            and _opens(lows[comma + 1 :])
            and WEEKDAYS.isdisjoint(lows[comma:])  # of two days each needs its own
        ):
            yield Cut(0, comma + 1, "weekday")


def _opens(words: Sequence[str]) -> bool:
    return bool(words) and _strip(words[0]) in _SUBJECTS


def _find_adverbs(lows: Sequence[str]) -> Iterator[Cut]:
    """Yield adverbs that only join, after an auxiliary or between commas."""
    for i, low in enumerate(lows[1:-1], 1):
        if low in _ADVERBS and _is_verb(lows[i - 1]) and "seulement" not in lows:
            yield Cut(i, i + 1, "connective")
        for phrase in _ENCLOSED if low == "," else ():
            last = i + 1 + len(phrase)
            if [*lows[i + 1 : last]] == phrase and lows[last : last + 1] == [","]:
                yield Cut(i, last + 1, "connective")


def _find_day(lows: Sequence[str], first: int) -> int:
    """Return where a day that begins here ends ("ce lundi 3 mai 2021 au soir"); else `first`."""
    at = first + (lows[first] == "ce")
    if lows[at : at + 1] == [] or lows[at] not in WEEKDAYS:
        return first
    at += 1
    while at < len(lows) and (lows[at] in _OF_THE_DAY | _MONTHS or lows[at].isdecimal()):
        at += 1
    return at


def _find_times(lows: Sequence[str]) -> Iterator[Cut]:
    """Yield days of the week, with their dates, where nothing hangs on them."""
    if sum(low in WEEKDAYS for low in lows) > 1:  # of two days each needs its own
        return
    for first in range(1, len(lows) - 1):
        last = _find_day(lows, first)
        if last == first or last >= len(lows) or lows[first - 1] == "ce":
            continue
        before, after = lows[first - 1], lows[last]
        at_most = not {"tôt", "tard"}.isdisjoint(lows[last : last + 4])  # "lundi au plus tard"
        bound = at_most or bounds_clock(lows, first, last)
        if bound or not CONDITIONS.isdisjoint(lows[:first]):
            continue
        if not after[0].isalnum() and _awaits_time(lows[:first]):
            continue
        if before == after == "," and _has_verb(lows[: first - 1]):
            yield Cut(first - 1, last + 1, "weekday")
        elif _strip(before) not in _BINDING and before[0].isalnum() and _is_loose(after):
            yield Cut(first, last, "weekday")


def _awaits_time(head: Sequence[str]) -> bool:
    """Tell whether words break off where no day follows: "un rapport publié", "est prévu"."""
    before = head[-2] if len(head) > 1 else ""
    finite = before == "été" or _is_verb(before.removeprefix("l'")) or _INVERSION.fullmatch(before)
    return _AWAITING.fullmatch(head[-1]) is not None or (
        not finite and head[-1].endswith(("é", "és", "ée", "ées"))
    )


def _is_loose(after: str) -> bool:
    follows = (_PREPOSITIONS - _EXCEPTIONS) | _DETERMINERS | {"que", "qu"}
    return not after[0].isalnum() or _strip(after) in follows


RULES: tuple[Rule, ...] = (
    find_brackets,
    _find_insertions,
    _find_openings,
    _find_adverbs,
    _find_times,
)
