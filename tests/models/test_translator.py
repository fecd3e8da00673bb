"""Sentence by sentence, over pivots, checked and retried; what has no words is passed through."""

from __future__ import annotations

import re
import weakref

import pytest
from marisa_trie import Trie

from models.lexicon import Lexicon
from models.masking import is_wordless
from models.protocols import (
    GenerationSettings,
    ModelCard,
    Translation,
    UnsupportedLanguage,
)
from models.stubs import StubTextModel
from models.tidying import trim_loop
from models.translator import SentenceTranslator, join_halves

CARD = ModelCard(
    "stub",
    "1",
    "MIT",
    "translate",
    pairs={"en": ("fr", "de"), "fr": ("en",), "de": ("en",)},
)


class Scripted(StubTextModel):
    """A model whose answers depend on whether it is asked again, and on the languages."""

    def __init__(self, first: str | list[str], again: str | list[str]) -> None:
        super().__init__()
        self.first, self.again = first, again
        self.legs: list[tuple[str | None, str | None]] = []

    def generate(self, texts, *, source=None, target=None, settings=None, deadline=None):
        self.legs.append((source, target))
        self.texts += texts
        answer = self.again if settings else self.first
        return [[answer] if isinstance(answer, str) else list(answer) for _ in texts]


def translate(model: StubTextModel, *sentences: str, source: str = "en", target: str = "fr"):
    return SentenceTranslator(model, CARD).translate(sentences, source, target)


def test_each_sentence_is_translated_on_its_own_in_order() -> None:
    model = StubTextModel(str.upper)
    made = translate(model, "one cat sat.", "two dogs ran off.")
    assert [t.text for t in made] == ["ONE CAT SAT.", "TWO DOGS RAN OFF."]
    assert model.texts == ["one cat sat.", "two dogs ran off."]


@pytest.mark.parametrize(
    "text",
    ["42", "12,5 %", "https://example.org/a?b=c", "desk@example.org", "@desk", "—", "", "😀"],
)
def test_what_has_no_words_never_reaches_the_model(text: str) -> None:
    model = StubTextModel(str.upper)
    assert translate(model, text)[0].text == text
    assert model.texts == []
    assert is_wordless(text)


@pytest.mark.parametrize(
    ("text", "source", "target", "written"),
    [
        ("3,500", "en", "fr", "3\u00a0500"),
        ("250,75", "de", "en", "250.75"),
        ("(1,234.50)", "en", "de", "(1.234,50)"),
        ("€1.234.567 ", "de", "en", "€1,234,567 "),
        ("12.5 %", "en", "fr", "12,5 %"),
        ("3.500", "de", "fr", "3\u00a0500"),
        ("+33 612 345 678", "fr", "en", "+33 612 345 678"),
        ("https://example.org/1,234", "en", "fr", "https://example.org/1,234"),
        ("2.1", "en", "fr", "2.1"),
    ],
)
def test_a_number_alone_has_the_groups_of_the_target(
    text: str, source: str, target: str, written: str
) -> None:
    model = StubTextModel(str)
    assert translate(model, text, source=source, target=target)[0].text == written
    assert model.texts == []


def test_two_languages_without_a_pair_go_over_english() -> None:
    model = Scripted("drei Worte hier", "")
    made = translate(model, "trois mots ici", source="fr", target="de")[0]
    assert made.via == ("en",)
    assert model.legs == [("fr", "en"), ("en", "de")]
    assert SentenceTranslator(model, CARD).targets("fr") == ("en", "de")


@pytest.mark.parametrize(("source", "target"), [("en", "ja"), ("ja", "en"), ("und", "fr")])
def test_a_pair_that_is_not_offered_says_what_would_help(source: str, target: str) -> None:
    with pytest.raises(UnsupportedLanguage, match="hub|'source'"):
        translate(StubTextModel(), "a text", source=source, target=target)


