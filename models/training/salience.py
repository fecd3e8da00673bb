"""Owns the recipe of selection: `python -m models.training.salience --help`.

Salience: logistic regression from the features of `models.salience` to whether a sentence belongs
to the extractive oracle: the few sentences that together share most n-grams with the reference
(Nallapati et al. 2017). Stop: the same from `STOP_FEATURES` to whether the sentence that comes next
makes a summary better. The weights are some hundred bytes of JSON.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from rouge_score.rouge_scorer import RougeScorer

from models.protocols import Length
from models.salience import FEATURES, WEIGHTS_FILE, SentenceVectors, describe_sentences
from models.segmentation import find_paragraphs, find_sentences
from models.selection import BUDGETS, STOP_FEATURES, Budget, Ranking
from models.training.summariser import Document, read_documents
from models.training.text import read_records
from models.words import count_words

ORACLE_SENTENCES = 3
MIN_SENTENCES = 8
MEASURES = ("rouge1", "rouge2", "rougeLsum")
# How much recall is worth beside precision (the beta of F): who asks for the short summary wants
# no word too many, who asks for the long one wants to miss nothing.
RECALL_WORTH: Mapping[Length, float] = {"short": 1.0, "long": 2.5}
# News, and summaries, of two languages.
STOP_DOCUMENTS: Mapping[Length, Sequence[str]] = {
    "short": ("xsum.en", "orangesum.fr"),
    "long": ("cnndm.en",),
}


def count_grams(text: str) -> Counter[tuple[str, ...]]:
    """Return the unigrams and bigrams of a text."""
    words = re.findall(r"\w+", text.lower())
    return Counter((w,) for w in words) + Counter(zip(words, words[1:], strict=False))


def find_oracle(document: Document) -> set[int]:
    """Return the sentences that a greedy search for n-gram overlap with the reference finds."""
    grams = [count_grams(text) for text in document[0]]
    reference = sum(map(count_grams, document[1]), Counter())
    chosen: set[int] = set()
    best, so_far = 0.0, Counter[tuple[str, ...]]()
    while len(chosen) < ORACLE_SENTENCES:
        scores = {
            i: _overlap(so_far + g, reference) for i, g in enumerate(grams) if i not in chosen
        }
        index = max(scores, key=scores.__getitem__)
        if scores[index] <= best:
            break
        best = scores[index]
        chosen.add(index)
        so_far += grams[index]
    return chosen


def _overlap(
    found: Counter[tuple[str, ...]], reference: Counter[tuple[str, ...]], beta: float = 1.0
) -> float:
    total = found.total() + beta**2 * reference.total()
    return (1 + beta**2) * (found & reference).total() / total if total else 0.0


def fit_logistic(rows: np.ndarray, labels: np.ndarray, ridge: float = 1.0) -> np.ndarray:
    """Return the weights of a logistic regression by Newton's method; rows are n × features."""
    weights = np.zeros(rows.shape[1])
    for _ in range(12):
        chance = 1 / (1 + np.exp(-rows @ weights))
        slope = (rows * (chance * (1 - chance) + 1e-6)[:, None]).T @ rows
        gradient = rows.T @ (labels - chance) - ridge * weights
        weights += np.linalg.solve(slope + ridge * np.eye(len(weights)), gradient)
    return weights


def train_salience(documents: Sequence[Document]) -> dict[str, float]:
    """Return the weight of each feature of salience."""
    rows: list[list[float]] = []
    labels: list[float] = []
    for document in documents:
        oracle = find_oracle(document)
        rows += describe_sentences(document[0], SentenceVectors(document[0]))
        labels += [float(i in oracle) for i in range(len(document[0]))]
    return _name_weights(FEATURES, fit_logistic(np.array(rows), np.array(labels)))


def train_stop(documents: Sequence[Document], length: Length) -> dict[str, float]:
    """Return the weight of each feature of the stop, with the salience that is written."""
    rows: list[list[float]] = []
    labels: list[float] = []
    for document in documents:
        for features, label in _walk(document, length):
            rows.append([features[name] for name in STOP_FEATURES])
            labels.append(float(label))
    return _name_weights(STOP_FEATURES, fit_logistic(np.array(rows), np.array(labels)))


def _walk(document: Document, length: Length) -> Iterator[tuple[dict[str, float], bool]]:
    """Yield, for every step that a stop decides on, its features and whether it is for the good."""
    texts, reference = document[0], sum(map(count_grams, document[1]), Counter())
    ranking, beta = Ranking(texts), RECALL_WORTH[length]
    chosen: list[int] = []
    so_far = Counter[tuple[str, ...]]()
    for index in ranking.follow(BUDGETS[length]):
        longer = so_far + count_grams(texts[index])
        if len(chosen) >= BUDGETS[length].min_sentences:
            gains = _overlap(longer, reference, beta) > _overlap(so_far, reference, beta)
            yield ranking.describe_step(index, chosen), gains
        chosen.append(index)
        so_far = longer


