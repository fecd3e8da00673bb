"""Owns the measures of what is served: `python -m models.training.quality --help`.

What a reader of summaries and translations gets, by the embedded models and the service's own
path: how near the references, how true to the article, how much shorter than its sentences, how
fast.
"""

import argparse
import functools
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import CHRF

from models.catalogue import (
    EMBEDDED,
    Means,
    find_entry,
    list_models,
    open_model,
    open_translator,
)
from models.grounding import is_looping
from models.languages import identify
from models.names import list_missing
from models.pairs import PIVOT
from models.protocols import (
    Article,
    GenerationSettings,
    Length,
    Sentence,
    Span,
    TextModel,
    Translation,
)
from models.quantities import count_kept, list_quantities
from models.reader import TextReader
from models.summariser import GroundedSummariser, Rewriter
from models.training.summariser import read_documents
from models.training.text import read_pairs, read_records
from models.translator import SentenceTranslator
from models.words import count_words

MEASURES = ("rouge1", "rouge2", "rougeLsum")
MIN_SENTENCES = 8
SPEED_WORDS = 1_000
_WORD = re.compile(r"[^\W\d_]{4,}")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Example:
    """An article and its reference summary, a sentence an item; none for plain news."""

    article: Article
    reference: Sequence[str] = ()


class TimedModel(TextModel):
    """A model that adds up the seconds it was busy, and the best drafts it wrote."""

    def __init__(self, model: TextModel) -> None:
        self._model = model
        self.seconds = 0.0
        self.drafts: list[str] = []

    @property
    def max_input_tokens(self) -> int:
        return self._model.max_input_tokens

    def count_tokens(self, text: str) -> int:
        """Count as the model does."""
        return self._model.count_tokens(text)

    def generate(
        self,
        texts: Sequence[str],
        *,
        source: str | None = None,
        target: str | None = None,
        settings: GenerationSettings | None = None,
        deadline: float | None = None,
    ) -> list[list[str]]:
        """Generate as the model does."""
        began = time.thread_time()
        made = self._model.generate(
            texts, source=source, target=target, settings=settings, deadline=deadline
        )
        self.seconds += time.thread_time() - began
        self.drafts += [hypotheses[0] for hypotheses in made]
        return made


@dataclass(slots=True)
class Truth:
    """What summaries say that their articles do not, and how they came to be; counts."""

    sentences: int = 0
    with_unknown_number: int = 0
    with_unknown_word: int = 0
    rewritten: int = 0
    shares: list[float] = field(default_factory=list)

    def add(self, text: str, article: str) -> None:
        """Count a sentence; numbers and words are compared as they are written."""
        self.sentences += 1
        known = {word.lower() for word in _WORD.findall(article)}
        self.with_unknown_word += any(w.lower() not in known for w in _WORD.findall(text))
        self.with_unknown_number += not {*_NUMBER.findall(article)}.issuperset(
            _NUMBER.findall(text)
        )

    def row(self) -> str:
        """Return the counts as cells of a Markdown table."""
        shares = [self.with_unknown_number, self.with_unknown_word, self.rewritten]
        cells = [f"{100 * share / max(1, self.sentences):.2f} %" for share in shares]
        ratio = f"{np.mean(self.shares):.2f}" if self.shares else "-"
        return " | ".join([str(self.sentences), *cells, ratio])


def make_summariser() -> tuple[GroundedSummariser, TimedModel]:
    """Return the embedded summariser on one core, and the model inside it."""
    entry = find_entry("summarise", "embedded", EMBEDDED)
    model = TimedModel(open_model(entry, Means(cores=1)))
    return GroundedSummariser(entry.card, Rewriter(model, entry.reads, entry.lowercase)), model


def build_article(sentences: Sequence[str], language: str) -> Article:
    """Return an article whose sentences are known."""
    text, placed = "", []
    for sentence in sentences:
        placed.append(Sentence(Span(len(text), len(text) + len(sentence)), sentence))
        text += sentence + " "
    return Article(text, language, 1.0, tuple(placed))


def read_tokenised(path: Path, rows: int) -> Iterator[Example]:
    """Yield the examples of CNN/DM."""
    for sentences, reference in read_documents(path, rows):
        yield Example(build_article(sentences, "en"), reference)


def read_cased(path: Path, rows: int) -> Iterator[Example]:
    """Yield the examples of a file of cased articles, plain news with their titles."""
    language, reader = path.name.split(".")[1], TextReader()
    for record in islice(read_records(path), rows):
        parts = [record.get("title", ""), record["article"]]
        article = reader.read("\n\n".join(filter(None, parts)), language)
        yield Example(article, [record["summary"]] if "summary" in record else ())


