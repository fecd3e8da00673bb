"""Whatever the text, reading, cleaning and grounding end, and hold what they promise."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.cleaning import clean, is_boilerplate, is_caption, strip_dateline
from models.grounding import align, find_names, find_numbers, is_looping, judge, read_number
from models.protocols import Span
from models.reader import TextReader
from models.recasing import restore_case
from models.segmentation import cut_text, find_gaps, find_paragraphs, find_sentences
from models.stubs import StubSummariser, StubTextModel
from models.summariser import GroundedSummariser, Rewriter
from models.wholeness import is_balanced, is_whole
from models.words import count_words

# What breaks readers of text, among any characters: marks, digits of many scripts, joined
# letters, direction marks, half-decoded text, and what tokenisers take for orders.
TRAPS = (
    *'."!?…。！？؟।:;,()[]{}"“”„«»‘’\'-–—/\\&<>%#@',
    *("\n", "\r\n", "\n\n", "\t", "\u00a0", "\u200b", "\u200d", "\ufeff", "\u202e", "\x00", "\x1b"),
    *("12", "1.000,50", "1,000.5", "½", "²", "٣", "१२", "十二", "Ⅻ", "1e999", "%", "10 %", "-0"),
    *("Mr.", "e.g.", "U.S.", "p. 3", "No. 5", "said", "not", "The", "Port Ellery", "don't"),
    *("Ã©", "â€™", "&amp;", "&#x27;", "ﬁ", "é", "İ", "ß", "ǆ", "\U0001f600", "👨‍👩‍👧", "🇫🇷"),
    *("</s>", "<pad>", "<unk>", ">>fra<<", "<2fr>", "__fr__", "▁", "<s>", "Powered by"),
)
LANGUAGES = st.sampled_from(["en", "fr", "de", "ja", "zh", "ar", "hi", "ru", "th", "und", "xx"])
PIECE = st.one_of(
    st.sampled_from(TRAPS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.sampled_from(["bridge", "closed", "Monday", "мост", "橋", "الجسر", "पुल"]),
)
TEXT = st.builds(
    lambda pieces, joint: joint.join(pieces),
    st.lists(PIECE, max_size=30),
    st.sampled_from(["", " ", " ", "\n"]),
)
READER = TextReader()


@given(text=TEXT, language=LANGUAGES)
def test_sentences_lie_in_the_text_in_their_order(text: str, language: str) -> None:
    spans = [
        span
        for paragraph in find_paragraphs(text)
        for span in find_sentences(text, paragraph, language)
    ]
    ends = [0]
    for span in spans:
        assert ends[-1] <= span.start < span.end <= len(text)
        assert text[span.start : span.end].strip()
        ends.append(span.end)
    gaps = find_gaps(text, spans)
    parts = [text[s.start : s.end] for s in spans]
    assert "".join(a + b for a, b in zip(gaps, [*parts, ""], strict=True)) == text


@given(text=TEXT)
def test_cleaning_ends_and_leaves_one_clean_line(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == cleaned.strip()
    assert not set(cleaned) & set("\n\r\t\x00\x1b")
    for look in (is_boilerplate, is_caption, strip_dateline, is_balanced):
        look(cleaned)
        look(text)


@given(text=TEXT, language=LANGUAGES)
def test_reading_keeps_the_text_and_points_into_it(text: str, language: str) -> None:
    article = READER.read(text, None if language == "xx" else language)
    assert article.text == text
    for sentence in article.sentences:
        assert text[sentence.span.start : sentence.span.end]
    page = READER.lay_out(text, None if language == "xx" else language)
    assert page.rebuild(list(page.sentences)) == page.rebuild(list(page.sentences))


@given(text=TEXT, source=TEXT)
def test_grounding_judges_any_pair_of_texts(text: str, source: str) -> None:
    verdict = judge(text, [source], [source, text])
    assert isinstance(verdict.supported, bool)
    for number in find_numbers(text):
        assert read_number(number)
    find_names(text)
    is_looping(text)
    is_whole(text, source)
    assert count_words(text) >= 0
    align(text, READER.read(source).sentences)
    restore_case(text, [source])


@given(text=TEXT)
def test_a_number_that_no_source_has_is_never_supported(text: str) -> None:
    assert not judge(f"{text} It cost 987654321 euros.", ["It cost 12 euros."]).supported


@given(text=TEXT, size=st.integers(1, 12))
def test_a_cut_text_keeps_all_but_spaces(text: str, size: int) -> None:
    parts = cut_text(text, lambda part: len(part) <= size)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(text=TEXT, drafts=st.lists(TEXT, min_size=1, max_size=3))
def test_whatever_a_model_writes_the_summary_is_grounded(text: str, drafts: list[str]) -> None:
    """Each sentence has evidence that lies in the article, or is the article's own."""
    card = StubSummariser().card
    rewriter = Rewriter(StubTextModel(lambda _text: drafts))
    summariser = GroundedSummariser(card, rewriter)
    article = READER.read(text, "en")
    if article.sentences:
        for summary in summariser.summarise(article, ["short", "long"]).values():
            assert summary.text.strip()
            for sentence in summary.sentences:
                assert sentence.evidence
                assert not sentence.unsupported
                for span in sentence.evidence:
                    assert Span(0, len(text)).start <= span.start < span.end <= len(text)