def test_the_same_language_is_given_back() -> None:
    model = StubTextModel(str.upper)
    assert translate(model, "a text", target="en")[0].text == "a text"
    assert model.texts == []


def test_a_lost_number_is_tried_again_and_the_better_answer_kept() -> None:
    made = translate(Scripted("Il y a des ponts.", "Il y a 12 ponts."), "There are 12 bridges.")[0]
    assert made.text == "Il y a 12 ponts."
    assert made.warnings == ()


def test_of_all_second_tries_the_best_is_kept() -> None:
    again = ["Des ponts sont là.", "Il y a 21 ponts et 3 routes.", "Il y a 12 ponts."]
    assert translate(Scripted("Des ponts.", again), "There are 12 bridges.")[0].text == again[2]


BRIDGES = Lexicon({"fr": Trie(["les", "ponts", "dit", "pont", "vieux", "sont", "fermés"])})


def translate_knowing(first: str, again: list[str], sentence: str, unknown: bool = False) -> str:
    model = Scripted(first, again)
    translator = SentenceTranslator(model, CARD, lexicon=BRIDGES)
    made = translator.translate([sentence], "en", "fr")[0]
    assert made.warnings == (("unknown_words",) if unknown else ())
    assert len(model.texts) == 2
    return made.text


def test_a_word_that_nobody_has_written_is_tried_again() -> None:
    again = ["Les ponts sont fermuléés.", "Les ponts sont fermés.", "Le pont"]
    first = "Les pontasses sont fermuléés."
    assert translate_knowing(first, again, "Bridges are shut.") == again[1]


def test_where_no_try_has_real_words_alone_the_one_with_the_most_is_kept() -> None:
    again = ["Les pontasses sont fermuléés.", "Les ponts sont fermuléés."]
    first = "Les ponts sont fermuléés!"
    assert translate_knowing(first, again, "Bridges are shut.", unknown=True) == first


def test_a_real_word_is_not_worth_a_number() -> None:
    again = ["Les ponts sont fermés."]
    first = "Les 12 pontasses sont fermés."
    assert translate_knowing(first, again, "12 bridges are shut.", unknown=True) == first


def test_real_words_and_those_of_the_source_are_not_tried_again() -> None:
    model = StubTextModel(lambda _: "Les vieux ponts sont fermés, dit Ellery.")
    translator = SentenceTranslator(model, CARD, lexicon=BRIDGES)
    translator.translate(["The old bridges are shut, says Ellery."], "en", "fr")
    assert len(model.texts) == 1


def test_an_address_is_no_unknown_word_and_what_stays_unknown_is_told() -> None:
    model = StubTextModel(lambda text: text.replace("Bridges are shut", "Les ponts sont fermés"))
    translator = SentenceTranslator(model, CARD, lexicon=BRIDGES)
    sentences = ["Bridges are shut #climatestrike", "Bridges are shut fermuléés"]
    made = translator.translate(sentences, "en", "fr")
    assert [each.warnings for each in made] == [(), ("unknown_words",)]


def test_what_has_nothing_to_mark_is_not_tried_twice() -> None:
    model = Scripted("Il arrive à 15 heures.", "Il arrive à 15 heures du soir.")
    translate(model, "He arrives at three p.m. this evening.")
    assert len(model.texts) == len(set(model.texts)) + 1  # the first try, and one more


def test_an_answer_in_the_wrong_language_is_tried_again_and_marked() -> None:
    source = "The old bridge was closed on Monday."
    french = "Le vieux pont a été fermé lundi."
    assert translate(Scripted(source, french), source)[0].text == french
    assert translate(Scripted(source, source), source)[0].warnings == ("language",)


ADDRESSED = (
    "Write to a.b+c@mail.example.org, see https://example.org/a?b=c (or example.com), follow "
    "@PortEllery and #bridge."
)
ADDRESSES = ["a.b+c@mail.example.org", "https://example.org/a?b=c", "example.com", "@PortEllery"]


