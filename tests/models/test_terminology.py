"""The caller's terms stand in translations as the caller wants them."""

from __future__ import annotations

import pytest

from models.catalogue import EMBEDDED, Means, find_entry, open_model
from models.protocols import Translation
from models.stubs import StubTranslator
from models.terminology import find_terms, translate_with_terms
from models.translator import SentenceTranslator

TERMS = {"White House": "Maison-Blanche", "SolarWinds": "SolarWinds", "harbour": "port"}

KEPT = ["SolarWinds", "Port Ellery", "OpenStreetMap", "Dunmore & Sons", "iPhone", "Medicare"]
GLOSSARY = {
    "White House": "Maison-Blanche",
    "harbour bridge": "pont du port",
    "Federal Reserve": "Réserve fédérale",
    "Lantern Street Library": "bibliothèque de la rue de la Lanterne",
}
FRAMES = [
    "The spokesman for {} said on Monday that the talks would go on.",
    "{} was founded in 1998 and has 400 employees.",
    "Investors have lost confidence in {}.",
    "A report published by {} shows that prices rose by 3 per cent.",
    "The president met the head of {} in Berlin.",
    "Nobody knows what {} will do next.",
    "According to {}, the attack lasted for several months.",
    "The minister criticised {} for its slow answer.",
    "In May, {} opened an office in the old town.",
    "Many people in the town work for {}.",
    "Is {} ready for the winter?",
    "The court ordered {} to pay 12 million euros.",
    "{} and its partners signed the agreement yesterday.",
    "The building of {} was damaged by the storm.",
    "Critics say that {} ignored the warnings.",
    "She has worked at {} since 2011.",
    "The future of {} is uncertain, although the mayor of the town does not agree.",
    "Thousands of visitors come to {} every year, most of them in the summer.",
    "The decision of {} surprised the markets.",
    "We asked {} for a comment, but there was no reply.",
]


class FrenchStub(StubTranslator):
    """Says some words of its own, and loses what it is told to lose."""

    def __init__(self, *lost: str) -> None:
        super().__init__()
        self._lost = lost

    def translate(self, sentences, source, target, deadline=None):
        self.seen += sentences
        texts = [s.replace("SolarWinds", "Vents solaires") for s in sentences]
        for lost in self._lost:
            texts = [text.replace(lost, "…") for text in texts]
        return [Translation(text, (), ("length",)) for text in texts]


def translate(sentence: str, translator: StubTranslator | None = None, **terms: str) -> Translation:
    wanted = terms or TERMS
    return translate_with_terms(translator or FrenchStub(), [sentence], "en", "fr", wanted)[0]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("The White House said so.", ["White House"]),
        ("The White  House said so.", ["White House"]),
        ("A white house was sold.", []),
        ("Harbour dues rise; the harbour is full.", ["harbour"]),
        ("HARBOUR", []),
        ("Harbours and SolarWinds2", []),
        ("SolarWinds, the White House and the harbour.", ["White House", "SolarWinds", "harbour"]),
    ],
)
def test_terms_are_whole_words_as_they_are_written(sentence: str, found: list[str]) -> None:
    assert list(find_terms(sentence, TERMS, "en")) == found


def test_a_language_without_spaces_has_terms_inside_its_words() -> None:
    assert find_terms("白宫表示不会。", {"白宫": "White House"}, "zh") == {"白宫": "White House"}


def test_the_longest_term_goes_first() -> None:
    terms = {"House": "Chambre", "White House": "Maison-Blanche"}
    assert list(find_terms("The White House", terms, "en")) == ["White House"]


def test_a_term_stands_as_it_is_wanted() -> None:
    made = translate("SolarWinds told the White House, not SolarWinds Inc.")
    assert made.text == "SolarWinds told the Maison-Blanche, not SolarWinds Inc."
    assert made.warnings == ("length",)


def test_what_is_right_already_is_not_translated_again() -> None:
    translator = StubTranslator()
    made = translate("The SolarWinds office.", translator, SolarWinds="SolarWinds")
    assert made.text == "[fr] The SolarWinds office."
    assert len(translator.seen) == 1


def test_a_lost_mark_is_tried_in_another_style() -> None:
    assert "SolarWinds" in translate("SolarWinds sank.", FrenchStub("XX1")).text


def test_a_term_that_cannot_be_kept_is_told() -> None:
    made = translate("SolarWinds sank.", FrenchStub("XX1", "X1"))
    assert made.text == "Vents solaires sank."
    assert made.warnings == ("length", "term_missed: SolarWinds")


def test_marks_that_stand_in_the_sentence_are_not_used() -> None:
    made = translate("XX1 and X1 and SolarWinds.")
    assert made.text == "XX1 and X1 and SolarWinds."


def test_a_text_that_stays_in_its_language_is_left_alone() -> None:
    (made,) = translate_with_terms(StubTranslator(), ["The harbour."], "en", "en", TERMS)
    assert "harbour" in made.text


def test_the_embedded_model_keeps_95_per_cent_of_terms_in_200_sentences() -> None:
    """And tells of each that it does not keep."""
    entry = find_entry("translate", "embedded", EMBEDDED)
    model = open_model(entry, Means("ctranslate2", "cpu", 2, 20_000))
    translator = SentenceTranslator(model, entry.card)
    terms = {term: term for term in KEPT} | GLOSSARY
    cases = [(frame.format(term), term) for frame in FRAMES for term in terms]
    sentences = [sentence for sentence, _ in cases]
    made = translate_with_terms(translator, sentences, "en", "fr", terms)
    assert len(made) == 200
    applied = [terms[term] in each.text for (_, term), each in zip(cases, made, strict=True)]
    warned = [f"term_missed: {t}" in m.warnings for (_, t), m in zip(cases, made, strict=True)]
    assert sum(applied) >= 0.95 * len(cases)
    assert warned == [not fine for fine in applied]
