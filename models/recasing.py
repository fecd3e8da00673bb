"""Recasing: the capitals of a text that was written in lower case, taken from its evidence."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from models.grounding import FUNCTION_WORDS

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def restore_case(text: str, sources: Iterable[str]) -> str:
    """Return `text` with each word in the form that the sources give it most often.

    How a word looks at the start of a sentence says little, so such places only decide where
    there is no other: a word that stands nowhere else is more often a name, unless it is grammar.
    The first letter becomes a capital.
    """
    forms = _collect_forms(sources)
    restored = _WORD.sub(lambda match: forms.get(match.group().lower(), match.group()), text)
    first = _WORD.search(restored)
    if first is None:
        return restored
    at = first.start()
    return restored[:at] + restored[at].upper() + restored[at + 1 :]


def _collect_forms(sources: Iterable[str]) -> dict[str, str]:
    inside: dict[str, Counter[str]] = defaultdict(Counter)
    opening: dict[str, str] = {}
    for source in sources:
        for number, match in enumerate(_WORD.finditer(source)):
            word = match.group()
            if number == 0:
                low = word.lower()
                opening.setdefault(low, low if low in FUNCTION_WORDS else word)
            else:
                inside[word.lower()][word] += 1
    found = {low: forms.most_common(1)[0][0] for low, forms in inside.items()}
    return opening | found