@pytest.mark.parametrize("write", [str, str.upper, lambda text: "".join(text.split("XX"))])
def test_addresses_never_reach_the_model_and_are_never_lost(write) -> None:
    model = StubTextModel(write)
    made = translate(model, ADDRESSED)[0].text
    assert all(made.count(address) == 1 for address in [*ADDRESSES, "#bridge"])
    assert not any(address in text for text in model.texts for address in ADDRESSES)
    if write is str:
        assert made == ADDRESSED


def test_what_looks_like_the_mark_of_an_address_is_text() -> None:
    source = "The XX1 and the XX3 are sold at shop@example.org and at example.org."
    model = StubTextModel(str)
    assert translate(model, source)[0].text == source
    assert model.texts[0] == "The XX1 and the XX3 are sold at XX2 and at XX4."


def test_an_empty_answer_leaves_the_text_as_it_is() -> None:
    source = "The old bridge was closed on Monday."
    made = translate(Scripted("", ""), source)[0]
    assert made.text == source
    assert made.warnings == ("language",)


def test_a_segment_of_5000_characters_and_one_of_three_languages_are_handled() -> None:
    long = "The council voted, and the bridge was closed in May 2029. " * 87
    mixed = "Bonjour à tous, the bridge is closed, die Brücke ist zu. 橋は閉まった。 Мост."
    blank = " \u2003 "
    made = translate(StubTextModel(str, max_input_tokens=40), long, mixed, blank)
    assert [t.text.split() for t in made] == [long.split(), mixed.split(), []]


def test_a_number_that_is_lost_twice_goes_through_as_a_mark() -> None:
    def lose(text: str) -> str:
        return "".join(c for c in text.upper() if not c.isdigit() or "XX" in text)

    made = translate(StubTextModel(lose), "The 88,000 bridges cost 3.5 million.")[0]
    assert made.text == "THE 88\u00a0000 BRIDGES COST 3,5 MILLION."
    assert made.warnings == ()


def test_all_second_tries_go_to_the_model_together() -> None:
    calls: list[list[str]] = []

    class Counting(Losing):
        def generate(self, texts, **options):
            calls.append(list(texts))
            return super().generate(texts, **options)

    sentences = ["Bridges are shut.", "There are 12 bridges.", "Les ponts sont fermés."]
    SentenceTranslator(Counting(max_words=1), CARD, lexicon=BRIDGES).translate(
        sentences, "en", "fr"
    )
    again = [*sentences[:2], "There are XX1 bridges."]
    assert calls == [sentences, again]


def test_thousands_are_grouped_in_what_is_answered() -> None:
    translator = SentenceTranslator(StubTextModel(lambda text: text), CARD)
    assert translator.translate(["4,150 people came."], "en", "fr")[0].text.startswith("4\u00a0150")


def test_what_stays_wrong_is_marked() -> None:
    made = translate(Scripted("Des ponts.", "Il y a des ponts."), "There are 12 bridges.")[0]
    assert made.warnings == ("numbers_changed",)


def test_a_loop_that_stays_is_trimmed_to_one_turn() -> None:
    made = translate(Scripted("le pont " * 20, "le pont " * 30), "The bridge was closed on Monday.")
    assert made[0].text.count("le pont") == 1
    assert trim_loop("non non non non, merci") == "non, merci"
    assert trim_loop("l'" + "'" * 300 + "b, non non") == "l'" + "'" * 300 + "b, non non"


def test_what_the_source_repeats_is_not_trimmed() -> None:
    said = "Non, non, non, ils ont dit cela."
    assert translate(Scripted(said, said), "No, no, no, they said that 15 times.")[0].text == said


