"""The translator: sentence by sentence, over pivots where need be, checked and retried."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import partial
from html import unescape
from itertools import count, islice, pairwise
from typing import Protocol

from models.euphony import mend_euphony
from models.grounding import (
    FUNCTION_WORDS,
    find_numbers,
    find_quotations,
    is_looping,
)
from models.languages import identify, is_identified, is_latin, is_same_language
from models.lexicon import Lexicon
from models.names import Changing, Names, list_missing
from models.negations import loses_negation
from models.normalisation import ABBREVIATIONS, write_out
from models.pairs import CardTranslator, Way
from models.protocols import GenerationSettings, ModelCard, TextModel, Translation
from models.quantities import count_changed
from models.segmentation import GERMAN_OPENINGS, cut_text, halve_text
from models.words import count_words, fold

# Nothing stands between an address and what follows it in Chinese and Japanese.
_EAST_ASIAN = "\u3000-\u30ff\u3400-\u9fff\uff00-\uffef"
# What has no words in it is passed through: models invent text for it.
_ADDRESS = re.compile(
    rf"(?:https?://|www\.)[^\s<>\"“”«»{_EAST_ASIAN}]*[^\s<>\"“”«».,;:!?)\]'’{_EAST_ASIAN}]"
    r"|[\w.+-]+@[\w-]+(?:\.[a-zA-Z\d-]+)+"
    r"|(?<![\w.@])(?:[\w-]+\.)+(?:com|org|net|info|edu|gov)\b(?:/[\w/.?=&%#-]*\w)?"
    r"|(?<!\w)[@#]\w+"
)
# Models copy such a word, which is in no text they know, and break real addresses.
_MARK = "XX{}"
_MARK_LIKE = re.compile(r"(?<![^\W_])X{1,2}\d*(?![^\W_])")  # they write one too many, too
_SEPARATORS = {"en": ",", "fr": "\u00a0", "de": ".", "es": "."}
_DECIMALS = {"en": ".", "fr": ",", "de": ",", "es": ","}
_LETTER = re.compile(r"[^\W\d_]")
# In nine of ten such numbers people put the mark of their language; of others they copy many.
_MEASURES = (
    r"%|per ?cent|thousand|million|billion|trillion|dollars?|euros?|pounds?|cents|pence|yen|francs"
    r"|degrees|(?:kilo|centi|milli)?met(?:re|er)s?|miles?|[km]g|[kcm]?m|grams?|tonnes?|lit(?:re|er)s?"
    r"|hectares?|acres?|(?:percentage|basis) points?|years?|seconds?"
)
_COMMA = re.compile(r"(?<![\w.,:/-])(?P<number>\d+,(?:\d{1,2}|\d{4,}))(?![\w]|[.,:/-]\w)")
_FRACTION = {
    "en": re.compile(
        r"(?<![\w.,:/-])(?P<number>\d+\.\d+)"
        rf"(?=(?:(?:-|–| to | and | or )\d+(?:\.\d+)?)?[ \u00a0-]?(?:{_MEASURES})(?!\w))"
    ),
    **dict.fromkeys(("fr", "de", "es"), _COMMA),
}
# "Est-elle elle-même", "two two-seat boats" and "jungen Jungen" double nothing.
_DOUBLED_WORD = re.compile(r"(?<![\w'’-])(\w{5,})(?: \1)+(?![\w'’-])", re.I)
# Not what begins with a capital: "de De Gaulle", "New York York" may be a name's beginning.
_DOUBLED_SMALL_WORD = re.compile(
    r"(?<![\w'’-])([^\W\d_]{1,4})(?: (?!(?-i:[A-ZÀ-Þ]))\1)+(?![\w'’-])", re.I
)
# Of the small words that people's 250,000 sentences of a language double, the frequent ones.
_RIGHTLY_DOUBLED: Mapping[str, Collection[str]] = {
    "en": ("that", "had", "her", "you", "in", "on"),
    "fr": ("nous", "vous", "être", "est", "en"),
    "de": ("die", "sie", "der", "das", "ihr"),
    "es": (),
}
_DOUBLED_END = re.compile(r"(?<![.!?])([.!?])\.(?![.\w])")
_LOOP = re.compile(r"(?P<phrase>\b\w+(?:\W+\w+){0,5}?)(?:\W+(?P=phrase)\b){2,}", re.I)
# Between words of scripts without spaces a number or a mark stands free too.
_FREE_BEFORE, _FREE_AFTER = r"(?<![\da-zA-ZÀ-ɏ.,])", r"(?![\da-zA-ZÀ-ɏ]|[.,\u00a0\u202f ]\d)"
# To repeat no three pieces, a model writes another mark after the second "l'" of a sentence.
_QUOTED_ELISION = re.compile(r"\b([cdjlmnst]|qu)\"(?=[^\W\d_])", re.I)
_ELIDED = re.compile(r"(?:[CDJLMNST]|Qu)['’]")
# "Sie" and "Ihr" may be "you", which has its capital everywhere.
_GERMAN_SMALL = GERMAN_OPENINGS - {"Sie", "Ihr", "Ihre"} | {"Dass", "Obwohl", "Sodass", "Ob"}
_ENGLISH_MONTHS = {"March", "May", "August"}  # which are other words in small letters
_FIRST_PERSON = re.compile(r"I\b")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_BROKEN = "\ufffd"  # what stands for bytes that are no character
_FULL_HOUR = re.compile(r"(?<![\d.,:])(\d{1,2}):00(?![\d:])")
_ENTITY = re.compile(r"&#?\w+;")
_BYTES = frozenset("|{}<>~^\\`")  # one piece each for models that have bytes for what they lack
_LATIN = re.compile(r"[0-9a-zA-ZÀ-ɏ]")
# What is one with a raised or lowered sign, or with the half beside it: "km²", "CO₂", "3½".
_JOINED = (
    r"(?:(?<![^\W_])(?:\d+|[A-Z][A-Za-z\d]{{0,3}}|[a-z]{{1,2}}))?"
    r"[{0}]+(?:[ '’.-]?[{0}]|[A-Za-z]{{1,3}}(?![a-zß-ɏ]))*"
)
_TAG = r"</?[A-Za-z][^<>]{0,200}>"
# A dash, a bullet or another mark that opens a line; "-5" is a number and "#tag" an address.
_OPENING_MARK = re.compile(r"(?:[-–—―*#>]+\s+)+|[—―](?=[\w¿¡\"“«])")
_KNOWN_CURRENCIES = frozenset("$€£¥")  # "5-10 €" was learnt; of others models make these
_EMOJI_JOINERS = frozenset("\u200d\u20e3\ufe0e\ufe0f")
_CAPITALS = re.compile(r"[^\W\d_]{2,}")
_MIN_SHOUTED_WORDS = 3
_MAX_ABBREVIATION = 4
_MAX_LENGTH_RATIO, _MIN_LENGTH_RATIO = 3.0, 0.3
_LENGTH_SLACK_WORDS = 5
# "32" is that like "320", "1996" like "1196"; "18" is not like "81".
_MIN_LIKENESS = 0.7
# Of 972 English news sentences with so long a quotation 4 have none in French, German or Spanish.
_MIN_QUOTED_TERMS, _QUOTES = 3, "\"“”«»„‘’'"
# Of 2,997 news sentences of four words and more in fr, de and es none is taken for another
# language with so much confidence.
_MIN_LANGUAGE_WORDS, _MIN_CONFIDENCE = 4, 0.6
# Fewer words say too little of what they are about.
_MIN_HALF_WORDS = 4
# Of this width a search found real words for every third to second of those that were none; one of
# five found hardly more, and a penalty on repetition cost half a point of chrF.
_WIDER = GenerationSettings(beam_size=4, hypotheses=4, no_repeat_ngram_size=3, length_penalty=2.0)


def is_wordless(text: str) -> bool:
    """Tell whether a text is numbers, symbols and addresses only, the same in every language."""
    return _LETTER.search(_ADDRESS.sub("", text)) is None


def mask_addresses(text: str, pattern: re.Pattern[str] = _ADDRESS) -> tuple[str, dict[str, str]]:
    """Return `text` with marks in the places of its addresses, and the address of each mark.

    Or of what else the `pattern` finds.
    """
    if is_wordless(text):
        return text, {}
    free = (mark for n in count(1) if (mark := _MARK.format(n)) not in text)
    marks: dict[str, str] = {}

    def mask(match: re.Match[str]) -> str:
        mark = next(free)
        marks[mark] = match.group()
        # What touches a word, as an arrow does, would be one word with it.
        before = " " if _LATIN.match(text[: match.start()][-1:]) else ""
        after = " " if _LATIN.match(text[match.end() :][:1]) else ""
        return f"{before}{mark}{after}"

    return pattern.sub(mask, text), marks


def mask_facts(
    text: str, source: str, target: str, names: Sequence[str] = ()
) -> tuple[str, dict[str, str]]:
    """Return `text` with marks in the places of its numbers and of `names`, and what each is.

    A number is returned as `target` writes it.
    """
    free = (mark for n in count(1) if (mark := _MARK.format(n)) not in text)
    marks: dict[str, str] = {}
    # Not a set: its order, and so the marks, would differ between processes.
    numbers = filter("1".__ne__, dict.fromkeys(find_numbers(text)))
    for number in sorted(numbers, key=len, reverse=True):
        mark = next(free)
        text, times = re.subn(_match_number(number), mark, text, count=1)
        if times:
            marks[mark] = localise_number(number, source, target)
    for name in names:
        mark = next(free)
        text, times = re.subn(rf"\b{re.escape(name)}\b", mark, text, count=1)
        if times:
            marks[mark] = name
    return text, marks


def _match_number(number: str) -> str:
    """Return a pattern of `number` where it is no part of a longer one, or of a word."""
    return rf"{_FREE_BEFORE}{re.escape(number)}{_FREE_AFTER}"


def localise_number(number: str, source: str, target: str) -> str:
    """Return a number of one language as another groups its digits and marks its decimals.

    What is not written as `source` writes numbers, a date or a version, stays.
    """
    if not {source, target} <= {*_SEPARATORS} or not re.fullmatch(r"[\d.,\s’']+", number):
        return number
    whole, _, rest = number.partition(_DECIMALS[source])
    digits = re.sub(rf"[{_SEPARATORS[source]}\s]", "", whole)
    if not (digits.isdecimal() and (not rest or rest.isdecimal())):
        return number
    if digits != whole:
        if not re.fullmatch(rf"[1-9]\d{{0,2}}(?:[{_SEPARATORS[source]}\s]\d{{3}})+", whole):
            return number
        digits = f"{int(digits):,}".replace(",", _SEPARATORS[target])
    return digits + (_DECIMALS[target] + rest if rest else "")


def localise_groups(given: str, translated: str, source: str, target: str) -> str:
    """Return `translated` with the thousands of `given` grouped as `target` does.

    However the model wrote them: "4,150" and "4.150" are another number in French. Decimals stay:
    "17.4" may be a version. What `given` writes without a separator has none: "2010" is a year, and
    "5.00" is not 500.
    """
    numbers = list(dict.fromkeys(find_numbers(given)))
    for number in filter(re.compile(r"\d{3,4}").fullmatch, numbers):
        grouped = _match_parted(number)
        plain = _match_number(number)
        is_short = len(re.findall(plain, translated)) < len(re.findall(plain, given))
        if is_short and not re.search(grouped, given):
            translated = re.sub(grouped, number, translated)
    if not {source, target} <= {*_SEPARATORS}:
        return translated
    separator = r"[\u00a0\u202f ]" if source == "fr" else re.escape(_SEPARATORS[source])
    with_groups = rf"[1-9]\d{{0,2}}(?:{separator}\d{{3}})+(?:{re.escape(_DECIMALS[source])}\d+)?"
    for number in filter(re.compile(with_groups).fullmatch, numbers):
        localised = localise_number(number, source, target)
        grouped = _match_grouped(number, _DECIMALS[source])
        alone = set(re.findall(grouped, given)) <= {number}
        translated = re.sub(grouped if alone else _match_number(number), localised, translated)
    return translated


def localise_decimals(given: str, translated: str, source: str, target: str) -> str:
    """Return `translated` with the decimals of `given` marked as `target` does.

    Of English ones only those of a measure: "81.30 pounds", but not "version 3.2", nor "at 8.10".
    """
    mark = _DECIMALS.get(target)
    if source not in _DECIMALS or mark in (None, _DECIMALS[source]):
        return translated
    for match in _FRACTION[source].finditer(given):
        number = match["number"]
        pattern = _match_number(number)
        translated = re.sub(pattern, re.sub(r"\D", lambda _: str(mark), number), translated)
    return translated


def localise_alone(text: str, source: str, target: str) -> str:
    """Return a text without words as `target` writes it: "3,500", a cell's, is 3.5 in French.

    Only a number that stands alone is sure to be one; "+33 612 345 678" is to be called.
    """
    if len(find_numbers(text)) != 1 or "+" in text or _ADDRESS.search(text):
        return text
    return localise_groups(text, text, source, target)


def _match_grouped(number: str, decimal: str) -> str:
    """Return a pattern of a number with thousands, whatever separates and follows them."""
    whole, _, rest = number.partition(decimal)
    grouped = "[.,\u00a0\u202f ]".join(re.split(r"\D", whole)) + (f"[.,]{rest}" if rest else "")
    return rf"{_FREE_BEFORE}{grouped}{_FREE_AFTER}"


def _match_parted(number: str) -> str:
    """Return a pattern of a number of three or four digits with a separator that it has not."""
    parted = (
        [rf"{number[0]}[.,\u00a0\u202f ]{number[1:]}"]
        if len(number) > 3
        else [rf"{number[:at]}[.,]{number[at:]}" for at in (1, 2)]
    )
    return rf"{_FREE_BEFORE}(?:{'|'.join(parted)}){_FREE_AFTER}"


def restore_marks(text: str, marks: Mapping[str, str]) -> str | None:
    """Return `text` with what the marks stand for in their places; `None` where one is lost."""
    for mark, address in marks.items():
        before, *after = re.split(rf"(?<![a-zA-Z\d]){mark}(?![a-zA-Z\d])", text)
        if len(after) != 1:
            return None
        text = before + address + after[0]
    return text


def trim_loop(text: str) -> str:
    """Return `text` with a phrase that is repeated three times or more said once."""
    return _LOOP.sub(lambda match: match.group("phrase"), text)


def mend_elisions(text: str, target: str) -> str:
    """Return a French text with apostrophes for the quotation marks inside of "l\"avenir"."""
    return _QUOTED_ELISION.sub(r"\1'", text) if target == "fr" else text


def drop_doubles(source: str, translated: str, target: str) -> str:
    """Return `translated` with a word, or an end of a sentence, that stands there twice once.

    Small words that `target` may double are left: "nous nous" is good French; and all of them in a
    language of which that is not known. So are all words, or ends, where the source doubles one.
    """
    kept = _RIGHTLY_DOUBLED.get(target)

    def once(match: re.Match[str]) -> str:
        return match[0] if kept is None or match[1].casefold() in kept else match[1]

    def once_in_one_case(match: re.Match[str]) -> str:
        # In German another case is another word: "ein Leben leben".
        others = {*match[0].split()} - {match[1]}
        return match[0] if target == "de" and match.start() and others else match[1]

    if not _DOUBLED_WORD.search(source):
        translated = _DOUBLED_WORD.sub(once_in_one_case, translated)
    if not _DOUBLED_SMALL_WORD.search(source):
        translated = _DOUBLED_SMALL_WORD.sub(once, translated)
    if not _DOUBLED_END.search(source):
        translated = _DOUBLED_END.sub(r"\1", translated)
    return translated


def repair_numbers(source: str, translated: str) -> str:
    """Return `translated` with miscopied numbers as the source has them ("1196" for "1996").

    Only plain digits are put right, since how longer numbers are grouped differs between languages;
    and only where the two are much alike: "3 p.m." may well have become "15 heures". A number that
    stands there more than once is left, since which of them is wrong is not known.
    """
    given, made = Counter(find_numbers(source)), Counter(find_numbers(translated))
    missing = list((given - made).elements())
    wrong = list((made - given).elements())
    for number, right in _pair_alike(wrong, missing):
        if made[number] == 1:
            translated = re.sub(_match_number(number), right, translated)
    return translated


def _pair_alike(wrong: Sequence[str], missing: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pair each wrong number with the one missing number that it is most like, if it is."""
    left = list(filter(str.isdecimal, missing))
    for number in filter(str.isdecimal, wrong):
        likeness = {other: _measure_likeness(number, other) for other in left}
        best = max(likeness.values(), default=0)
        alike = [other for other in left if likeness[other] == best >= _MIN_LIKENESS]
        if len(alike) == 1:
            left.remove(alike[0])
            yield number, alike[0]


