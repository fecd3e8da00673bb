"""Codes: how models name languages ("fra_Latn", "fr_XX", ">>fra<<") and BCP 47, both ways."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

# Where a model's code names one member of what BCP 47 and this service name as a whole, or a code
# of its own; keyed by the part before the script.
_WHOLE = {
    "als": "sq",
    "arb": "ar",
    "ayr": "ay",
    "azj": "az",
    "cmn": "zh",
    "dik": "din",
    "ekk": "et",
    "est": "et",
    "fil": "tl",
    "gaz": "om",
    "hbs": "sr",
    "jw": "jv",
    "khk": "mn",
    "kmr": "ku",
    "lvs": "lv",
    "nb": "no",
    "nob": "no",
    "npi": "ne",
    "ns": "nso",
    "ory": "or",
    "pbt": "ps",
    "pes": "fa",
    "plt": "mg",
    "prs": "prs",
    "quy": "qu",
    "swh": "sw",
    "tgl": "tl",
    "tl": "tl",
    "uzn": "uz",
    "ydd": "yi",
    "zsm": "ms",
}
# mBART's codes carry a country that says nothing of the language ("en_XX", "cs_CZ").
_MBART_COUNTRIES = frozenset(
    "AF AZ BR CN CZ DE EE ES FI FR GE HR ID IL IN IR IT KE KH KR KZ LK LT LV MK MM MN NL NP PH PK "
    "PL PT RO RU SE SI TH TR UA US VN XX ZA AR".split()
)
# Asked for one of these, a model that has none of it but a relative answers with that.
_RELATIVES = {
    "zh": ("zh-Hans", "zh-CN", "zh-Hant", "zh-TW"),
    "zh-Hans": ("zh-CN", "zh"),
    "zh-CN": ("zh-Hans", "zh"),
    "zh-Hant": ("zh-TW", "zh-HK", "zh"),
    "zh-TW": ("zh-Hant", "zh"),
    "zh-HK": ("zh-Hant", "zh-TW", "zh"),
    "pt": ("pt-PT", "pt-BR"),
    "sr": ("sr-Cyrl", "sr-Latn"),
    "sr-Cyrl": ("sr",),
    "sr-Latn": ("sr", "sr-Cyrl"),
    "no": ("nb", "nn"),
    "nn": ("no",),
    "prs": ("fa",),
    "tl": ("fil",),
    "yue": ("zh-Hant", "zh-HK", "zh-TW", "zh"),
}


_BRAZIL = ("pt", "BR")
_APART = {_BRAZIL: "pt-BR", ("fa", "AF"): "prs"}
# Not codes of no language, of several, and of private ones.
_LANGUAGE = re.compile(r"(?!und|mul|mis|zxx|q[a-t].)[a-z]{2,3}")
# Scripts that only name how another is used.
_SAME_SCRIPT = {("ko", "Hang"), ("ja", "Hira")}


@functools.cache
def read_code(code: str) -> str:
    """Return the BCP 47 tag of a model's own code; raises `ValueError` for what is none.

    The script is left out where it is the usual one of the language: "fra_Latn" → "fr",
    "zho_Hans" → "zh", but "zho_Hant" → "zh-Hant".
    """
    head, *rest = code.replace("-", "_").split("_")
    language = _WHOLE.get(head) or _standardise(head)
    script = "".join(part.title() for part in rest if len(part) == 4)
    country = "".join(part.upper() for part in rest if len(part) == 2)
    if len("".join(rest)) > len(script + country) or len(head) not in (2, 3):
        raise ValueError(f"{code!r} names no language")
    if country in _MBART_COUNTRIES and code.endswith(country) and (head, country) != _BRAZIL:
        country = ""
    return "-".join(filter(None, (language, _name_script(language, script), country)))


def standardise(tag: str) -> str:
    """Return how a BCP 47 tag is called here; raises `ValueError` for a tag of no language.

    The script is kept where it is not the usual one of the language, and then no country:
    "zh-TW" → "zh-Hant", "sr-Latn-RS" → "sr-Latn". Of countries those count whose language models
    know apart: "pt_BR" → "pt-BR", but "en-GB" → "en".
    """
    import langcodes  # its tables take a while to load, and no start needs them

    try:
        asked = langcodes.Language.get(tag.replace("_", "-").strip())
    except (langcodes.LanguageTagError, ValueError) as error:
        raise ValueError(f"{tag[:40]!r} names no language") from error
    language = asked.language or ""
    if not _LANGUAGE.fullmatch(language) or not langcodes.tag_is_valid(language):
        raise ValueError(f"{tag[:40]!r} names no language")
    if apart := _APART.get((language, asked.territory or "")):
        return apart
    script = asked.script or (asked.maximize().script if asked.territory else "") or ""
    named = _WHOLE.get(language, language)
    return "-".join(filter(None, (named, _name_script(language, script))))


def _name_script(language: str, script: str) -> str:
    """Return the script where it has to be said."""
    usual = script == _usual_script(language) or (language, script) in _SAME_SCRIPT
    return "" if usual else script


def _standardise(head: str) -> str:
    import langcodes

    try:
        tag = langcodes.standardize_tag(head)
    except langcodes.LanguageTagError as error:
        raise ValueError(f"{head!r} names no language") from error
    if not langcodes.tag_is_valid(tag):
        raise ValueError(f"{head!r} names no language")
    return tag


def _usual_script(language: str) -> str | None:
    import langcodes

    return langcodes.Language.get(language).maximize().script


def tabulate(codes: Iterable[str]) -> dict[str, str]:
    """Return BCP 47 tag → the model's own code; of two codes with one tag the first is kept."""
    table: dict[str, str] = {}
    for code in codes:
        try:
            table.setdefault(read_code(code), code)
        except ValueError:
            continue  # a mark of another kind, such as MADLAD's <2translate>
    return table


def find_code(wanted: str, table: Mapping[str, str]) -> str | None:
    """Return the entry for a tag, or for its nearest relative that the table has.

    "zh-Hans" is found in "zh", "zh-Hant" too where there is nothing nearer; "pt-BR" in "pt".
    """
    language = wanted.partition("-")[0]
    for tag in (wanted, *_RELATIVES.get(wanted, ()), language, *_RELATIVES.get(language, ())):
        if tag in table:
            return table[tag]
    return None
