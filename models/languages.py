"""Languages: codes, names, identification."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models.codes import standardise

UNDETERMINED = "und"

# What the identifier knows and has an ISO 639-1 code. Rarer close relatives (Extremaduran,
# Kabyle, Moroccan Arabic) are left out: a short text in a big neighbour was taken for them.
_LISTED = (
    "af am an ar as az ba be bg bn br bs ca cs cy da de dz el en eo es et eu fa fi fo fr fy ga gd "
    "gl gu ha he hi hr ht hu hy id ig is it ja jv ka kk km kn ko ku ky la lb lg ln lo lt lv mg mk "
    "ml mn mr ms mt my ne nl no oc om or pa pl ps pt qu ro ru rw sa se si sk sl sn so sq sr st sv "
    "sw ta te tg th tk tl tr tt ug uk ur uz vi wa xh yo zh zu"
)
CODES: tuple[str, ...] = tuple(_LISTED.split())
# Written forms that the identifier does not tell apart.
_SYNONYMS = {"nn": "no", "yue": "zh"}

# Scripts that put no space between sentences.
_UNSPACED = frozenset({"ja", "zh", "yue", "th", "lo", "km", "my", "dz"})
# Below this many letters there is nothing to go by.
_MIN_LETTERS = 2
_MIN_CONFIDENCE = 0.1
# "Hello" is three times as likely to be Breton as English, "Bonjour" sixteen times French.
_CLEARLY_LIKELIER = 10
# The identifier is linear in its input, and surer than sure after this much.
_MAX_CHARACTERS = 20_000

_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Identified:
    """A language and how sure it is, in [0, 1]; "und" with 0 where there is nothing to go by."""

    code: str
    confidence: float


def normalise(code: str) -> str:
    """Return the language of a text that a BCP 47 tag names ("EN", "pt_BR" → "en", "pt").

    Raises `ValueError` for tags that are malformed or name no language.
    """
    language = normalise_target(code).partition("-")[0]
    return _SYNONYMS.get(language, language)


def normalise_target(code: str) -> str:
    """Return the language to write that a BCP 47 tag names, as `models.codes.standardise` does.

    Raises `ValueError` for tags that are malformed or name no language.
    """
    try:
        return standardise(code)
    except ValueError:
        raise ValueError(
            f"unknown language {code[:40]!r}; GET /v1/languages lists the known ones"
        ) from None


def is_usual_form(tag: str, code: str) -> bool:
    """Tell whether a BCP 47 tag means what `code` does by itself: "fr-FR" for "fr", not "fr-CA"."""
    import langcodes

    one, other = (langcodes.Language.get(each.replace("_", "-").strip()) for each in (tag, code))
    return one.maximize() == other.maximize()


def name_language(code: str) -> str:
    """Return the English name of a language."""
    import langcodes  # its tables take a while to load, and no start needs them

    return langcodes.Language.get(code).display_name()


def join_sentences(sentences: Iterable[str], language: str) -> str:
    """Join sentences as the script of `language` does: with or without spaces."""
    return ("" if is_unspaced(language) else " ").join(sentences)


def is_unspaced(language: str) -> bool:
    """Tell whether the script of `language` puts no spaces between words and sentences."""
    return language.partition("-")[0] in _UNSPACED


@functools.lru_cache(maxsize=256)
def is_latin(language: str) -> bool:
    """Tell whether a language is usually written in Latin letters."""
    import langcodes

    return bool(langcodes.Language.get(language).maximize().script == "Latn")


def is_identified(code: str) -> bool:
    """Tell whether the identifier knows the language of a tag, however it is written."""
    return code.partition("-")[0] in CODES


def is_same_language(one: str, other: str) -> bool:
    """Tell whether two tags are of one language, maybe written otherwise ("zh", "zh-Hant")."""
    return one.partition("-")[0] == other.partition("-")[0]


def identify(text: str) -> Identified:
    """Identify the language of a text; of a long one, its beginning.

    Method: naive Bayes over byte n-grams (Lui and Baldwin 2012), in py3langid's own model.
    """
    sample = text[:_MAX_CHARACTERS]
    if sum(map(str.isalpha, sample)) < _MIN_LETTERS:
        return Identified(UNDETERMINED, 0.0)
    code, confidence = load_identifier().classify(sample)
    if confidence < _MIN_CONFIDENCE:
        return Identified(UNDETERMINED, 0.0)
    return Identified(code, min(1.0, confidence))


def lean(text: str, found: Identified, usual: str) -> Identified:
    """Return the language of a text among others in `usual`, a code that the identifier knows.

    That is `usual` where what was `found` is not clearly likelier; a text without letters has none.
    """
    if found.code == usual or not any(map(str.isalpha, text)):
        return found
    likelihood = dict(load_identifier().rank(text[:_MAX_CHARACTERS]))
    if max(likelihood.values()) > _CLEARLY_LIKELIER * likelihood[usual]:
        return found
    return Identified(usual, min(1.0, float(likelihood[usual])))


def load_identifier() -> Any:  # py3langid has no types
    """Return the identifier, loaded once: a third of a second, mostly without the GIL."""
    with _loading:
        return _identifier()


@functools.cache
def _identifier() -> Any:
    from py3langid import langid

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    identifier.set_languages(CODES)
    return identifier