def _measure_likeness(number: str, other: str) -> float:
    """Return from 0 to 1 how alike two numbers look; digits in another order are miscopied too."""
    if len(number) > 1 and sorted(number) == sorted(other):
        return 1.0
    return SequenceMatcher(None, number, other).ratio()


@dataclass(slots=True)
class _Try:
    """A text of `source` that has words, the names in it, and the best translation so far.

    `others` are what the first search found beside it.
    """

    text: str
    names: Sequence[str]
    source: str
    target: str
    lexicon: Lexicon
    done: str = ""
    others: Sequence[str] = ()

    @property
    def faults(self) -> list[str]:
        return find_faults(self.text, self.done, self.source, self.target, self.names)

    @property
    def unknown(self) -> int:
        return self.count_unknown(self.done)

    def count_unknown(self, made: str) -> int:
        return _count_unknown(self.lexicon, self.text, made, self.target)

    def choose(self, *others: str) -> None:
        tries = [self.done, *others]
        self.done = choose_best(
            self.text, tries, self.source, self.target, self.names, self.count_unknown
        )


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A text as it was given, its words between the signs around them, and those as they are read.

    `marks` are in the places of what `held` finds.
    """

    given: str
    before: str
    core: str
    after: str
    held: re.Pattern[str]
    text: str
    marks: Mapping[str, str]


class _Generate(Protocol):
    def __call__(
        self, given: Sequence[str], settings: GenerationSettings | None = None
    ) -> list[list[str]]: ...


class SentenceTranslator(CardTranslator):
    """Translates with one multilingual model, and checks what comes back.

    Miscopied numbers and names are put right. What `find_faults` finds in a sentence then, and
    words that the `lexicon` has not, are tried again with a wider search, lost numbers and names
    behind marks too; what stays faulty in halves. The best of all tries is kept, and what is still
    wrong with it is in its warnings.
    Addresses never reach the model.

    What has more than `longest_words` words, or does not fit into the model, is translated in parts
    from the beginning. `changing` are the words that are no names; see `Names`.
    """

    def __init__(
        self,
        model: TextModel,
        card: ModelCard,
        changing: Changing | None = None,
        longest_words: int | None = None,
        lexicon: Lexicon | None = None,
    ) -> None:
        super().__init__(card)
        self._model = model
        self._longest_words = longest_words
        self.lexicon = lexicon or Lexicon({})
        # Not a method: what refers to itself is freed late, and the weights with it.
        self.names = Names(changing or {}, partial(_is_piece, model))
        self._signs: dict[str, bool] = {}

    def without_lists(self) -> SentenceTranslator:
        """Return the same translator without what it knows of names and words, to compare."""
        return SentenceTranslator(self._model, self.card, longest_words=self._longest_words)

    def translate(
        self, sentences: Sequence[str], source: str, target: str, deadline: float | None = None
    ) -> list[Translation]:
        """Translate each sentence on its own; see `Translator`."""
        way = self.plan(source, target)
        texts = list(sentences)
        for start, end in way.legs:
            texts = self._translate_leg(texts, start, end, deadline)
        return [
            Translation(text, way.via, (*way.warnings, *self.judge(sentence, text, source, way)))
            for sentence, text in zip(sentences, texts, strict=True)
        ]

    def judge(self, sentence: str, text: str, source: str, way: Way) -> list[str]:
        """Return what can be seen to be wrong with a translation; codes of `WARNINGS`."""
        if not way.legs:
            return []
        text = text.lower() if _is_shouted(sentence) else text
        sentence = self._write_out(sentence, source, way.legs[0][1])
        _, held = self._hold_out(sentence, source)  # no words of either language
        for one in sorted(set(held.findall(sentence)), key=len, reverse=True):
            text = text.replace(one, " ")
        sentence = held.sub(" ", sentence)
        names = self.names.find(sentence, source)
        faults = find_faults(sentence, text, source, way.written, names)
        unknown = _count_unknown(self.lexicon, sentence, _ADDRESS.sub(" ", text), way.written)
        return [*faults, "unknown_words"] if unknown else faults

    def _translate_leg(
        self, texts: Sequence[str], source: str, target: str, deadline: float | None
    ) -> list[str]:
        prepared = [self._prepare(text, source, target) for text in texts]
        made = self._translate_whole([one.text for one in prepared], source, target, deadline)
        return [
            self._restore(one, translated, source, target, deadline)
            for one, translated in zip(prepared, made, strict=True)
        ]

    def _prepare(self, given: str, source: str, target: str) -> _Prepared:
        written = self._write_out(given, source, target)
        signs, held = self._hold_out(written, source)
        before, core, after = _split_signs(written, signs)
        if is_wordless(held.sub("", core)):
            before, core, after = localise_alone(written, source, target), "", ""
        return _Prepared(given, before, core, after, held, *mask_addresses(core, held))

    def _restore(
        self, one: _Prepared, made: str, source: str, target: str, deadline: float | None
    ) -> str:
        """Return a translation with what was held out of its text in its place again."""
        done = restore_marks(made, one.marks)
        if done is None or len(_MARK_LIKE.findall(made)) > len(_MARK_LIKE.findall(one.text)):
            done = self._translate_around(one.core, one.held, source, target, deadline)
        done = _rejoin(one, done)
        done = self._fit_case(one, mend_euphony(done, target, one.core), target)
        return f"{one.before}{done}{one.after}"

    def _write_out(self, text: str, source: str, target: str) -> str:
        """Return a text as the model knows such sentences best."""
        text = self._lower(text, source) if _is_shouted(text) else text
        text = text if self._knows_sign("…") else text.replace("…", "...")
        return write_out(text, source, target, amounts=not self._knows_sign("€"))

    def _lower(self, text: str, source: str) -> str:
        """Return a text in capitals as people write it otherwise, as far as can be known."""

        def write(match: re.Match[str]) -> str:
            word = match[0].capitalize()
            if self.names.is_changing(word, source) or word in ABBREVIATIONS:
                return word
            low = match[0].lower()
            is_short = len(low) <= _MAX_ABBREVIATION and low not in FUNCTION_WORDS
            return match[0] if is_short and not _is_piece(self._model, low) else low

        small = _CAPITALS.sub(write, text)
        return small[:1].upper() + small[1:]

    def _knows_sign(self, sign: str) -> bool:
        if sign in _BYTES:
            return self._knows_sign("€")
        if sign not in self._signs:
            count = self._model.count_tokens
            self._signs[sign] = count(f"a{sign}") <= count("a") + 1
        return self._signs[sign]

    def _hold_out(self, text: str, source: str) -> tuple[str, re.Pattern[str]]:
        """Return what finds the signs around a text that the model has no piece for, and in it.

        It would write bytes of them, and words about them. The signs of currencies it has learnt.
        Words of another script in a text of a Latin one are held out likewise.
        """
        signs = {c for c in set(text) if _is_sign(c) and not self._knows_sign(c)}
        raised = {c for c in signs if unicodedata.category(c) == "No"}
        joined, alone = self._list_foreign(text, source) | raised, signs - raised
        around = [f"[{_escape(alone)}]"] if alone else []
        if {"<", ">"} <= alone:
            around.insert(0, _TAG)
        inside = [_ADDRESS.pattern, *([_JOINED.format(_escape(joined))] if joined else [])]
        inside += [f"(?:{each})+" for each in around]
        return "|".join(around), re.compile("|".join(inside))

    def _list_foreign(self, text: str, source: str) -> set[str]:
        """Return the characters of other scripts in a text of a Latin one, if none can be read."""
        if text.isascii() or not is_latin(source):
            return set()
        foreign = set(filter(_is_foreign, set(text)))
        letters = list(filter(str.isalpha, foreign))
        return foreign if letters and not any(map(self._knows_sign, letters)) else set()

    def _fit_case(self, one: _Prepared, translated: str, target: str) -> str:
        """Return a translation in capitals where the text is, and small at its begin likewise."""
        if _is_shouted(one.given):
            return translated.upper()
        return self._begin_alike(one.core, translated, target)

    def _begin_alike(self, text: str, translated: str, target: str) -> str:
        begins_small = text[:1].islower() and not text[1:2].isupper()
        if begins_small and self._opens_small(target, translated.partition(" ")[0]):
            return translated[:1].lower() + translated[1:]
        return translated

    def _translate_around(
        self, text: str, held: re.Pattern[str], source: str, target: str, deadline: float | None
    ) -> str:
        """Translate what stands between the addresses of a text, which stay where they are."""
        parts = [_split_edges(part) for part in held.split(text)]
        made = self._translate_whole([core for _, core, _ in parts], source, target, deadline)
        addresses = [*held.findall(text), ""]
        return "".join(
            before + self._begin_alike(core, done, target) + after + address
            for (before, core, after), done, address in zip(parts, made, addresses, strict=True)
        )

    def _translate_whole(
        self, texts: Sequence[str], source: str, target: str, deadline: float | None
    ) -> list[str]:
        names = [self.names.find(text, source) for text in texts]
        return self._translate_texts(texts, names, source, target, deadline)

    def _translate_texts(
        self,
        texts: Sequence[str],
        names: Sequence[Sequence[str]],
        source: str,
        target: str,
        deadline: float | None,
    ) -> list[str]:
        parts = [self._part(text) for text in texts]
        if all(len(own) == 1 for own in parts):
            return self._translate_pieces(texts, names, source, target, deadline)
        given = [part for own in parts for part in own]
        of_parts = [
            [name for name in found if name in part]
            for own, found in zip(parts, names, strict=True)
            for part in own
        ]
        made = iter(self._translate_texts(given, of_parts, source, target, deadline))
        opens_small = partial(self._opens_small, target)
        joined = [join_halves(own, list(islice(made, len(own))), opens_small) for own in parts]
        return [
            self.names.repair(found, text, whole)
            for found, text, whole in zip(names, texts, joined, strict=True)
        ]

    def _part(self, text: str) -> tuple[str, ...]:
        """Return a text that the model reads well alone, else its halves, which may be long too."""
        fits = self._fits(text)
        if fits and (self._longest_words is None or count_words(text) <= self._longest_words):
            return (text,)
        halves = halve_text(text, _MIN_HALF_WORDS)
        return halves or ((text,) if fits else tuple(cut_text(text, self._fits)))

    def _fits(self, text: str) -> bool:
        return self._model.count_tokens(text) <= self._model.max_input_tokens

    def _opens_small(self, target: str, word: str) -> bool:
        """Tell whether a word has a capital only where it opens a sentence.

        German has it on all nouns.
        """
        if is_function_word(word) or (target == "fr" and _ELIDED.match(word)):
            return True
        if target == "de":
            return word in _GERMAN_SMALL
        keeps = word in _ENGLISH_MONTHS or word[1:2].isupper()
        return not (keeps or _FIRST_PERSON.match(word)) and _is_piece(self._model, word.lower())

    def _translate_pieces(
        self,
        texts: Sequence[str],
        names: Sequence[Sequence[str]],
        source: str,
        target: str,
        deadline: float | None,
    ) -> list[str]:
        def generate(
            given: Sequence[str], settings: GenerationSettings | None = None
        ) -> list[list[str]]:
            made = self._model.generate(
                given, source=source, target=target, settings=settings, deadline=deadline
            )
            return [
                [_tidy(text, hypothesis, target) for hypothesis in hypotheses]
                for text, hypotheses in zip(given, made, strict=True)
            ]

        tries = {
            i: _Try(text, own, source, target, self.lexicon)
            for i, (text, own) in enumerate(zip(texts, names, strict=True))
            if not is_wordless(text)
        }
        made = generate([one.text for one in tries.values()])
        for one, found in zip(tries.values(), made, strict=True):
            one.done, *one.others = (self._repair_names(one, text) for text in found)
        self._mend(tries.values(), source, generate)
        self._mend_by_halves(tries.values(), source, deadline)
        return [
            _localise(text, tries[i].done, source, target) or text if i in tries else text
            for i, text in enumerate(texts)
        ]

    def _mend(self, tries: Collection[_Try], source: str, generate: _Generate) -> None:
        """Look further where something is wrong or a word is none; keep the best of all tries.

        First among what the first search found beside its best; a wider one is for models that give
        no more than one. Where numbers or names are wrong, a text with marks in their places is
        tried beside. All go to the model together: one after the other each small batch would wait
        for the last.
        """
        again = [
            (one, text, marks)
            for one in tries
            for text, marks in self._list_second_tries(one, source)
            if self._fits(text)
        ]
        settings = replace(_WIDER, max_output_tokens=self._model.max_input_tokens)
        made = generate([text for _, text, _ in again], settings) if again else []
        for (one, _, marks), hypotheses in zip(again, made, strict=True):
            restored = (restore_marks(text, marks) for text in hypotheses)
            one.choose(*(self._repair(one, text) for text in restored if text))
        for one in tries:
            if is_looping(one.done) and not is_looping(one.text):
                one.done = trim_loop(one.done)

    def _list_second_tries(self, one: _Try, source: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield the texts that are worth another try, with what the marks in them stand for.

        What there is already is put right, and looked through, before.
        """
        one.done = repair_numbers(one.text, one.done)
        if one.others and (one.faults or one.unknown):
            one.choose(*(repair_numbers(one.text, made) for made in one.others))
        faults = set(one.faults)
        if not one.others and (faults - {"names_changed"} or one.unknown):
            yield one.text, {}
        if not faults.isdisjoint({"numbers_changed", "names_changed"}):
            text, marks = self._mask(one, source)
            if marks:
                yield text, marks

    def _repair(self, one: _Try, made: str) -> str:
        return repair_numbers(one.text, self._repair_names(one, made))

    def _repair_names(self, one: _Try, made: str) -> str:
        return self.names.repair(one.names, one.text, made)

    def _mask(self, one: _Try, source: str) -> tuple[str, dict[str, str]]:
        wide = self.names.widen(one.names, one.text, source)
        return mask_facts(one.text, source, one.target, wide)

    def _mend_by_halves(self, tries: Collection[_Try], source: str, deadline: float | None) -> None:
        """Where something is still wrong, translate in halves; a faulty half again in its turn.

        A small model loses the thread of a long sentence, not of its parts.
        """
        halved = [
            (one, halves)
            for one in tries
            if one.faults and (halves := halve_text(one.text, _MIN_HALF_WORDS))
        ]
        if not halved:
            return
        given = [half for _, halves in halved for half in halves]
        # In a half a name may be the first word, and a half may look like a heading.
        names = [
            [name for name in one.names if name in half]
            for one, halves in halved
            for half in halves
        ]
        made = self._translate_pieces(given, names, source, halved[0][0].target, deadline)
        for (one, halves), translated in zip(
            halved, zip(made[::2], made[1::2], strict=True), strict=True
        ):
            opens_small = partial(self._opens_small, one.target)
            one.choose(join_halves(halves, translated, opens_small))