class Losing(StubTextModel):
    """A model that loses a number from texts of more words than `max_words`."""

    def __init__(self, max_words: int) -> None:
        super().__init__(self.write)
        self.max_words = max_words

    def write(self, text: str) -> str:
        words = text.split()
        if len(words) > self.max_words:
            words = [w for w in words if not (w[0].isdigit() or w.startswith("XX"))]
        return " ".join(words)


def test_what_stays_faulty_is_translated_in_halves_and_these_again() -> None:
    source = (
        "The old bridge has 12 piers of stone, the new one has 3 of steel and of wood, "
        "which took the port 15 months to build, and 16 to pay for."
    )
    model = Losing(max_words=9)
    made = translate(model, source, source="fr", target="en")[0]
    assert made.text == source
    assert made.warnings == ()
    assert {"The old bridge has 12 piers of stone,", "and 16 to pay for."} <= set(model.texts)


def test_a_text_of_few_words_is_not_halved() -> None:
    model = Losing(max_words=1)
    made = translate(model, "There are 12 bridges in it.", source="fr", target="en")[0]
    assert made.warnings == ("numbers_changed",)
    assert set(model.texts) == {"There are 12 bridges in it.", "There are XX1 bridges in it."}


@pytest.mark.parametrize(
    ("halves", "translated", "joined"),
    [
        (("A port,", "that fell."), ("Un port.", "Qui tomba."), "Un port qui tomba."),
        (("He sees", "the port."), ("Er sieht.", "Haus und Hof."), "Er sieht Haus und Hof."),
        (("It is old.", "It fell."), ("Il est vieux.", "Tombé."), "Il est vieux. Tombé."),
        (
            ("selon lui,", "l'Allemagne paie."),
            ("He said", "Germany pays."),
            "He said Germany pays.",
        ),
        (("It fell;", "the port is old."), ("Tombé.", "Le port."), "Tombé le port."),
        (("He sees", "1 port."), ("Il voit", ""), "Il voit"),
        (("It fell", "while he saw it."), ("Tombé", "Lorsqu'il vit."), "Tombé lorsqu'il vit."),
        (("cela,", "je crois."), ("That,", "I think."), "That, I think."),
        (("cela,", "la OMS lo dijo."), ("That,", "WHO said."), "That, WHO said."),
    ],
)
def test_halves_become_one_sentence(halves, translated, joined) -> None:
    assert join_halves(halves, translated) == joined


def test_what_opens_small_is_the_models_to_tell() -> None:
    halves = ("It is old", "though Ann saw it.")
    joined = join_halves(halves, ("Il est vieux", "Malgré Ann."), str.isalpha)
    assert joined == "Il est vieux malgré Ann."
    halves = ("It is old", "says Ann Malgré.")
    assert join_halves(halves, ("Il est vieux", "Malgré dit."), str.isalpha).endswith("Malgré dit.")


class Spelling(StubTextModel):
    """Reads long words in several pieces, and garbles these unless they are marks."""

    def __init__(self, garbled: dict[str, str], halved_only: bool = False) -> None:
        super().__init__()
        self.garbled, self.halved_only = garbled, halved_only

    def count_tokens(self, text: str) -> int:
        return sum(1 + (len(word) > 6) for word in text.split())

    def generate(self, texts, *, source=None, target=None, settings=None, deadline=None):
        self.texts += texts
        return [[self._garble(text)] for text in texts]

    def _garble(self, text: str) -> str:
        if self.halved_only:
            text = text.replace("XX1", "").replace("XX2", "")
            if len(text.split()) <= 6:
                return text
        for name, made in self.garbled.items():
            text = text.replace(name, made)
        return text


NAMED = "Then the painter Pissarro came to see the town."


def translate_named(model: StubTextModel, sentence: str):
    # What is given back as it was is English, so it passes for a translation into English.
    changing = {"fr": frozenset({"German", "Tuesday"})}
    return SentenceTranslator(model, CARD, changing).translate([sentence], "fr", "en")[0]


