"""The summariser: select, rewrite, ground; fall back to the article's own sentences."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from models.deletion import LANGUAGES, Importance, Shortener, is_shorter_version
from models.grounding import align, find_numbers, is_looping, judge
from models.languages import join_sentences
from models.protocols import (
    Article,
    GenerationSettings,
    Length,
    Method,
    ModelCard,
    Sentence,
    Span,
    Summariser,
    Summary,
    SummarySentence,
    TextModel,
    UnsupportedLanguage,
)
from models.recasing import restore_case
from models.salience import opens_outside
from models.segmentation import ends_like_a_sentence, find_paragraphs, find_sentences
from models.selection import BUDGETS, choose_sentences
from models.wholeness import is_balanced, is_whole
from models.words import count_words

# A model of sentences is asked for several versions of each: they agree on what can be spared.
_SEARCH = GenerationSettings(beam_size=4, hypotheses=4, no_repeat_ngram_size=3)
# A rewritten sentence is worth having if it is this much shorter than its source, not more: what
# is left of a sentence after heavier cuts seldom says the same.
_MAX_SHARE = 0.95
_MIN_SHARE = 0.3
_MIN_WORDS = 4
# A comma inside a number ends no clause.
_CLAUSE_ENDS = re.compile(r"[,;:–—،]\s+|[，；、]")
# Of what is generated from a whole article so much must be known from its evidence: merging
# sentences brings words of its own, unlike shortening one.
_MIN_ARTICLE_COVERAGE = 0.9


_Shorten = Callable[[Sentence, Sequence[str], bool], SummarySentence | None]


@dataclass(frozen=True, slots=True)
class Rewriter:
    """A model and how to use it.

    It `reads` one "sentence" at a time and shortens it, or a whole "article" and writes several
    sentences; one that reads "parts" writes a single sentence of whatever it is given.
    `lowercase`: it was trained on lower-cased text, so case is taken off and put back.
    `languages`: what it writes; none means all that the summariser's card names.
    """

    model: TextModel
    reads: Literal["sentence", "article", "parts"] = "sentence"
    lowercase: bool = False
    languages: tuple[str, ...] = ()

    def writes(self, language: str) -> bool:
        """Tell whether the model is for `language`, of those on the summariser's card."""
        return not self.languages or language in self.languages

    def fits(self, text: str) -> bool:
        """Tell whether the model can read `text` whole."""
        return self.model.count_tokens(text) <= self.model.max_input_tokens

    def write(
        self, texts: Sequence[str], language: str, length: Length, deadline: float | None
    ) -> list[list[str]]:
        """Return the model's hypotheses for each text."""
        given = [text.lower() for text in texts] if self.lowercase else list(texts)
        settings = _SEARCH if self.reads == "sentence" else None
        return self.model.generate(
            given, source=language, target=length, settings=settings, deadline=deadline
        )


class GroundedSummariser(Summariser):
    """Writes summaries in which every sentence has its evidence.

    Extract, then rewrite (Chen and Bansal 2018): the sentences that matter are selected, the
    model shortens them, and what the article does not support is replaced by the sentence it came
    from (`auto`) or flagged (`abstractive`). Without a model every summary is extractive.

    The first of several rewriters that writes the language is taken; for `long`, the first that
    can write more than one sentence, if there is one.
    """

    def __init__(self, card: ModelCard, *rewriters: Rewriter) -> None:
        self._card = card
        self._rewriters = rewriters

    @property
    def card(self) -> ModelCard:
        return self._card

    def summarise(
        self,
        article: Article,
        lengths: Sequence[Length],
        method: Method = "auto",
        deadline: float | None = None,
    ) -> dict[Length, Summary]:
        """Return one summary per length; see `Summariser`."""
        summaries = {
            length: self._summarise(
                article,
                length,
                method,
                self._choose_rewriter(article.language, length, method),
                deadline,
            )
            for length in lengths
        }
        # An article without a word has no longer summary either: there it ends.
        if method != "extractive" and _are_out_of_order(summaries):
            return self.summarise(article, lengths, "extractive")
        return summaries

    def _choose_rewriter(self, language: str, length: Length, method: Method) -> Rewriter | None:
        if method == "extractive":
            return None
        known = language in self._card.languages
        able = [r for r in self._rewriters if known and r.writes(language)]
        if not able and method == "abstractive":
            covered = ", ".join(self._card.languages) or "no language"
            raise UnsupportedLanguage(
                f"There is no abstractive summary of '{language}' here, only of {covered}; "
                "method 'auto' gives an extractive one, the 'hub' profile covers more."
            )
        fuller = [r for r in able if length == "long" and r.reads != "parts"]
        return next(iter((*fuller, *able)), None)

    def _summarise(
        self,
        article: Article,
        length: Length,
        method: Method,
        rewriter: Rewriter | None,
        deadline: float | None,
    ) -> Summary:
        if is_short(article, length):
            return _compose([_quote(s, "verbatim") for s in article.sentences], article)
        chosen = [article.sentences[i] for i in choose_sentences(article, length)]
        quoted = _quote_all(article, chosen, length)
        if not chosen or (rewriter is None and not _is_shortened(article, method)):
            return _compose(quoted, article)
        if rewriter is None:
            written = _shorten_all(article, chosen, length)
        else:
            write = _rewrite_sentences if rewriter.reads == "sentence" else _rewrite_article
            written = write(rewriter, article, chosen, length, method, deadline)
        if length == "long" and _count(written) <= _count_short(article):
            return _compose(quoted, article)
        return _compose(written, article)