def _localise(given: str, translated: str, source: str, target: str) -> str:
    grouped = localise_groups(given, translated, source, target)
    return localise_decimals(given, grouped, source, target)


def _tidy(text: str, made: str, target: str) -> str:
    made = made if _ENTITY.search(text) else unescape(made)
    for hour in _FULL_HOUR.findall(text):  # models write on, as after thousands: "19:000"
        made = re.sub(rf"(?<![\d.,]){hour} ?[.:,] ?0?00(?![\d.,]\d|\d)", f"{hour}:00", made)
    return drop_doubles(text, mend_elisions(made.strip(), target), target)


def _count_unknown(lexicon: Lexicon, text: str, translated: str, target: str) -> int:
    """Return how many words of a translation are none, broken characters among them."""
    broken = 0 if _BROKEN in text else translated.count(_BROKEN)
    return broken + len(lexicon.find_unknown(text, translated, target))


def _is_shouted(text: str) -> bool:
    """Tell whether all of a text is in capitals, and it is more than a name or two."""
    return text.isupper() and len(_CAPITALS.findall(text)) >= _MIN_SHOUTED_WORDS


def _is_sign(character: str) -> bool:
    """Tell whether a character is neither of a word or a number nor a currency's.

    Other marks and joiners than those of emoji are parts of words in many scripts.
    """
    kind = unicodedata.category(character)
    held = kind[0] in "SP" and character not in _KNOWN_CURRENCIES
    return held or kind == "No" or character in _EMOJI_JOINERS


