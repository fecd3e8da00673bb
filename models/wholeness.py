"""Wholeness: whether what a model has shortened is still a sentence, not the half of one."""

from __future__ import annotations

from models.words import find_terms, find_words

# Something must follow such a word.
_OPEN_ENDS = frozenset(
    "the a an of to in on at by with for from into and or but nor that which who whose whom than "
    "as is are was were am be been being has have had having will would could may might should "
    "must can not because although while when where if since until except unless about between "
    "during before after across near amid following "
    "their its his my our your "
    "le la les l un une des de du d au aux à en dans par pour sur avec et ou mais que qui dont où "
    "est sont était étaient sera seront a ont avait avaient ne pas son sa ses leur leurs "
    "sauf hormis excepté".split()
)
# Where such a word begins what was cut off after a comma, the main clause was cut off.
_SUBJECTS = frozenset(
    "he she it they we i you there il elle ils elles on nous vous je ce cela".split()
)
_SUBORDINATORS = frozenset(
    "after although as because before despite during if once since though unless until when "
    "whenever where whereas while even now whether given provided quand lorsque après avant bien "
    "comme puisque si malgré pendant tandis alors même dès depuis tant".split()
)


def is_balanced(text: str) -> bool:
    """Tell whether every quotation and bracket that is opened is closed."""
    german = (
        text.count("„") == text.count("“") if "„" in text else text.count("“") == text.count("”")
    )
    pairs = (("«", "»"), ("(", ")"), ("[", "]"), ("「", "」"), ("『", "』"))
    even = text.count('"') % 2 == 0
    return even and german and all(text.count(a) == text.count(b) for a, b in pairs)


def is_whole(text: str, source: str) -> bool:
    """Tell whether `text`, a shortened `source`, was not broken off.

    No quotation or bracket is left open; and where something was cut off its end, that is not the
    main clause, and the last word is none that something must follow.
    """
    words = find_terms(text)
    if not words or not is_balanced(text):
        return False
    rest = _find_rest(text, source)
    following = find_terms(rest)
    if not following:
        return True
    if words[-1] in _OPEN_ENDS:
        return False
    main = following[0] in _SUBJECTS or words[0] in _SUBORDINATORS
    return not (main and rest.lstrip(" \"'”’»").startswith(","))


def _find_rest(text: str, source: str) -> str:
    """Return what the source still has after the words of the text, taken in their order."""
    end = 0
    for word in find_words(text):
        at = source.lower().find(word.lower(), end)
        if at >= 0:
            end = at + len(word)
    return source[end:]