def _name_weights(names: Sequence[str], weights: np.ndarray) -> dict[str, float]:
    return {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}


def read_cased(path: Path, rows: int | None) -> Iterator[Document]:
    """Yield the documents of a corpus of cased articles, each with its reference if it has one."""
    language = path.name.split(".")[1]
    for record in islice(read_records(path), rows):
        text = record["article"]
        spans = [
            span
            for paragraph in find_paragraphs(text)
            for span in find_sentences(text, paragraph, language)
        ]
        references = [record["summary"]] if "summary" in record else []
        yield [text[s.start : s.end] for s in spans], references


Choose = Callable[[Sequence[str]], list[int]]


def evaluate(data: Path, rows: int) -> Iterator[tuple[str, list[float], float]]:
    """Yield a name, ROUGE-1, -2 and -Lsum (F, stemmed, in per cent) and the mean of sentences."""
    folder = data / "summarisation"
    news = read_documents(folder / "cnndm.en.dev.jsonl.xz", rows)
    choices: dict[str, Choose] = {
        "long, with its stop": _choose_long,
        "lead of as many words": _lead_long,
        "always four": _choose_always("long", 4),
        "always six": _choose_always("long", 6),
        "always eight": _choose_always("long", 8),
        "always three": _choose_always("long", 3),
        "lead-3": lambda texts: [0, 1, 2],
    }
    for name, choose in choices.items():
        yield f"cnndm.en {name}", *_score(news, choose)
    choices = {
        "short, with its stop": lambda texts: sorted(Ranking(texts).summarise("short")),
        "always two": _choose_always("short", 2),
        "always one": _choose_always("short", 1),
        "lead-1": lambda texts: [0],
    }
    for source in STOP_DOCUMENTS["short"]:
        documents = list(read_cased(folder / f"{source}.dev.jsonl.xz", rows))
        for name, choose in choices.items():
            yield f"{source} {name}", *_score(documents, choose)


def _choose_always(length: Length, count: int) -> Choose:
    budget = Budget(count, count, BUDGETS[length].max_words)
    return lambda texts: sorted(Ranking(texts).follow(budget))


def _choose_long(texts: Sequence[str]) -> list[int]:
    ranking = Ranking(texts)
    return sorted(ranking.summarise("long", ranking.summarise("short")))


def _lead_long(texts: Sequence[str]) -> list[int]:
    words = [count_words(text) for text in texts]
    left = sum(words[i] for i in _choose_long(texts))
    chosen: list[int] = []
    while len(chosen) < len(texts) and words[len(chosen)] <= left:
        left -= words[len(chosen)]
        chosen.append(len(chosen))
    return chosen


def _score(documents: Sequence[Document], choose: Choose) -> tuple[list[float], float]:
    scorer = RougeScorer(list(MEASURES), use_stemmer=True)
    usable = [document for document in documents if len(document[0]) >= MIN_SENTENCES]
    table, counts = [], []
    for texts, reference in usable:
        chosen = choose(texts)
        found = scorer.score("\n".join(reference), "\n".join(texts[i] for i in chosen))
        table.append([found[name].fmeasure for name in MEASURES])
        counts.append(len(chosen))
    means = [round(100 * float(v), 2) for v in np.mean(np.array(table), axis=0)]
    return means, float(np.mean(counts))


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and write the weights, or print how good the written ones are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with summarisation/")
    parser.add_argument("--rows", type=int, default=9_000, help="documents to learn from")
    parser.add_argument("--stop", action="store_true", help="learn the stop alone")
    parser.add_argument("--evaluate", action="store_true", help="measure the written weights")
    parsed = parser.parse_args(arguments)
    if parsed.evaluate:
        print(f"{'':40}{'ROUGE-1':>9}{'ROUGE-2':>9}{'ROUGE-L':>9}{'sentences':>11}")
        for name, row, count in evaluate(parsed.data, min(parsed.rows, 1_000)):
            print(f"{name:40}" + "".join(f"{value:9.2f}" for value in row) + f"{count:11.2f}")
        return
    folder = parsed.data / "summarisation"
    if not parsed.stop:
        documents = _read_usable(folder, "cnndm.en", parsed.rows)
        _write_weights({"documents": len(documents), "salience": train_salience(documents)})
    stops = {
        length: train_stop(
            [d for name in names for d in _read_usable(folder, name, parsed.rows // 3)], length
        )
        for length, names in STOP_DOCUMENTS.items()
    }
    _write_weights({"stop": stops})


def _read_usable(folder: Path, name: str, rows: int) -> list[Document]:
    path = folder / f"{name}.train.jsonl.xz"
    found = read_documents(path, rows) if name.startswith("cnndm") else read_cased(path, rows)
    return [document for document in found if len(document[0]) >= MIN_SENTENCES]


def _write_weights(weights: Mapping[str, object]) -> None:
    stored = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8")) | dict(weights)
    WEIGHTS_FILE.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