def measure_rouge(examples: Sequence[Example], write: Callable[[Article], Sequence[str]]) -> str:
    """Return mean ROUGE-1, -2 and -Lsum (F, stemmed, in per cent) as cells of a table."""
    scorer = RougeScorer(list(MEASURES), use_stemmer=True)
    scores = [
        scorer.score("\n".join(example.reference), "\n".join(write(example.article)))
        for example in examples
    ]
    return " | ".join(f"{100 * np.mean([s[m].fmeasure for s in scores]):.2f}" for m in MEASURES)


def compare_with_leads(data: Path, rows: int, summariser: GroundedSummariser) -> Iterator[str]:
    """Yield the rows of a table of summaries and leads against the references."""
    folder = data / "summarisation"
    news = list(read_tokenised(folder / "cnndm.en.dev.jsonl.xz", rows))
    news = [example for example in news if len(example.article.sentences) >= MIN_SENTENCES]
    short = {
        "xsum.en": read_cased(folder / "xsum.en.dev.jsonl.xz", rows),
        "orangesum.fr": read_cased(folder / "orangesum.fr.dev.jsonl.xz", rows),
    }

    @functools.cache
    def summarise(article: Article, length: Length) -> list[str]:
        made = summariser.summarise(article, [length])[length]
        return [sentence.text for sentence in made.sentences]

    def write(length: Length, count: int = 99) -> Callable[[Article], list[str]]:
        return lambda article: summarise(article, length)[:count]

    yield f"| cnndm.en | long | {measure_rouge(news, write('long'))} |"
    yield f"| cnndm.en | lead of as many words | {measure_rouge(news, _lead_like(write('long')))} |"
    yield f"| cnndm.en | first three of long | {measure_rouge(news, write('long', 3))} |"
    yield f"| cnndm.en | lead-3 | {measure_rouge(news, _lead(3))} |"
    for name, examples in short.items():
        usable = [e for e in examples if e.article.sentences]
        yield f"| {name} | short | {measure_rouge(usable, write('short'))} |"
        yield f"| {name} | first of short | {measure_rouge(usable, write('short', 1))} |"
        yield f"| {name} | lead-1 | {measure_rouge(usable, _lead(1))} |"


def _lead(count: int) -> Callable[[Article], list[str]]:
    return lambda article: [s.text for s in article.sentences[:count]]


def _lead_like(write: Callable[[Article], Sequence[str]]) -> Callable[[Article], list[str]]:
    """Return what writes the leading words of an article, as many as `write` uses."""

    def lead(article: Article) -> list[str]:
        left = sum(count_words(text) for text in write(article))
        lines: list[str] = []
        for sentence in article.sentences:
            lines.append(" ".join(sentence.text.split()[: max(0, left)]))
            left -= count_words(sentence.text)
        return list(filter(None, lines))

    return lead


def measure_truth(
    examples: Sequence[Example], length: Length, summariser: GroundedSummariser, model: TimedModel
) -> tuple[Truth, Truth]:
    """Return the counts of grounded summaries, and of the model's first drafts for the same."""
    grounded, raw = Truth(), Truth()
    for example in examples:
        article = example.article
        model.drafts.clear()
        for sentence in summariser.summarise(article, [length])[length].sentences:
            grounded.add(sentence.text, article.text)
            grounded.rewritten += sentence.method == "abstractive"
            if sentence.method == "abstractive":
                (span,) = sentence.evidence
                source = count_words(article.text[span.start : span.end])
                grounded.shares.append(count_words(sentence.text) / source)
        for draft in model.drafts:
            raw.add(draft, article.text)
            raw.rewritten += draft.lower() not in article.text.lower()
    return grounded, raw


def measure_speed(
    examples: Sequence[Example], summariser: GroundedSummariser, model: TimedModel
) -> list[float]:
    """Return the milliseconds of each article of 1,000 words: reading, and the rest but the model.

    Articles are made of those given, one after another, and summarised at both lengths.
    """
    text, times = "", []
    for example in examples:
        text += example.article.text + "\n\n"
        if count_words(text) < SPEED_WORDS:
            continue
        words = text.split(" ")[:SPEED_WORDS]
        began = time.thread_time()
        article = TextReader().read(" ".join(words), "en")
        read, model.seconds = time.thread_time(), 0.0
        summariser.summarise(article, ["short", "long"])
        spent = time.thread_time() - read - model.seconds
        times.append((1_000 * (read - began), 1_000 * spent))
        text = ""
    return [float(np.median(column)) for column in zip(*times, strict=True)]


