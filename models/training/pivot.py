"""Owns the pairs made by a pivot: English with Spanish that Apertium wrote from human French.

`python -m models.training.pivot --data DIR`. There is five times as much English-French as
English-Spanish text here, and a rule-based translator between two Romance languages is better than
what the embedded translator learns from the Spanish alone. The English stays human.
"""

import argparse
import lzma
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import chain, islice, pairwise
from pathlib import Path

from sacrebleu.metrics import CHRF

from models.training.text import Pair, read_pairs

# What only the pivot has enough of; the talk of Tatoeba is there in Spanish.
ORIGINS = ("europarl", "news", "tico19", "iwslt")
LANGUAGE = "es"
ROWS = 20_000

# Three of ten sentences are this usual: of more than can be learnt from, the best.
USUAL_SHARE = 0.84

Translator = Callable[[str], str]
Words = tuple[str, str]

_TOKEN = re.compile(r"\w+|[^\w\s]")
# Apertium writes these before a word that it does not know or cannot inflect.
_MARKS = re.compile(r"[*#@]")
_UNKNOWN = re.compile(r"\*(?=\w)")
_UNKNOWN_NAME = re.compile(r"(?<!^)\*(?=[A-ZÀ-Þ])")
_CAPITALS = re.compile(r"\b[^\W\d_a-zß-ÿ]{2,}\b")


def apertium(lines: str) -> str:
    """Return the Spanish of French lines, one for each.

    Raises `FileNotFoundError` without the packages apertium and apertium-fr-es, and
    `subprocess.CalledProcessError` when it fails.
    """
    command = ["apertium", "-f", "line", "fr-es"]
    return subprocess.run(command, input=lines, capture_output=True, text=True, check=True).stdout


def neighbours(text: str) -> list[Words]:
    """Return the words and punctuation marks of a text, each with the one after it."""
    return list(pairwise(["", *_TOKEN.findall(text.casefold())]))


def usual_share(text: str, known: Set[Words]) -> float:
    """Return the share of a text's neighbours that people have written side by side."""
    found = neighbours(text)
    return sum(pair in known for pair in found) / max(1, len(found))


def pivot_pairs(
    pairs: Iterable[Pair], known: Set[Words], translate: Translator = apertium
) -> Iterator[Pair]:
    """Yield English-Spanish pairs made of English-French ones; doubtful sentences are left out.

    `known` are the neighbours in Spanish that people wrote: what Apertium takes word by word
    ("tirar marchada" for "tirer parti") is not among them. The origin of a pair is the old one
    after "pivot-". Raises `ValueError` where lines were lost.
    """
    fit = (pair for pair in pairs if pair.origin in ORIGINS and _is_fit(pair.target))
    while rows := list(islice(fit, ROWS)):
        written = translate("".join(pair.target + "\n" for pair in rows)).splitlines()
        if len(written) != len(rows):
            raise ValueError(f"{len(rows)} lines became {len(written)}")
        for pair, line in zip(rows, written, strict=True):
            target = _finish(pair.target, line)
            if target and usual_share(target, known) >= USUAL_SHARE:
                yield Pair(f"pivot-{pair.origin}", pair.source, target)


def _is_fit(french: str) -> bool:
    """Tell whether the sentence is a plain one.

    Apertium opens no Spanish question with "¿", and leaves "M." as it is.
    """
    return french.endswith(".") and not re.search(r"[?!*#@]|\bM\.", french)


def _finish(french: str, spanish: str) -> str | None:
    """Return the sentence with its full stop, which Apertium drops, or none if it is no good."""
    text = _UNKNOWN_NAME.sub("", spanish.strip())
    if _MARKS.search(text) or set(_CAPITALS.findall(text)) - set(_CAPITALS.findall(french)):
        return None
    return text if text.endswith(".") else f"{text}."


def score_pivot(
    french: Iterable[Pair], spanish: Iterable[Pair], translate: Translator = apertium
) -> float:
    """Return the chrF, from 0 to 100, of the pivot's Spanish for pairs with the same English."""
    references = {pair.source: pair.target for pair in spanish}
    shared = [pair for pair in french if pair.source in references]
    written = translate("".join(pair.target + "\n" for pair in shared)).splitlines()
    outputs = [
        f"{_UNKNOWN.sub('', line)}{'.' if pair.target.endswith('.') else ''}"
        for pair, line in zip(shared, written, strict=True)
    ]
    return CHRF().corpus_score(outputs, [[references[pair.source] for pair in shared]]).score


def write_pairs(pairs: Iterable[Pair], path: Path) -> int:
    """Write pairs as `read_pairs` reads them; return how many."""
    with lzma.open(path, "wt", encoding="utf-8", preset=1) as file:
        lines = (f"{pair.origin}\t{pair.source}\t{pair.target}\n" for pair in pairs)
        return sum(1 for _ in map(file.write, lines))


def pivot_path(folder: Path, language: str) -> Path:
    """Return where in a folder of work the pairs of English and `language` lie."""
    return folder / f"pivot.en-{language}.tsv.xz"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the pairs into the folder where the translator's recipe looks for them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with translation/")
    parser.add_argument("--work", type=Path, default=Path(".training/translator"))
    parsed = parser.parse_args(arguments)
    parsed.work.mkdir(parents=True, exist_ok=True)
    data = parsed.data / "translation"
    human = [read_pairs(data / f"{kind}.en-{LANGUAGE}.tsv.xz") for kind in ("train", "docs")]
    known = set(chain.from_iterable(neighbours(pair.target) for pair in chain(*human)))
    pairs = pivot_pairs(read_pairs(data / "train.en-fr.tsv.xz"), known)
    path = pivot_path(parsed.work, LANGUAGE)
    print(write_pairs(pairs, path), "pairs in", path)
    french, spanish = (read_pairs(data / f"dev.en-{code}.tsv.xz") for code in ("fr", LANGUAGE))
    print(f"chrF of the dev set's French in Spanish: {score_pivot(french, spanish):.1f}")


if __name__ == "__main__":
    main()