def _rejoin(one: _Prepared, translated: str) -> str:
    """Return a translation with what was held out beside the same letter or digit as before."""
    for match in one.held.finditer(one.core):
        held, (start, end) = match.group(), match.span()
        before, after = one.core[start - 1 : start], one.core[end : end + 1]
        if _LATIN.match(before):
            translated = translated.replace(f"{before} {held}", before + held)
        if _LATIN.match(after):
            translated = translated.replace(f"{held} {after}", held + after)
    return translated


def _is_foreign(character: str) -> bool:
    """Tell whether a character is a letter, or a mark or a digit, of another script than Latin."""
    if character.isascii() or character in "ªº":
        return False
    is_latin = unicodedata.name(character, "").startswith("LATIN ")
    return unicodedata.category(character)[0] in "LMN" and not is_latin


def _split_signs(text: str, signs: str) -> tuple[str, str, str]:
    """Return a text as what stands before its words, the words, and what follows.

    Those are spaces, what the pattern `signs` finds, and a mark that opens a line.
    """
    edge = re.compile(rf"(?:\s|{signs})++" if signs else r"\s++")
    runs = [match.span() for match in edge.finditer(text)]
    start = runs[0][1] if runs and runs[0][0] == 0 else 0
    if mark := _OPENING_MARK.match(text, start):
        start = mark.end()
    end = runs[-1][0] if runs and runs[-1][1] == len(text) and runs[-1][0] > start else len(text)
    return text[:start], text[start:end], text[end:]


