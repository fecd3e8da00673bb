"""The translator: sentence by sentence, over pivots where need be, checked and retried."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, pairwise
from typing import Protocol

from models.euphony import mend_euphony
from models.faults import choose_best, count_unknown, find_faults
from models.grounding import FUNCTION_WORDS, is_looping
from models.lexicon import Lexicon
from models.masking import ADDRESS, MARK_LIKE, is_wordless, restore_marks
from models.names import Changing, Names
from models.numerals import localise, mask_facts, repair_numbers
from models.pairs import CardTranslator, Way
from models.preparation import Preparation, Prepared, is_piece, is_shouted, rejoin
from models.protocols import GenerationSettings, ModelCard, TextModel, Translation
from models.segmentation import GERMAN_OPENINGS, cut_text, halve_text
from models.tidying import tidy, trim_loop
from models.words import count_words, fold

_ELIDED = re.compile(r"(?:[CDJLMNST]|Qu)['’]")
# "Sie" and "Ihr" may be "you", which has its capital everywhere.
_GERMAN_SMALL = GERMAN_OPENINGS - {"Sie", "Ihr", "Ihre"} | {"Dass", "Obwohl", "Sodass", "Ob"}
_ENGLISH_MONTHS = {"March", "May", "August"}  # which are other words in small letters
_FIRST_PERSON = re.compile(r"I\b")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
# Fewer words say too little of what they are about.
_MIN_HALF_WORDS = 4
# Of this width a search found real words for every third to second of those that were none; one of
# five found hardly more, and a penalty on repetition cost half a point of chrF.
_WIDER = GenerationSettings(beam_size=4, hypotheses=4, no_repeat_ngram_size=3, length_penalty=2.0)


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
        return count_unknown(self.lexicon, self.text, made, self.target)

    def choose(self, *others: str) -> None:
        tries = [self.done, *others]
        self.done = choose_best(
            self.text, tries, self.source, self.target, self.names, self.count_unknown
        )


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
        self.names = Names(changing or {}, partial(is_piece, model))
        self._preparation = Preparation(model, self.names)

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
        text = text.lower() if is_shouted(sentence) else text
        sentence = self._preparation.write_out(sentence, source, way.legs[0][1])
        _, held = self._preparation.hold_out(sentence, source)  # no words of either language
        for one in sorted(set(held.findall(sentence)), key=len, reverse=True):
            text = text.replace(one, " ")
        sentence = held.sub(" ", sentence)
        names = self.names.find(sentence, source)
        faults = find_faults(sentence, text, source, way.written, names)
        unknown = count_unknown(self.lexicon, sentence, ADDRESS.sub(" ", text), way.written)
        return [*faults, "unknown_words"] if unknown else faults

    def _translate_leg(
        self, texts: Sequence[str], source: str, target: str, deadline: float | None
    ) -> list[str]:
        prepared = [self._preparation.prepare(text, source, target) for text in texts]
        made = self._translate_whole([one.text for one in prepared], source, target, deadline)
        return [
            self._restore(one, translated, source, target, deadline)
            for one, translated in zip(prepared, made, strict=True)
        ]

    def _restore(
        self, one: Prepared, made: str, source: str, target: str, deadline: float | None
    ) -> str:
        """Return a translation with what was held out of its text in its place again."""
        done = restore_marks(made, one.marks)
        added = len(MARK_LIKE.findall(made)) > len(MARK_LIKE.findall(one.text))
        if done is None or (one.marks and added):
            done = self._translate_around(one.core, one.held, source, target, deadline)
        done = rejoin(one, done)
        done = self._fit_case(one, mend_euphony(done, target, one.core), target)
        return f"{one.before}{done}{one.after}"

    def _fit_case(self, one: Prepared, translated: str, target: str) -> str:
        """Return a translation in capitals where the text is, and small at its begin likewise."""
        if is_shouted(one.given):
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
        return not (keeps or _FIRST_PERSON.match(word)) and is_piece(self._model, word.lower())

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
                [tidy(text, hypothesis, target) for hypothesis in hypotheses]
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
            localise(text, tries[i].done, source, target) or text if i in tries else text
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


def _split_edges(text: str) -> tuple[str, str, str]:
    """Return a text as the marks and spaces before its words, the words, and what follows."""
    words = text.strip("".join(c for c in text if not c.isalnum()))
    before, _, after = text.partition(words) if words else (text, "", "")
    return before, words, after


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