def test_a_miswritten_name_is_put_right_without_asking_again() -> None:
    model = Spelling({"Pissarro": "Pisarro"})
    made = translate_named(model, NAMED)
    assert "Pissarro" in made.text
    assert "names_changed" not in made.warnings
    assert model.texts == [NAMED]


def test_a_lost_name_stands_behind_a_mark_the_second_time() -> None:
    model = Spelling({"Pissarro": "he"})
    made = translate_named(model, NAMED)
    assert made.text == NAMED
    assert model.texts[1] == NAMED.replace("Pissarro", "XX1")


def test_a_name_whose_mark_is_lost_too_comes_back_with_its_half() -> None:
    model = Spelling({"Pissarro": "he"}, halved_only=True)
    assert "Pissarro" in translate_named(model, NAMED).text


def test_a_name_that_stays_lost_is_told() -> None:
    model = Spelling({"Pissarro": "he", "XX1": "he"})
    made = translate_named(model, NAMED)
    assert "names_changed" in made.warnings


def test_a_name_that_opens_a_part_is_put_right_too() -> None:
    model = Spelling({"Pissarro": "Pisarro"})
    changing = {"fr": frozenset({"German"})}
    translator = SentenceTranslator(model, CARD, changing, longest_words=8)
    sentence = "It was before the war began, Pissarro told the old man there."
    made = translator.translate([sentence], "fr", "en")[0]
    assert made.text == sentence
    assert made.warnings == ()


def test_a_translator_that_nobody_has_any_more_is_freed_at_once() -> None:
    model = Spelling({})
    freed = weakref.ref(model)
    translate_named(model, NAMED)
    del model
    assert freed() is None


def test_words_that_people_translate_may_change() -> None:
    model = Spelling({"Tuesday": "Dienstag", "Germans": "Deutsche"})
    made = translate_named(model, "Then on Tuesday the Germans came to see the town.")
    assert made.text == "Then on Dienstag the Deutsche came to see the town."
    assert "names_changed" not in made.warnings


def test_a_sentence_that_is_longer_than_the_model_reads_well_goes_in_halves() -> None:
    model = StubTextModel(str.capitalize)
    translator = SentenceTranslator(model, CARD, longest_words=8)
    long = "it was old, so the port said, and nobody saw the ship that came to it."
    short = "it was old, so they said."
    made = [t.text for t in translator.translate([short, long, short], "fr", "en")]
    assert made == [short, long, short]
    assert model.texts[0] == model.texts[-1] == short
    assert " ".join(model.texts[1:-1]) == long
    assert all(len(text.split()) <= 8 for text in model.texts)


def test_a_sentence_that_is_too_long_is_cut_and_nothing_is_lost() -> None:
    words = [f"word{n}," if n % 7 == 0 else f"word{n}" for n in range(300)]
    model = StubTextModel(str, max_input_tokens=20)
    made = translate(model, " ".join(words))[0]
    assert made.text.split() == words
    assert all(model.count_tokens(text) <= 20 for text in model.texts)


def test_the_second_try_is_wider() -> None:
    settings: list[GenerationSettings | None] = []

    class Recording(StubTextModel):
        def generate(self, texts, *, source=None, target=None, settings=None, deadline=None):
            recorded.append(settings)
            return [[""] for _ in texts]

    recorded = settings
    translate(Recording(), "The bridge was closed.")
    assert recorded[0] is None
    assert recorded[1] is not None
    assert recorded[1].beam_size > 1


def test_what_the_first_search_found_beside_its_best_is_looked_through_before_another() -> None:
    model = Scripted(first=["Le pont de 1889.", "Le pont de 1999.", "Le pont"], again="Rien")
    made = translate(model, "The bridge of 1999.")[0]
    assert (made.text, made.warnings) == ("Le pont de 1999.", ())
    assert model.texts == ["The bridge of 1999."]