def _escape(characters: Collection[str]) -> str:
    """Return characters as the inside of a class of a pattern."""
    return re.escape("".join(sorted(characters)))


def _is_piece(model: TextModel, word: str) -> bool:
    return model.count_tokens(word) <= model.count_tokens("") + 1


def _split_edges(text: str) -> tuple[str, str, str]:
    """Return a text as the marks and spaces before its words, the words, and what follows."""
    words = text.strip("".join(c for c in text if not c.isalnum()))
    before, _, after = text.partition(words) if words else (text, "", "")
    return before, words, after


def find_faults(
    text: str, translated: str, source: str, target: str, names: Sequence[str] = ()
) -> list[str]:
    """Return what is wrong with a translation as far as can be seen without reading it.

    `text` is of the language `source`; `names` are to stand in its translation. What is returned
    are codes of `models.protocols.WARNINGS`.
    """
    if is_wordless(text):
        return []
    checks = {
        "numbers_changed": count_changed(text, source, translated, target) > 0,
        "negation_lost": loses_negation(text, source, translated, target),
        "names_changed": bool(list_missing(names, translated)),
        "repetition": is_looping(translated) and not is_looping(text),
        "length": not _is_length_plausible(text, translated),
        "quotation_lost": _loses_quotation(text, translated),
        "language": _is_of_another_language(translated, target),
    }
    return [name for name, wrong in checks.items() if wrong]


