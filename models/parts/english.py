"""English: which parts a sentence can do without."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from models.grounding import FUNCTION_WORDS
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

_AUXILIARIES = list_words(
    "is are was were has have had will would can could may might shall should must do does did"
)
_PASTS = list_words(
    "said saw took came went became began made gave found held led left lost met paid put ran rose "
    "fell sold sent set sought spent stood told thought won wrote grew knew kept hit cost cut "
    "bought brought built broke chose drew drove fought felt got heard lay let meant read showed "
    "spoke struck threw withdrew beat burst caught cast fled flew hurt laid quit rode sang sank "
    "shook shot shut slid split spread stole swept swore tore underwent understood undertook "
    "woke wore"
)
WEEKDAYS = list_words("monday tuesday wednesday thursday friday saturday sunday")
_DAYTIMES = list_words("morning afternoon evening night")
_BEFORE_DAYS = list_words("on last this next")
# A time after such a word is a limit, or a part of it.
_LIMITS = list_words(
    "only just even except besides but apart aside not exactly especially particularly mainly "
    "mostly usually always early late earlier later starting beginning ending if unless whether "
    "each every as"
)
_PERIODS = list_words("week month")
_RELATIVES = list_words("which who whose where")
_DETERMINERS = list_words("a an the its his her their one")
# Dropped where they stand first: they tie a sentence to one that the summary may not have.
_CONNECTIVES = list_words(
    "however meanwhile moreover furthermore also indeed nevertheless separately elsewhere "
    "additionally finally but and"
) | {"in addition", "as a result", "for example"}
# Only such phrases may go from the beginning: a place or a condition there holds for the rest,
# and what was "before" something mostly is no more.
_OPENERS = list_words("after during following")
# "After dark" and "during the week" are no events: the rest holds then only.
_TIMES = _DAYTIMES | list_words(
    "midnight noon midday dark dusk dawn sunset sunrise hours day days nights mornings evenings "
    "week weeks weekend weekends weekday weekdays month months year years season holiday holidays "
    "spring summer autumn winter today tomorrow january february march april may june july august "
    "september october november december"
)
_PREPOSITIONS = list_words(
    "in on at for with from into over under between among against during after before since "
    "amid across through near within around behind because while as when by of to until"
)
# A phrase at the end may go only if it says when or where: what is "for" or "against"
# something mostly is the point.
_CIRCUMSTANCES = list_words("in on at during after before since amid across near following")
# Of such a time the rest is true on one side only: "the least since 1990", "closed after dark".
_BOUNDS = list_words("after before since")
# What a rise, say, is "in" belongs to it.
_INCOMPLETE = list_words(
    "rise fall increase decrease decline drop growth jump cut change interest stake role part "
    "success confidence faith earlier later early late well born use "
    "minutes hours days weeks months years minute hour day week month year seconds moments "
    "soon back still just right stuck place places interests stakes investment investments "
    "reduction revival chance chances time career end shortly long immediately"
)
# Before these a word in -ed is no finite verb.
_AFTER_PARTICIPLES = list_words("by to in at for with from")
# "A document, which he claims, was found" is whose claim it is.
_CLAIMS = list_words("claim claims say says said believe believes insist insists allege alleges")
# "…, a trial suggests": it is whose claim all before it is.
_FINDINGS = list_words(
    "suggest suggests suggested show shows showed find finds found reveal reveals revealed "
    "understand understands understood learn learns learned learnt hear hears heard indicate "
    "indicates indicated estimate estimates estimated predict predicts predicted conclude "
    "concludes concluded confirm confirms confirmed calculate calculates calculated forecast "
    "forecasts expect expects expected fear fears feared admit admits admitted acknowledge "
    "acknowledges acknowledged explain explains explained recall recalls recalled write writes "
    "wrote reckon reckons reckoned agree agrees agreed insist insists maintain maintains "
    "maintained promise promises promised concede concedes conceded imply implies implied prove "
    "proves proved hint hints hinted hope hopes hoped"
)
_RANKS = list_words("only sole most least best worst record records all every")
_ORDINALS = list_words("first second third fourth fifth sixth seventh eighth ninth tenth last")
# "Last year" and "the third quarter" are dates.
_SPANS = _PERIODS | WEEKDAYS | list_words("year quarter half night summer autumn winter spring")
_NO_SUPERLATIVES = list_words(
    "interest request protest arrest forest invest contest suggest honest modest harvest manifest "
    "midwest northwest southwest north-west south-west inquest conquest digest ingest guest quest "
    "chest crest priest tempest everest budapest bucharest reinvest bequest unrest attest detest "
    "infest molest armrest wrest"
)
# It is when, that is said of these.
_AWAITING = list_words(
    "due expected scheduled planned set held out begin begins began start starts end ends "
    "open opens close closes published released"
)
_CONTRASTS = list_words("and while whereas but compared against versus than")
# "Keep it in check": no place, but what becomes of it.
_STATES = list_words(
    "check early late hand play place mind charge question doubt full force debt line order power "
    "half two touch trouble danger motion shape tatters ruins risk stake bay odds least"
)
# Participles of what holds only then or under that condition.
_CONDITIONS = list_words(
    "provided assuming depending pending barring failing starting beginning compared"
)
# What is more or less so mostly is so under a condition.
_COMPARISONS = list_words("likely more less fewer higher lower better worse than if compared")
# Something follows these that the sentence would not be whole without.
_PAIRED = list_words("both between either neither not only rather respectively")
_SUBJECTS = list_words("the a an he she it they we i there this that these those its his her their")
# Without what follows such a word the sentence would break off, or say more than it did.
_BINDING = _AUXILIARIES | _PREPOSITIONS | FUNCTION_WORDS | _LIMITS | _PAIRED | {","}


def _begins_with_verb(words: Sequence[str]) -> bool:
    """Tell whether words after a subject are its verb and the rest; by the next one, if need be.

    "Fuelled by" is a participle, "Juventus and" a name and "authorities said" a subject; and
    "said Richard Braddock" ends what he said.
    """
    word, following = words[0], words[1] if len(words) > 1 else ""
    if word in ("said", "says"):
        return _has_verb(words[1:])
    if word in _AUXILIARIES | _PASTS:
        return True
    if word.endswith("ed"):
        return following not in _AFTER_PARTICIPLES
    return (
        word.endswith("s")
        and word not in FUNCTION_WORDS | _PREPOSITIONS
        and following not in _AUXILIARIES | _PASTS | {"and", "or", ","}
    )


def _has_verb(words: Sequence[str]) -> bool:
    return any(w in _AUXILIARIES or w in _PASTS or w.endswith("ed") for w in words)


def _find_insertions(lows: Sequence[str]) -> Iterator[Cut]:
    """Yield relative clauses and appositions between commas, or from one to the end."""
    end = find_end(lows)
    for first in (i for i, low in enumerate(lows[: end - 1]) if low == "," and i):
        close = find_comma(lows[:end], first + 1)
        part = lows[first + 1 : close or end]
        if part and len(part) <= MAX_WORDS["insertion"]:
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
    if kind == "apposition" and _has_verb(lows[:first]):
        return False  # the subject has its verb: this is one of a list, or hangs on the last
    return lows[0] not in _PREPOSITIONS and _begins_with_verb(lows[close + 1 :])


def _name_insertion(part: Sequence[str]) -> str:
    """Return what a part between commas is, as far as its words tell; else nothing."""
    if part[0] in _RELATIVES:
        return "" if part[-1] in _CLAIMS or holds_condition(part) else "relative"
    if part[0] in _DETERMINERS and not _has_verb(part):
        return "apposition"
    participle = len(part) > 1 and part[0].endswith(("ed", "ing")) and part[0] not in _CONDITIONS
    participle = participle and not _lists_verbs(part) and not _lists_nouns(part)
    return "apposition" if participle and not _AUXILIARIES & {*part} else ""


def _lists_verbs(part: Sequence[str]) -> bool:
    """Tell whether what begins in -ed is a verb like another in it: "directed and starred"."""
    return part[0].endswith("ed") and any(
        a == "and" and (b.endswith("ed") or b in _PASTS) for a, b in pairwise(part)
    )


def _lists_nouns(part: Sequence[str]) -> bool:
    """Tell whether what begins in -ing is the end of a list: "borrowing and taxes"."""
    if not part[0].endswith("ing"):
        return False
    ends = [i for i, word in enumerate(part[1:5], 1) if word in ("and", "or")]
    return part[1:2] == [","] or any(_DETERMINERS.isdisjoint(part[:i]) for i in ends)


def _find_last_insertion(lows: Sequence[str], cut: Cut) -> Iterator[Cut]:
    """Yield what begins at the last comma; an apposition there must not be the last of a list."""
    part = lows[cut.first + 1 : cut.last]
    is_remark = part[0] in _DETERMINERS and not (_FINDINGS | {"and", "or"}) & {*part}
    is_remark = is_remark and len(part) > 2  # "less than $4, or three euros, a day"
    if cut.kind == "relative":
        yield cut
    elif cut.kind and is_remark and _has_verb(lows[: cut.first]):
        yield Cut(cut.first, cut.last, "remark")


def _find_openings(lows: Sequence[str]) -> Iterator[Cut]:
    if lows[:1] in (["but"], ["and"]) and lows[1:2] != [","]:
        yield Cut(0, 1, "connective")
    comma = find_comma(lows, 0)
    if comma and comma + 1 < find_end(lows) and comma <= MAX_WORDS["opening"]:
        kind = _name_opening(lows[:comma], lows[comma + 1 :])
        if kind:
            yield Cut(0, comma + 1, kind)


def _name_opening(part: Sequence[str], rest: Sequence[str]) -> str:
    if " ".join(part) in _CONNECTIVES:
        return "connective"
    if rest[0] not in _SUBJECTS:
        return ""
    if _is_day(part):
        return "weekday" if WEEKDAYS.isdisjoint(rest) else ""
    return "opening" if part[0] in _OPENERS and not _tells_time(part) else ""


def _tells_time(words: Sequence[str]) -> bool:
    return any(w[0].isdigit() or w.removesuffix("s") in WEEKDAYS or w in _TIMES for w in words)


def _is_day(words: Sequence[str]) -> bool:
    """Tell whether words are a day of the week, no more: "on Monday", "last Friday night"."""
    day = words[words[0] in _BEFORE_DAYS :]
    return len(day) > 0 and day[0] in WEEKDAYS and {*day[1:]} <= _DAYTIMES


def _find_adverbs(lows: Sequence[str]) -> Iterator[Cut]:
    for i, low in enumerate(lows[1:-1], 1):
        if low == "also" and lows[i - 1] not in ("but", "and", ",") and "only" not in lows:
            yield Cut(i, i + 1, "connective")
        enclosed = lows[i - 1] == "," and lows[i + 1] == ","
        if low in ("however", "meanwhile", "though") and enclosed:
            yield Cut(i - 1, i + 2, "connective")


def _find_times(lows: Sequence[str]) -> Iterator[Cut]:
    """Yield days of the week, and "last week" and the like, where nothing hangs on them."""
    if sum(low in WEEKDAYS for low in lows) > 1:  # of two days each needs its own
        return
    for first, low in enumerate(lows[:-1]):
        last = first + 2
        if low == "on" and lows[first + 1] in WEEKDAYS:
            kind = "weekday"
        elif low in ("last", "this", "next") and lows[first + 1] in _PERIODS:
            kind = "time"
        else:
            continue
        last += lows[last : last + 1] != [] and lows[last] in _DAYTIMES
        first -= kind == "time" and first > 0 and lows[first - 1] in ("earlier", "later")
        before = lows[first - 1] if first else ","
        after = lows[last] if last < len(lows) else "."
        loose = not after[0].isalnum() or after in _PREPOSITIONS | {"that"}
        bound = before in _BINDING or not {"earliest", "latest"}.isdisjoint(lows[last : last + 4])
        bound = bound or not CONDITIONS.isdisjoint(lows[:first])
        bound = bound or (kind == "time" and first > 0 and _is_ranked(lows[:first]))
        bound = bound or bounds_clock(lows, first, last)
        bound = bound or (not after[0].isalnum() and _awaits_time(lows[:first]))
        if not bound and after != "," and (loose or after in _AUXILIARIES | _PASTS):
            yield Cut(first, last, kind)


def _awaits_time(head: Sequence[str]) -> bool:
    """Tell whether words break off where no time follows: "a study released", "is to open"."""
    word, before = head[-1], head[-2] if len(head) > 1 else ""
    participle = word.endswith("ed") and before not in _AUXILIARIES | {"been", "be"}
    return participle or word in _AWAITING or before == "to"


def _find_tails(lows: Sequence[str]) -> Iterator[Cut]:
    """Yield prepositional phrases, participles and clauses at the end."""
    end = find_end(lows)
    for first in range(3, end - 1):
        head, tail = lows[:first], lows[first:end]
        kind = _name_tail(head, tail) if _has_verb(head) else ""
        if kind:
            yield Cut(first, end, kind)


def _name_tail(head: Sequence[str], tail: Sequence[str]) -> str:
    """Return what the end of a sentence is, as far as its words tell; else nothing."""
    if tail[0] == "," and tail[1].endswith("ing"):
        return "" if tail[1] in _CONDITIONS or _lists_nouns(tail[1:]) else "participle"
    if _PAIRED & {*head, *tail}:
        return ""
    if tail[0] == "," and tail[1] == "and":
        return "clause" if _is_clause(tail[2:]) and "," not in head else ""
    if tail[0] == "and" and head[-1] != ",":
        return "clause" if tail[1] in _AUXILIARIES | _PASTS else ""
    if (tail[0] == "on" and not _is_date(tail[1])) or tail[1].endswith("ing"):
        return ""
    if tail[0] in _BOUNDS and _tells_time(tail):
        return ""
    if tail[0] == "at" and any(w[0].isdigit() for w in tail[:4]):
        return ""  # "valued at", "opens at": how much, or when, is the point
    if tail[0] in ("in", "at") and tail[1] in _STATES:
        return ""
    if not WEEKDAYS.isdisjoint(tail) and not WEEKDAYS.isdisjoint(head):
        return ""
    if "," in head and not _has_verb(" ".join(head).rpartition(",")[2].split()):
        return ""  # the end of an insertion or of a list
    if _has_verb(tail) and not _subordinates(head, tail):
        return ""  # the main verb is in it: "a report into a crash in May has been made public"
    if (
        _is_contrasted(head, tail[0])
        or _is_ranked(head)
        or bounds_clock(head, len(head), len(head))
    ):
        return ""
    simple = len(tail) <= MAX_WORDS["tail"] and not {",", "to"} & {*tail}
    return "tail" if tail[0] in _CIRCUMSTANCES and simple and not _is_open(head) else ""


def _subordinates(head: Sequence[str], tail: Sequence[str]) -> bool:
    """Tell whether a verb at the end is that of its own clause: "since the shop closed"."""
    return tail[0] in _BOUNDS and (_RELATIVES | {"that", "whether"}).isdisjoint(head)


def _is_contrasted(head: Sequence[str], preposition: str) -> bool:
    """Tell whether something else is said of another place or time: "1% in May and 2% in June"."""
    if preposition not in head:
        return False
    between = head[head.index(preposition) :]
    return not _CONTRASTS.isdisjoint(between)


def _is_ranked(head: Sequence[str]) -> bool:
    """Tell whether something is the first or the most, since its last comma: of what follows."""
    words = [*" ".join(head).rpartition(",")[2].split(), ""]
    return any(
        w in _RANKS
        or (w in _ORDINALS and following not in _SPANS)
        or (w[0].isdigit() and w.endswith(("st", "nd", "rd", "th")))
        or (len(w) >= 5 and w.endswith("est") and w not in _NO_SUPERLATIVES)
        for w, following in pairwise(words)
    )


def _is_clause(words: Sequence[str]) -> bool:
    return bool(words) and words[0] in _SUBJECTS and _has_verb(words)


def _is_date(word: str) -> bool:
    return word[0].isdigit() or word in WEEKDAYS


def _is_open(head: Sequence[str]) -> bool:
    """Tell whether what follows may complete the head: after a verb, a preposition, a number."""
    word, before = head[-1], head[-2]
    return (
        word in _BINDING | _PASTS | _INCOMPLETE
        or before in _AUXILIARIES | _RELATIVES | {"to", "that"}
        or not word[0].isalpha()
        or word.endswith(("ed", "ing", "en", "ly"))
        or not _COMPARISONS.isdisjoint(head)
    )


RULES: tuple[Rule, ...] = (
    find_brackets,
    _find_insertions,
    _find_openings,
    _find_adverbs,
    _find_times,
    _find_tails,
)
