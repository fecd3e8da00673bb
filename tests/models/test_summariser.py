"""Summaries keep to their budgets and to the article, whatever a model writes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.grounding import find_numbers, is_looping, read_number
from models.protocols import (
    Article,
    GenerationSettings,
    Length,
    Method,
    ModelCard,
    Overloaded,
    Summary,
    UnsupportedLanguage,
)
from models.reader import TextReader
from models.selection import BUDGETS, opens_outside
from models.stubs import StubTextModel
from models.summariser import GroundedSummariser, Rewriter
from models.words import count_words

CARD = ModelCard("stub", "1", "MIT", "summarise", languages=("en",))
LENGTHS: tuple[Length, ...] = ("short", "long")
ARTICLE = " ".join(
    f"The council of Port Ellery said on Monday that bridge number {i} in the {name} quarter, "
    f"which is closed, will cost {i + 3} million euros."
    for i, name in enumerate(["old", "harbour", "market", "northern", "castle", "river"] * 3)
)


def _read(text: str = ARTICLE, language: str | None = "en") -> Article:
    return TextReader().read(text, language)


def _summarise(
    text: str = ARTICLE,
    write: Callable[[str], str | Sequence[str]] | None = None,
    method: Method = "auto",
    **options: object,
) -> dict[Length, Summary]:
    rewriters = [] if write is None else [Rewriter(StubTextModel(write), **options)]  # type: ignore[arg-type]
    return GroundedSummariser(CARD, *rewriters).summarise(_read(text), LENGTHS, method)


def _methods(summary: Summary) -> set[str]:
    return {sentence.method for sentence in summary.sentences}


def _drop_clause(text: str) -> str:
    return text.replace(", which is closed,", "")


def test_a_supported_rewrite_is_kept_with_its_evidence() -> None:
    for summary in _summarise(write=_drop_clause).values():
        assert _methods(summary) == {"abstractive"}
        for sentence in summary.sentences:
            (span,) = sentence.evidence
            source = _drop_clause(ARTICLE[span.start : span.end])
            assert sentence.text == source.replace(" on Monday", "")


def test_a_lower_cased_rewrite_gets_its_capitals_back() -> None:
    summary = _summarise(write=_drop_clause, lowercase=True)["short"]
    assert summary.text.startswith("The council of Port Ellery said that bridge")


@pytest.mark.parametrize("reads", ["sentence", "article"])
@pytest.mark.parametrize(
    "written",
    [
        "Zq xv wq 77777.",
        "word " * 300,
        "",
        "   ",
        "The council said on Monday that bridge number 999 will cost 4 million euros.",
        "The council did not say that a bridge will cost 4 million euros.",
        "Paris said on Monday that bridge number 1 will cost 4 million euros.",
    ],
)
def test_under_auto_what_the_article_does_not_say_is_replaced(written: str, reads: str) -> None:
    text = ARTICLE.replace(", which is closed,", "").replace(" on Monday", "")
    for summary in _summarise(text, lambda _: written, reads=reads).values():
        assert _methods(summary) == {"extractive"}
        assert all(sentence.text in text for sentence in summary.sentences)


def test_what_replaces_it_is_shortened_where_that_is_safe() -> None:
    summary = _summarise(write=lambda _: "Zq xv wq 77777.")["short"]
    sources = {ARTICLE[s.evidence[0].start : s.evidence[0].end] for s in summary.sentences}
    shortened = {_drop_clause(source).replace(" on Monday", "") for source in sources}
    assert {sentence.text for sentence in summary.sentences} == shortened


def test_one_good_hypothesis_among_bad_ones_is_enough() -> None:
    text = ARTICLE.replace(", which is closed,", "").replace(" on Monday", "")
    text = text.replace(" million euros.", " million euros in the year after the flood.")

    def write(source: str) -> list[str]:
        return ["Nonsense 99.", source.replace(" in the year after the flood", "")]

    summary = _summarise(text, write)["short"]
    assert _methods(summary) == {"abstractive"}
    assert "flood" not in summary.text


def test_in_a_language_without_rules_a_draft_is_judged_whole() -> None:
    card = ModelCard("stub", "1", "MIT", "summarise", languages=("es",))
    text = " ".join(
        f"El consejo de la ciudad votó el lunes el presupuesto del puente {name}, y caro, ay."
        for name in ["norte", "sur", "este", "oeste", "viejo", "nuevo", "alto", "bajo"]
    )

    def write(source: str) -> list[str]:
        return ["El consejo rechazó el presupuesto.", source.replace(", ay", "")]

    rewriter = Rewriter(StubTextModel(write))
    summary = GroundedSummariser(card, rewriter).summarise(_read(text, "es"), ["short"])["short"]
    assert _methods(summary) == {"abstractive"}
    assert all(s.text.endswith("caro.") for s in summary.sentences)


def test_french_is_shortened_by_rule_without_a_model() -> None:
    card = ModelCard("stub", "1", "MIT", "summarise", languages=("en",))
    text = " ".join(
        f"Le conseil de la ville a voté lundi le budget du pont {name}, qui coûtera très cher."
        for name in ["nord", "sud", "est", "ouest", "vieux", "neuf", "haut", "bas"]
    )
    summariser, article = GroundedSummariser(card), _read(text, "fr")
    summary = summariser.summarise(article, ["short"])["short"]
    assert _methods(summary) == {"abstractive"}
    for sentence in summary.sentences:
        (span,) = sentence.evidence
        source = text[span.start : span.end]
        assert sentence.text == source.replace(" lundi", "").replace(", qui coûtera très cher", "")
    quoted = summariser.summarise(article, ["short"], "extractive")["short"]
    assert all(sentence.text in text for sentence in quoted.sentences)


def test_under_abstractive_an_unsupported_sentence_is_kept_and_flagged() -> None:
    summary = _summarise(write=lambda _: "The cost is 99 dollars.", method="abstractive")["short"]
    assert _methods(summary) == {"abstractive"}
    assert summary.sentences[0].unsupported == ("99",)


def test_extractive_never_calls_the_model() -> None:
    model = StubTextModel()
    GroundedSummariser(CARD, Rewriter(model)).summarise(_read(), LENGTHS, "extractive")
    assert model.texts == []


def test_the_model_gets_all_sentences_of_a_length_at_once() -> None:
    model = StubTextModel(_drop_clause)
    summaries = GroundedSummariser(CARD, Rewriter(model)).summarise(_read(), LENGTHS)
    assert len(model.texts) == sum(len(s.sentences) for s in summaries.values())


def test_a_language_without_a_model_is_extractive_or_refused() -> None:
    summariser = GroundedSummariser(CARD, Rewriter(StubTextModel()))
    article = _read(ARTICLE, "sw")
    assert _methods(summariser.summarise(article, LENGTHS)["short"]) == {"extractive"}
    with pytest.raises(UnsupportedLanguage, match="sw"):
        summariser.summarise(article, LENGTHS, "abstractive")


class _BusyModel(StubTextModel):
    def generate(
        self,
        texts: Sequence[str],
        *,
        source: str | None = None,
        target: str | None = None,
        settings: GenerationSettings | None = None,
        deadline: float | None = None,
    ) -> list[list[str]]:
        raise Overloaded("full")


def test_an_overloaded_model_is_not_hidden() -> None:
    with pytest.raises(Overloaded):
        GroundedSummariser(CARD, Rewriter(_BusyModel())).summarise(_read(), LENGTHS)


def test_a_short_article_is_its_own_summary() -> None:
    text = "The harbour bridge was closed on Monday. It will open again in May."
    for summary in _summarise(text).values():
        assert _methods(summary) == {"verbatim"}
        assert summary.text == text


def test_a_sentence_beyond_every_budget_is_cut_at_a_clause() -> None:
    clause = "the council said that the bridge would cost 1,200 euros a day"
    text = "On Monday " + ", ".join([clause] * 30) + "."
    short = _summarise(text)["short"]
    assert count_words(short.text) <= BUDGETS["short"].max_words
    assert short.text.endswith("a day…")


def test_the_long_summary_is_longer_even_where_no_third_sentence_fits() -> None:
    text = "The bridge is closed today. The ferry runs all night. " + "Some say, others do, " * 90
    summaries = _summarise(text)
    assert count_words(summaries["long"].text) > count_words(summaries["short"].text)
    assert count_words(summaries["long"].text) <= BUDGETS["long"].max_words


def test_a_summary_does_not_open_with_a_word_that_points_outside() -> None:
    text = (
        "However, he said that the bridge over the harbour would stay closed for a year. "
        + ARTICLE
        + " But they asked the harbour council for a bridge."
    )
    for summary in _summarise(text).values():
        assert not opens_outside(summary.sentences[0].text)


def test_a_model_that_writes_one_sentence_makes_a_long_summary_of_its_parts() -> None:
    model = StubTextModel(lambda text: text.split(". ")[0].rstrip(".") + ".", 100)
    summariser = GroundedSummariser(CARD, Rewriter(model, "parts"))
    long = summariser.summarise(_read(), ["long"], "auto")["long"]
    assert len(model.texts) > 4
    assert all(model.count_tokens(text) <= 100 for text in model.texts)  # nothing is cut
    assert all(sentence in ARTICLE for text in model.texts for sentence in text.split(". "))
    assert len(long.sentences) >= BUDGETS["long"].min_sentences
    starts = [sentence.evidence[0].start for sentence in long.sentences]
    assert starts == sorted(starts)
    assert len(summariser.summarise(_read(), ["short"], "auto")["short"].sentences) <= 2


def test_of_several_models_the_first_of_the_language_writes() -> None:
    card = replace(CARD, languages=("en", "fr"))
    terse, french, fuller = (StubTextModel(lambda text: text[:80]) for _ in range(3))
    summariser = GroundedSummariser(
        card,
        Rewriter(french, "article", languages=("fr",)),
        Rewriter(terse, "parts", languages=("en", "fr")),
        Rewriter(fuller, "article", languages=("en",)),
    )
    for length, writer in (("short", terse), ("long", fuller)):
        summariser.summarise(_read(), [length])
        assert [bool(model.texts) for model in (terse, french, fuller)] == [
            model is writer for model in (terse, french, fuller)
        ]
        writer.texts.clear()


WORDS = st.sampled_from(
    ["the", "council", "voted", "bridge", "12", "3.5", "not", "Paris", "said", "1,200", "euros"]
    + ["he", "But", "今天", "天气", "😀", "a,", "“quote”", "(x)"]
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=40).map(
    lambda words: " ".join(words).capitalize() + "."
)
TEXTS = st.one_of(st.lists(SENTENCES, min_size=1, max_size=15).map(" ".join), st.text(min_size=1))


@settings(deadline=None)  # the first example loads the libraries
@given(
    text=TEXTS,
    nonsense=st.lists(st.one_of(SENTENCES, st.text()), min_size=1, max_size=6),
    method=st.sampled_from(["auto", "abstractive", "extractive"]),
    reads=st.sampled_from(["sentence", "article", "parts"]),
    lowercase=st.booleans(),
)
def test_summaries_keep_their_promises_whatever_a_model_writes(
    text: str, nonsense: list[str], method: Method, reads: str, lowercase: bool
) -> None:
    article = _read(text)
    if not article.sentences:
        return
    answers = itertools.cycle(nonsense)
    rewriter = Rewriter(StubTextModel(lambda _: next(answers)), reads, lowercase)  # type: ignore[arg-type]
    summaries = GroundedSummariser(CARD, rewriter).summarise(article, LENGTHS, method)
    known = {v for s in article.sentences for n in find_numbers(s.text) for v in read_number(n)}
    sources = {sentence.span for sentence in article.sentences}
    for length, summary in summaries.items():
        budget = BUDGETS[length]
        assert 1 <= len(summary.sentences) <= budget.max_sentences
        assert count_words(summary.text) <= budget.max_words
        for sentence in summary.sentences:
            assert set(sentence.evidence) <= sources
            if method != "abstractive":
                assert sentence.evidence
                assert not sentence.unsupported
                assert all(read_number(n) & known for n in find_numbers(sentence.text))
            if sentence.method == "abstractive":
                assert not is_looping(sentence.text)
    short, long = (summaries[length] for length in LENGTHS)
    if _methods(long) != {"verbatim"}:
        assert count_words(long.text) > count_words(short.text)


@pytest.mark.parametrize("method", ["auto", "extractive"])
def test_an_article_without_words_is_answered(method: Method) -> None:
    summaries = _summarise("🎉!\n\n🎈?\n\n🎂!\n\n🎁?\n\n🥳!\n\n🪅?\n\n", method=method)
    assert all(summary.sentences for summary in summaries.values())