def _count_none(_text: str) -> int:
    return 0


def choose_best(
    text: str,
    tries: Sequence[str],
    source: str,
    target: str,
    names: Sequence[str] = (),
    count_unknown: Callable[[str], int] = _count_none,
) -> str:
    """Return the try with the fewest faults; of like ones with a fault the least wrong.

    That is the one with fewer wrong numbers and names, then with fewer words that
    `count_unknown` counts, then the one whose length is nearest to the source's: what runs away
    has as many faults as what stops early.
    """

    def rank(made: str) -> tuple[int, int, int, float]:
        faults = len(find_faults(text, made, source, target, names))
        wrong = count_changed(text, source, made, target) + len(list_missing(names, made))
        stretch = abs(math.log((count_words(made) + 1) / (count_words(text) + 1)))
        unknown = count_unknown(made)
        return (faults, wrong, unknown, stretch) if faults else (0, 0, unknown, 0.0)

    return min(tries, key=rank)


def is_function_word(word: str) -> bool:
    """Tell whether a word is one of the usual ones without a meaning, but for the English "I"."""
    is_abbreviation = word[1:2].isupper()
    return not (is_abbreviation or _FIRST_PERSON.match(word)) and fold(word) in FUNCTION_WORDS


def join_halves(
    halves: Sequence[str],
    translated: Sequence[str],
    opens_small: Callable[[str], bool] = is_function_word,
) -> str:
    """Return the translations of a sentence's halves, or of more parts of it, as one sentence.

    What a model adds to a part to make it a sentence is taken off: a full stop, and the capital of
    a word that `opens_small`.
    """
    joined = translated[0]
    for (before, half), made in zip(pairwise(halves), translated[1:], strict=True):
        if not _SENTENCE_END.search(before):
            joined = joined.removesuffix(".")
        opening = made.partition(" ")[0]
        if half[0].islower() and opening not in half and opens_small(opening):
            made = made[0].lower() + made[1:]
        joined = f"{joined} {made}".strip()
    return joined


def _loses_quotation(source: str, translated: str) -> bool:
    """Tell whether somebody's words are no longer marked; single words often need no marks.

    Or whether they are marked at one end alone.
    """
    quoted = any(len(terms) >= _MIN_QUOTED_TERMS for terms in find_quotations(source))
    lost = quoted and not any(mark in translated for mark in _QUOTES)
    return lost or (_is_balanced(source) and not _is_balanced(translated))


def _is_balanced(text: str) -> bool:
    return text.count('"') % 2 == 0 and text.count("«") == text.count("»")


def _is_of_another_language(text: str, target: str) -> bool:
    words = _ADDRESS.sub("", text)
    if count_words(words) < _MIN_LANGUAGE_WORDS or not is_identified(target):
        return False
    found = identify(words)
    return not is_same_language(found.code, target) and found.confidence >= _MIN_CONFIDENCE


def _is_length_plausible(source: str, translated: str) -> bool:
    given, made = count_words(source), count_words(translated)
    low = given * _MIN_LENGTH_RATIO - _LENGTH_SLACK_WORDS
    return low <= made <= given * _MAX_LENGTH_RATIO + _LENGTH_SLACK_WORDS and made > 0
