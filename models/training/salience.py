"""Owns the recipe of sentence salience: `python -m models.training.salience --help`.

Logistic regression from the features of `models.salience` to whether a sentence belongs to the
extractive oracle: the few sentences that together share most n-grams with the reference (Nallapati
et al. 2017). The weights are a few hundred bytes of JSON.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from rouge_score.rouge_scorer import RougeScorer

from models.salience import FEATURES, WEIGHTS_FILE, SentenceVectors, describe_sentences
from models.segmentation import find_paragraphs, find_sentences
from models.selection import BUDGETS, Ranking
from models.training.summariser import Document, read_documents
from models.training.text import read_records
from models.words import count_words

ORACLE_SENTENCES = 3
MIN_SENTENCES = 8
MEASURES = ("rouge1", "rouge2", "rougeLsum")


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


def _overlap(found: Counter[tuple[str, ...]], reference: Counter[tuple[str, ...]]) -> float:
    total = found.total() + reference.total()
    return 2 * (found & reference).total() / total if total else 0.0


def fit_logistic(rows: np.ndarray, labels: np.ndarray, ridge: float = 1.0) -> np.ndarray:
    """Return the weights of a logistic regression by Newton's method; rows are n × features."""
    weights = np.zeros(rows.shape[1])
    for _ in range(12):
        chance = 1 / (1 + np.exp(-rows @ weights))
        slope = (rows * (chance * (1 - chance) + 1e-6)[:, None]).T @ rows
        gradient = rows.T @ (labels - chance) - ridge * weights
        weights += np.linalg.solve(slope + ridge * np.eye(len(weights)), gradient)
    return weights


def train(documents: Sequence[Document]) -> dict[str, float]:
    """Return the weight of each feature."""
    rows: list[list[float]] = []
    labels: list[float] = []
    for document in documents:
        oracle = find_oracle(document)
        rows += describe_sentences(document[0], SentenceVectors(document[0]))
        labels += [float(i in oracle) for i in range(len(document[0]))]
    weights = fit_logistic(np.array(rows), np.array(labels))
    return {name: round(float(w), 4) for name, w in zip(FEATURES, weights, strict=True)}


def read_cased(path: Path, rows: int) -> Iterator[Document]:
    """Yield the documents of a corpus of cased articles, each with one reference."""
    language = path.name.split(".")[1]
    for record in islice(read_records(path), rows):
        text = record["article"]
        spans = [
            span
            for paragraph in find_paragraphs(text)
            for span in find_sentences(text, paragraph, language)
        ]
        yield [text[s.start : s.end] for s in spans], [record["summary"]]


def evaluate(data: Path, rows: int) -> dict[str, list[float]]:
    """Return ROUGE-1, -2 and -Lsum (F, stemmed, in per cent) of selections and leads, by name."""
    folder = data / "summarisation"
    news = read_documents(folder / "cnndm.en.dev.jsonl.xz", rows)
    results = {
        f"cnndm {name}": _score(news, choice)
        for name, choice in {
            "long": _choose_long,
            "lead of as many words as long": _lead_long,
            "three sentences": lambda texts: sorted(Ranking(texts).choose(3, 10_000)),
            "lead-3": lambda texts: [0, 1, 2],
        }.items()
    }
    for name in ("xsum.en", "orangesum.fr"):
        documents = list(read_cased(folder / f"{name}.dev.jsonl.xz", rows))
        results[f"{name} one sentence"] = _score(documents, _choose_one)
        results[f"{name} lead-1"] = _score(documents, lambda texts: [0])
    return results


def _choose_one(texts: Sequence[str]) -> list[int]:
    return Ranking(texts).choose(1, BUDGETS["short"].max_words)


def _choose_long(texts: Sequence[str]) -> list[int]:
    return sorted(Ranking(texts).choose(6, BUDGETS["long"].max_words))


def _lead_long(texts: Sequence[str]) -> list[int]:
    words = [count_words(text) for text in texts]
    left = sum(words[i] for i in _choose_long(texts))
    chosen: list[int] = []
    while len(chosen) < len(texts) and words[len(chosen)] <= left:
        left -= words[len(chosen)]
        chosen.append(len(chosen))
    return chosen


def _score(documents: Sequence[Document], choose) -> list[float]:  # type: ignore[no-untyped-def]
    scorer = RougeScorer(list(MEASURES), use_stemmer=True)
    usable = [document for document in documents if len(document[0]) >= MIN_SENTENCES]
    table = [
        [found[name].fmeasure for name in MEASURES]
        for texts, reference in usable
        if (found := scorer.score("\n".join(reference), "\n".join(texts[i] for i in choose(texts))))
    ]
    return [round(100 * float(v), 2) for v in np.mean(np.array(table), axis=0)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and write the weights, or print how good the written ones are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with summarisation/")
    parser.add_argument("--out", type=Path, default=WEIGHTS_FILE, help="where the weights go")
    parser.add_argument("--rows", type=int, default=9_000, help="documents to learn from")
    parser.add_argument("--evaluate", action="store_true", help="measure the written weights")
    parsed = parser.parse_args(arguments)
    if parsed.evaluate:
        print(f"{'':40}{'ROUGE-1':>9}{'ROUGE-2':>9}{'ROUGE-L':>9}")
        for name, row in evaluate(parsed.data, min(parsed.rows, 1_000)).items():
            print(f"{name:40}" + "".join(f"{value:9.2f}" for value in row))
        return
    path = parsed.data / "summarisation" / "cnndm.en.train.jsonl.xz"
    documents = [d for d in read_documents(path, parsed.rows) if len(d[0]) >= MIN_SENTENCES]
    facts = {"recipe": "models.training.salience", "documents": len(documents)}
    text = json.dumps(facts | {"weights": train(documents)}, indent=2)
    parsed.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