class Bytewise(StubTextModel):
    """A model that has no pieces for signs, and writes nonsense of those that it is given."""

    def count_tokens(self, text: str) -> int:
        return super().count_tokens(text) + 2 * sum(c in SIGNS for c in text)

    def generate(self, texts, *, source=None, target=None, settings=None, deadline=None):
        made = super().generate(texts, source=source, target=target)
        return [[re.sub(f"[{SIGNS}]+", "\ufffd", text) for text in own] for own in made]


SIGNS = "€•→™❌<>₂²½漢字Київї\u2728\ufe0f\u200c\u094d"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("• The mayor came.", "The mayor came."),
        ("We won the match ✨\ufe0f✨", "We won the match"),
        ("It rained → the pitch was wet.", "It rained XX1 the pitch was wet."),
        ("→ See https://example.org/a → now ❌", "See XX1 XX2 now"),
        ("❌", None),
    ],
)
def test_signs_that_the_model_has_no_piece_for_are_held_out(text: str, read: str | None) -> None:
    model = Bytewise(str)
    assert translate(model, text)[0].text == text
    assert model.texts[:1] == ([read] if read else [])


@pytest.mark.parametrize("text", ["می\u200cخواهم بروم", "हिन्दी में"])
def test_joiners_and_marks_of_other_scripts_stay_in_their_words(text: str) -> None:
    model = Bytewise(str)
    translate(model, text)
    assert model.texts[0] == text


def test_a_sign_that_touches_words_is_read_alone_and_touches_them_again() -> None:
    model = Bytewise(str)
    text = "The road A→B of Acme™ is open."
    assert translate(model, text)[0].text == text
    assert model.texts[0] == "The road A XX1 B of Acme XX2 is open."


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("The capital of Ukraine is Київ, in Kyiv.", "The capital of Ukraine is XX1, in Kyiv."),
        ("The word 漢字 is Chinese.", "The word XX1 is Chinese."),
        ("漢字", None),
        ("CO₂ fell, on 3 km² of land.", "XX1 fell, on 3 XX2 of land."),
        ("It took 3½ years to cover 10 km²", "It took XX1 years to cover 10 XX2"),
        ("The note² is long.", "The note XX1 is long."),
        ("The Haus² is old.", "The Haus XX1 is old."),
        ("It fell to <5 and rose to >3.", "It fell to XX1 5 and rose to XX2 3."),
        ('<i>He said <b class="a">no</b>.</i>', "He said XX1 no XX2."),
        ("— Why not?", "Why not?"),
        ("- The mayor came.", "The mayor came."),
        ("# The mayor", "The mayor"),
        ("-5 is cold.", "-5 is cold."),
    ],
)
def test_what_a_model_cannot_read_is_held_out(text: str, read: str | None) -> None:
    model = Bytewise(str)
    assert translate(model, text)[0].text == text
    assert model.texts[:1] == ([read] if read else [])


def test_words_of_another_script_are_not_judged() -> None:
    model = Bytewise({"The bridges are called XX1.": "Les ponts sont dit XX1."}.get)
    translator = SentenceTranslator(model, CARD, lexicon=BRIDGES)
    made = translator.translate(["The bridges are called їв Київ."], "en", "fr")[0]
    assert made.text == "Les ponts sont dit їв Київ."
    assert "unknown_words" not in made.warnings


def test_what_is_translated_around_a_sign_begins_small_where_its_source_does() -> None:
    made = {"It rained": "Il a plu", "the pitch was wet": "Le terrain était mouillé"}
    model = Bytewise(lambda text: made.get(text, "Il a plu."))
    text = translate(model, "It rained → the pitch was wet.")[0].text
    assert text == "Il a plu → le terrain était mouillé."


def test_the_mark_of_a_footnote_stays_at_its_word_whatever_that_becomes() -> None:
    model = Bytewise({"The result XX1 holds.": "Le produit fini XX1 tient."}.get)
    assert translate(model, "The result² holds.")[0].text == "Le produit fini² tient."