def _is_shortened(article: Article, method: Method) -> bool:
    """Tell whether sentences may be shortened, and rules know how in their language."""
    return method != "extractive" and article.language in LANGUAGES


def _are_out_of_order(summaries: Mapping[Length, Summary]) -> bool:
    """Tell whether both lengths are there and the long summary is not the longer one."""
    if len(summaries) < 2 or all(s.method == "verbatim" for s in summaries["long"].sentences):
        return False
    return _count(summaries["long"].sentences) <= _count(summaries["short"].sentences)


def is_short(article: Article, length: Length) -> bool:
    """Tell whether an article is its own summary of that length."""
    budget = BUDGETS[length]
    words = sum(count_words(s.text) for s in article.sentences)
    most = budget.max_sentences if length == "short" else budget.min_sentences
    return len(article.sentences) <= most and words <= budget.max_words


def _quote(
    sentence: Sentence, method: Literal["extractive", "verbatim"] = "extractive"
) -> SummarySentence:
    return SummarySentence(sentence.text, method, (sentence.span,))


def _quote_all(
    article: Article, chosen: Sequence[Sentence], length: Length
) -> list[SummarySentence]:
    """Quote the chosen sentences; where all others are too long, add the beginning of one."""
    quoted = [_quote(s) for s in chosen]
    if chosen and (length == "short" or _count(quoted) > _count_short(article)):
        return quoted
    left = BUDGETS[length].max_words - _count(quoted)
    more = next((s for s in article.sentences if s not in chosen), None)
    return quoted + ([_shorten(more, left)] if more else [])


def _shorten(sentence: Sentence, max_words: int) -> SummarySentence:
    """Return the leading clauses of a sentence that no budget holds, or words, if it must be.

    A word is cut only where it alone is longer than the budget.
    """
    ends = [match.start() for match in _CLAUSE_ENDS.finditer(sentence.text)]
    heads = [sentence.text[:end] for end in ends]
    fitting = [head for head in heads if 0 < count_words(head) <= max_words]
    whole = [head for head in fitting if is_balanced(head)]
    text = (whole or fitting or [_take_words(sentence.text, max_words)])[-1]
    return SummarySentence(text + "…", "extractive", (sentence.span,))