def report_translations(data: Path, rows: int) -> Iterator[str]:
    """Yield a table of what the translators and the checks around them do with the dev sets.

    Beside what is served stand what the same checks make without the lists of names and words, and
    the references: what people write has no fewer faults by these measures.
    """
    yield (
        "| pair | text | sentences | chrF | right language | numbers kept | names kept "
        "| unknown words | loops | warnings | seconds |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    for name in list_models("translate", "embedded"):
        entry = find_entry("translate", "embedded", EMBEDDED, name)
        translator = open_translator(entry, Means())
        plain = translator.without_lists()
        for source, targets in entry.card.pairs.items():
            for target in targets:
                given, references = _read_dev(data, rows, source, target)
                way = translator.plan(source, target)
                people = [
                    Translation(text, warnings=tuple(translator.judge(sentence, text, source, way)))
                    for sentence, text in zip(given, references, strict=True)
                ]
                measured = {
                    "as served": _time(translator, given, source, target),
                    "without lists": _time(plain, given, source, target),
                    "people's": (people, 0.0),
                }
                for text, (made, seconds) in measured.items():
                    cells = _describe(translator, given, references, made, source, target)
                    time_taken = f"{seconds:.0f}" if seconds else "-"
                    yield f"| {source}→{target} | {text} | {len(given)} | {cells} | {time_taken} |"


def _time(
    translator: SentenceTranslator, given: Sequence[str], source: str, target: str
) -> tuple[list[Translation], float]:
    began = time.perf_counter()
    return translator.translate(given, source, target), time.perf_counter() - began


def _read_dev(data: Path, rows: int, source: str, target: str) -> tuple[list[str], list[str]]:
    foreign = target if source == PIVOT else source
    path = data / "translation" / f"dev.{PIVOT}-{foreign}.tsv.xz"
    pairs = list(islice(read_pairs(path), rows))
    english, other = [pair.source for pair in pairs], [pair.target for pair in pairs]
    return (english, other) if source == PIVOT else (other, english)


def _describe(
    translator: SentenceTranslator,
    given: Sequence[str],
    references: Sequence[str],
    made: Sequence[Translation],
    source: str,
    target: str,
) -> str:
    """Return the measures of translations as cells."""
    texts = [translation.text for translation in made]
    both = list(zip(given, texts, strict=True))
    score = CHRF().corpus_score(texts, [list(references)]).score
    kept = sum(count_kept(one, source, other, target) for one, other in both)
    share = 100 * kept / max(1, sum(len(list_quantities(text, source)) for text in given))
    names = [translator.names.find(text, source) for text in given]
    total = sum(map(len, names))
    missing = sum(len(list_missing(own, text)) for own, text in zip(names, texts, strict=True))
    named = f"{100 * (1 - missing / total):.1f} %" if total else "-"
    unknown = sum(len(translator.lexicon.find_unknown(*pair, target)) for pair in both)
    loops = sum(is_looping(text) and not is_looping(sentence) for sentence, text in both)
    warned = 100 * np.mean([bool(translation.warnings) for translation in made])
    right = 100 * _share_in(target, texts)
    return (
        f"{score:.1f} | {right:.2f} % | {share:.2f} % | {named} | {unknown} | {loops} "
        f"| {warned:.2f} %"
    )


def _share_in(language: str, texts: Sequence[str]) -> float:
    """Return the share of the texts of four words and more that are taken for a language."""
    found = [identify(text).code == language for text in texts if count_words(text) >= 4]
    return float(np.mean(found))


def report(data: Path, rows: int) -> Iterator[str]:
    """Yield the tables of the measures of summaries."""
    summariser, model = make_summariser()
    yield "| articles | summary | ROUGE-1 | ROUGE-2 | ROUGE-Lsum |\n|---|---|---|---|---|"
    yield from compare_with_leads(data, rows, summariser)
    yield ""
    yield (
        "| articles | length | text | sentences | unknown number | unknown word | rewritten "
        "| words kept |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    news = list(read_cased(data / "summarisation" / "bbc.en.articles.jsonl.xz", rows))
    french = list(read_cased(data / "summarisation" / "orangesum.fr.dev.jsonl.xz", rows))
    for name, examples in (("bbc.en", news), ("orangesum.fr", french)):
        for length in ("short", "long"):
            grounded, raw = measure_truth(examples, length, summariser, model)
            yield f"| {name} | {length} | as served | {grounded.row()} |"
            if raw.sentences:
                yield f"| {name} | {length} | the model's first drafts | {raw.row()} |"
    read, spent = measure_speed(news, summariser, model)
    yield f"\nFor {SPEED_WORDS:,} words, one core, median: reading {read:.0f} ms, selection and"
    yield f"grounding of both lengths {spent:.0f} ms."


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with summarisation/")
    parser.add_argument("--rows", type=int, default=1_000, help="articles or sentences of a file")
    parser.add_argument("--translations", action="store_true", help="measure those instead")
    parsed = parser.parse_args(arguments)
    measure = report_translations if parsed.translations else report
    for line in measure(parsed.data, parsed.rows):
        print(line, flush=True)


if __name__ == "__main__":
    main()
