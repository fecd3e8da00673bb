"""Owns reading, cleaning and roughening of the parallel text that the recipes learn from."""

import csv
import json
import lzma
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from tokenizers import Regex, normalizers

MAX_WORDS = 60
MAX_TARGETS_PER_SOURCE = 2

# Europarl lost its "œ" in places: these are what is left of œuvre, cœur, nœud, vœux and mœurs.
_LOST_LIGATURE = re.compile(
    r"\b(?:uvre\w*|manuvre\w*|cur|curs|nud|nuds|vux|murs et coutumes)\b", re.IGNORECASE
)
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")

# One normaliser serves training and, inside the saved tokenizer, the service: typographic quotes,
# dashes and spaces have too few examples here for a small model to learn their variants.
NORMALISER = normalizers.Sequence(
    [
        normalizers.NFC(),
        normalizers.Replace(Regex(r"[‘’‚´`ʼ]"), "'"),
        normalizers.Replace(Regex(r"«\s*|\s*»|[“”„‟]"), '"'),
        normalizers.Replace(Regex(r"\s*[—―]\s*"), " - "),
        normalizers.Replace(Regex(r"[–‒‐‑]"), "-"),
        normalizers.Replace("…", "..."),
        normalizers.Replace(Regex(r"[\u00ad\u200b-\u200f\u2060\ufeff]"), ""),
        normalizers.Replace(Regex(r"[\s\p{Cc}]+"), " "),
        normalizers.Replace(Regex(r" (?=[;:!?])"), ""),
        normalizers.Strip(),
    ]
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence and its counterpart, with the name of the collection they came from."""

    origin: str
    source: str
    target: str


def normalise(text: str) -> str:
    """Return `text` as the tokenizer will see it: NFC, plain quotes and dashes, single spaces."""
    return NORMALISER.normalize_str(text)


def read_pairs(path: Path) -> Iterator[Pair]:
    """Yield the normalised pairs of an xz-compressed file of origin, source and target columns.

    Raises `ValueError` when a row has not exactly three columns.
    """
    with lzma.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            origin, source, target = row
            yield Pair(origin, normalise(source), normalise(target))


def write_pairs(pairs: Iterable[Pair], path: Path) -> int:
    """Write pairs as `read_pairs` reads them; return how many."""
    with lzma.open(path, "wt", encoding="utf-8", preset=1) as file:
        lines = (f"{pair.origin}\t{pair.source}\t{pair.target}\n" for pair in pairs)
        return sum(1 for _ in map(file.write, lines))


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of an xz-compressed file of JSON lines."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def other_language(pair: str) -> str:
    """Return the language beside English of a direction such as "en-fr" or "fr-en"."""
    source, target = pair.split("-")
    return target if source == "en" else source


def human_paths(folder: Path, pair: str) -> list[Path]:
    """Return the files of a folder translation/ with what people translated, for a direction."""
    return [folder / f"{kind}.en-{other_language(pair)}.tsv.xz" for kind in ("train", "docs")]


def read_human(folder: Path, pair: str) -> Iterator[Pair]:
    """Yield the pairs that people translated, as a direction such as "en-fr" or "fr-en" has them.

    `folder` is a folder translation/. A direction into English has its sides the other way round.
    """
    found = chain.from_iterable(map(read_pairs, human_paths(folder, pair)))
    if pair.startswith("en-"):
        return found
    return (Pair(row.origin, row.target, row.source) for row in found)


def is_clean(pair: Pair) -> bool:
    """Tell whether both sides look like the same sentence, well formed and of usable length."""
    lengths = len(pair.source), len(pair.target)
    words = pair.source.count(" ") + 1, pair.target.count(" ") + 1
    return (
        min(lengths) > 0
        and max(words) <= MAX_WORDS
        and 0.45 < (lengths[0] + 4) / (lengths[1] + 4) < 2.2
        and all(len(_LETTER.findall(side)) * 2 > len(side) for side in (pair.source, pair.target))
        and (words[0] <= 3 or pair.source.casefold() != pair.target.casefold())
        and Counter(_DIGIT.findall(pair.source)) == Counter(_DIGIT.findall(pair.target))
        and not _LOST_LIGATURE.search(pair.target)
    )


def clean_pairs(pairs: Iterable[Pair], held_out: Iterable[Pair] = ()) -> Iterator[Pair]:
    """Yield the clean pairs once each, at most two targets a source, none of them held out."""
    targets_of = Counter(
        {_fold(pair.source): MAX_TARGETS_PER_SOURCE for pair in held_out},
    )
    seen: set[int] = set()
    for pair in pairs:
        source = _fold(pair.source)
        key = hash((source, _fold(pair.target)))
        if key in seen or targets_of[source] >= MAX_TARGETS_PER_SOURCE or not is_clean(pair):
            continue
        seen.add(key)
        targets_of[source] += 1
        yield pair


def _fold(text: str) -> int:
    return hash("".join(filter(str.isalnum, text.casefold())))


def roughen_pairs(pairs: Iterable[Pair], share: float, seed: int) -> Iterator[Pair]:
    """Yield the pairs, a `share` of them as headlines, lower-case text or unfinished sentences.

    The loss of case is the source's alone, so that the translator learns to restore it.
    """
    chance = random.Random(seed)
    for pair in pairs:
        yield _roughen(pair, chance.randrange(4)) if chance.random() < share else pair


def _roughen(pair: Pair, kind: int) -> Pair:
    if kind == 0:
        return replace(pair, source=pair.source.lower())
    if kind == 1:
        return replace(pair, source=re.sub(r"\b[a-z]", _upper, pair.source))
    return replace(pair, source=pair.source.rstrip(".!"), target=pair.target.rstrip(".!"))


def _upper(match: re.Match[str]) -> str:
    return match.group().upper()