def _take_words(text: str, limit: int) -> str:
    """Return as many leading words as the limit holds; of an endless one, its beginning."""
    words = text.split(" ")
    if len(words) == 1:
        return text[: 2 * limit]
    while len(words) > 1 and count_words(" ".join(words)) > limit:
        words = words[: max(1, len(words) * limit // max(limit + 1, count_words(" ".join(words))))]
    return " ".join(words)


def _compose(sentences: Sequence[SummarySentence], article: Article) -> Summary:
    text = join_sentences([s.text for s in sentences], article.language)
    return Summary(tuple(sentences), text)


def _count(sentences: Sequence[SummarySentence]) -> int:
    return sum(count_words(s.text) for s in sentences)


def _count_short(article: Article) -> int:
    """Count the words of the extractive short summary, which a long one must exceed."""
    return sum(count_words(article.sentences[i].text) for i in choose_sentences(article, "short"))


def _shorten_all(
    article: Article, chosen: Sequence[Sentence], length: Length
) -> list[SummarySentence]:
    """Shorten the chosen sentences by rule alone: what goes is told by its form and its place."""
    shorten = partial(_shorten_safely, _make_shortener(article), length, "auto")
    return [shorten(s, (), number == 0) or _quote(s) for number, s in enumerate(chosen)]


def _make_shortener(article: Article) -> Shortener:
    texts = tuple(s.text for s in article.sentences)
    return Shortener(_weigh_words(texts, article.titles), article.language)


# The lengths of one article are asked for one after another.
@functools.lru_cache(maxsize=4)
def _weigh_words(texts: tuple[str, ...], titles: tuple[str, ...]) -> Importance:
    return Importance(texts, titles)


def _rewrite_sentences(
    rewriter: Rewriter,
    article: Article,
    chosen: Sequence[Sentence],
    length: Length,
    method: Method,
    deadline: float | None,
) -> list[SummarySentence]:
    readable = [s for s in chosen if rewriter.fits(s.text)]
    written = rewriter.write([s.text for s in readable], article.language, length, deadline)
    drafts = {
        sentence: [d for d in found if _is_one_sentence(d, sentence.text, article.language)]
        for sentence, found in zip(readable, written, strict=True)
    }
    lexicon = [s.text for s in article.sentences]
    finish = partial(_finish, lexicon=lexicon, lowercase=rewriter.lowercase)
    shorten: _Shorten = partial(_take_supported, finish)
    if article.language in LANGUAGES:
        shorten = partial(_shorten_safely, _make_shortener(article), length, method)
    fall_back = partial(_flag, finish, lexicon) if method == "abstractive" else _quote_instead
    return [
        shorten(s, drafts.get(s, []), number == 0) or fall_back(s, drafts.get(s, []))
        for number, s in enumerate(chosen)
    ]


def _shorten_safely(
    shortener: Shortener,
    length: Length,
    method: Method,
    sentence: Sentence,
    drafts: Sequence[str],
    opens: bool,
) -> SummarySentence | None:
    """Return the sentence without what it can spare; what is left is in its own words."""
    if method == "abstractive" and not any(is_shorter_version(sentence.text, d) for d in drafts):
        return None
    text = shortener.shorten(sentence.text, length, drafts)
    joined = {*find_numbers(text)} - {*find_numbers(sentence.text)}  # "1 (x) 200" is not 1,200
    if text == sentence.text or joined or not _stands(text, sentence.text, opens):
        return None
    return SummarySentence(text, "abstractive", (sentence.span,))


def _take_supported(
    finish: Callable[[str, str], str], sentence: Sentence, drafts: Sequence[str], opens: bool
) -> SummarySentence | None:
    """Return the best draft that the sentence supports, if it is worth having."""
    for draft in drafts:
        text = finish(draft, sentence.text)
        share = count_words(text) / count_words(sentence.text)
        if (
            _MIN_SHARE <= share <= _MAX_SHARE
            and _stands(text, sentence.text, opens)
            and judge(text, [sentence.text]).supported
        ):
            return SummarySentence(text, "abstractive", (sentence.span,))
    return None


def _quote_instead(sentence: Sentence, drafts: Sequence[str]) -> SummarySentence:
    return _quote(sentence)


def _flag(
    finish: Callable[[str, str], str],
    lexicon: Sequence[str],
    sentence: Sentence,
    drafts: Sequence[str],
) -> SummarySentence:
    """Return the first draft and what is not supported in it; without drafts the sentence."""
    if not drafts:
        return _quote(sentence)
    text = finish(drafts[0], sentence.text)
    flagged = judge(text, [sentence.text], lexicon).unsupported
    return SummarySentence(text, "abstractive", (sentence.span,), flagged)


def _is_one_sentence(text: str, source: str, language: str) -> bool:
    """Tell whether a draft is a sentence no longer than its source, and not looping."""
    if not 0 < count_words(text) <= count_words(source) or is_looping(text):
        return False
    return len(find_sentences(text, Span(0, len(text)), language)) == 1


def _finish(draft: str, source: str, lexicon: Sequence[str], lowercase: bool) -> str:
    text = draft.strip()
    if lowercase:
        text = restore_case(text, [source, source, *lexicon])
    return text if not text or ends_like_a_sentence(text) else text + "."


def _stands(text: str, source: str, opens: bool) -> bool:
    """Tell whether what is left of a sentence is whole, and may open a summary if it has to."""
    return (
        count_words(text) >= _MIN_WORDS
        and is_whole(text, source)
        and not is_looping(text)
        and not (opens and opens_outside(text) and not opens_outside(source))
    )


def _rewrite_article(
    rewriter: Rewriter,
    article: Article,
    chosen: Sequence[Sentence],
    length: Length,
    method: Method,
    deadline: float | None,
) -> list[SummarySentence]:
    """Let the model read as much as it can, and ground each sentence that it writes."""
    parts = [article.sentences]
    if length == "long" and rewriter.reads == "parts":
        parts = _cut_parts(article.sentences, BUDGETS[length].max_sentences)
    given = [_fill_input(rewriter, part, chosen) for part in parts]
    texts = [join_sentences([s.text for s in part], article.language) for part in given if part]
    written = rewriter.write(texts, article.language, length, deadline)
    drafts = [next(iter(hypotheses), "").strip() for hypotheses in written]
    lexicon = [s.text for s in article.sentences]
    grounded = [
        _ground(text, article, lexicon, method, rewriter.lowercase)
        for draft in drafts
        for text in _split(draft, article.language)
    ]
    return _keep_budget([s for s in grounded if s], chosen, length)


def _cut_parts(sentences: Sequence[Sentence], count: int) -> list[tuple[Sentence, ...]]:
    """Return the sentences in at most `count` parts of as many each, in order."""
    size = max(2, -(-len(sentences) // count))
    return [tuple(sentences[i : i + size]) for i in range(0, len(sentences), size)]


def _split(draft: str, language: str) -> list[str]:
    """Return the sentences of a draft."""
    return [
        draft[span.start : span.end]
        for paragraph in find_paragraphs(draft)
        for span in find_sentences(draft, paragraph, language)
    ]


def _fill_input(
    rewriter: Rewriter, sentences: Sequence[Sentence], chosen: Sequence[Sentence]
) -> list[Sentence]:
    """Return those chosen among the sentences and as many leading ones as fit, none cut."""
    order = {sentence: number for number, sentence in enumerate(sentences)}
    left = rewriter.model.max_input_tokens
    given: set[Sentence] = set()
    for sentence in (*(s for s in chosen if s in order), *sentences):
        tokens = rewriter.model.count_tokens(sentence.text) + 1
        if sentence not in given and tokens <= left:
            given.add(sentence)
            left -= tokens
    return sorted(given, key=order.__getitem__)


def _ground(
    draft: str, article: Article, lexicon: Sequence[str], method: Method, lowercase: bool
) -> SummarySentence | None:
    """Return a generated sentence with its evidence; `None` for one that nothing stands behind."""
    evidence = align(draft, article.sentences)
    sources = [s.text for s in evidence]
    text = _finish(draft, " ".join(sources), lexicon, lowercase)
    if is_looping(text) or (method == "auto" and not evidence):
        return None
    verdict = judge(text, sources, lexicon, _MIN_ARTICLE_COVERAGE)
    if method == "auto" and not verdict.supported:
        return _quote(max(evidence, key=lambda s: judge(text, [s.text]).coverage))
    spans = tuple(s.span for s in evidence)
    return SummarySentence(text, "abstractive", spans, verdict.unsupported)


def _keep_budget(
    written: Sequence[SummarySentence], chosen: Sequence[Sentence], length: Length
) -> list[SummarySentence]:
    """Return as many sentences as the budget holds, filled up from the chosen ones."""
    budget = BUDGETS[length]
    kept: list[SummarySentence] = []
    for sentence in (*written, *map(_quote, chosen)):
        words = sum(count_words(s.text) for s in (*kept, sentence))
        enough = len(kept) >= (len(written) or budget.min_sentences) >= budget.min_sentences
        known = any(s.text == sentence.text or s.evidence == sentence.evidence for s in kept)
        if not (enough or known or words > budget.max_words or len(kept) >= budget.max_sentences):
            kept.append(sentence)
    return kept