def test_a_mark_too_many_is_no_translation() -> None:
    model = Bytewise(lambda text: f"X {text}" if "XX1" in text else text)
    assert translate(model, "It has 10 km².")[0].text == "It has 10 km²."


def test_a_roman_numeral_is_no_mark_too_many() -> None:
    model = StubTextModel({"The tenth king came.": "Le roi X est venu."}.get)
    assert translate(model, "The tenth king came.")[0].text == "Le roi X est venu."
    assert len(model.texts) == 1


def test_another_script_that_the_model_reads_is_left_to_it() -> None:
    model = StubTextModel(str)
    translate(model, "The word 漢字 is Chinese.")
    assert model.texts[0] == "The word 漢字 is Chinese."


def test_amounts_are_words_for_a_model_without_their_signs() -> None:
    model = Bytewise(str)
    assert (
        translate(model, "It cost €20m at 7pm.")[0].text
        == "It cost 20 million euros at 19 o'clock."
    )
    known = StubTextModel(str)
    assert translate(known, "It cost €20m at 7pm.")[0].text == "It cost €20m at 19 o'clock."


def test_an_amount_that_lost_its_magnitude_is_warned_of() -> None:
    made = translate(StubTextModel(lambda _: "Il a payé 20 euros."), "He paid 20 million euros.")
    assert made[0].warnings == ("numbers_changed",)


def test_broken_characters_are_a_warning() -> None:
    made = translate(StubTextModel(lambda _: "Le prix est de \ufffd."), "The price is high.")[0]
    assert "unknown_words" in made.warnings


def test_a_text_in_capitals_is_read_in_small_letters_and_written_in_capitals() -> None:
    model = StubTextModel({"The old bridge was closed.": "Le vieux pont a été fermé."}.get)
    made = translate(model, "THE OLD BRIDGE WAS CLOSED.")[0]
    assert made == Translation("LE VIEUX PONT A ÉTÉ FERMÉ.")
    assert translate(StubTextModel(str), "IBM NATO")[0].text == "IBM NATO"


def test_abbreviations_in_a_text_in_capitals_stay_so_and_what_people_translate_keeps_one() -> None:
    class Model(StubTextModel):
        def count_tokens(self, text: str) -> int:
            return len(text.split()) + ("nato" in text)

    model = Model(str)
    translator = SentenceTranslator(model, CARD, {"en": frozenset({"Brussels"})})
    translator.translate(["BREAKING: NATO TO MEET IN BRUSSELS ON NOV. 3"], "en", "fr")
    assert model.texts[0] == "Breaking: NATO to meet in Brussels on November 3"


@pytest.mark.parametrize(
    ("made", "written"),
    [("um 19:000.", "um 19:00."), ("a las 19.000", "a las 19:00"), ("19.000,5", "19.000,5")],
)
def test_a_full_hour_does_not_become_thousands(made: str, written: str) -> None:
    source = "It is at 19:00."
    assert translate(StubTextModel(lambda _: made), source)[0].text == written


@pytest.mark.parametrize(
    ("text", "made", "fitted"),
    [
        ("of the city", "De la ville", "de la ville"),
        ("iPhone of the city", "Le téléphone", "Le téléphone"),
        ("Of the city", "De la ville", "De la ville"),
    ],
)
def test_a_line_that_begins_small_begins_so_in_translation(text, made, fitted) -> None:
    assert translate(StubTextModel(lambda _: made), text)[0].text == fitted


def test_an_entity_that_the_source_has_not_is_a_character() -> None:
    made = translate(StubTextModel(lambda _: "A &quot;B&quot; &amp; C"), "A and B & C.")[0]
    assert made.text == 'A "B" & C'
    made = translate(StubTextModel(lambda _: "A &amp; C"), "A &amp; C.")[0]
    assert made.text == "A &amp; C"
