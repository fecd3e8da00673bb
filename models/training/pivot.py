"""Owns the pairs made by a pivot: English with Spanish that Apertium wrote from human French.

`python -m models.training.pivot --data DIR`. There is five times as much English-French as
English-Spanish text here, and a rule-based translator between two Romance languages is better than
what the embedded translator learns from the Spanish alone. The English stays as it is; with pairs
of `models.training.backtranslation` for en-fr in the folder of work, these are taken too.
"""

import argparse
import random
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import chain, islice, pairwise
from pathlib import Path

from sacrebleu.metrics import CHRF

from models.training.backtranslation import back_path
from models.training.text import Pair, read_human, read_pairs, write_pairs

# What only the pivot has enough of; the talk of Tatoeba is there in Spanish. The number is how
# usual a sentence must be: two of ten of the debates are, more than can be learnt from. On the dev
# set such ones have chrF 56.6, and those of 0.7 and more 54.1: far above the embedded translator.
ORIGINS = {"europarl": 0.84, "news": 0.7, "back-news": 0.7, "tico19": 0.7, "iwslt": 0.7}
LANGUAGE = "es"
# The steps of the package apertium-fr-es, as Debian lays them.
MODE = Path("/usr/share/apertium/modes/fr-es.mode")
ROWS = 20_000
SEED = 20261129

Translator = Callable[[Sequence[Pair]], list[str]]
Words = tuple[str, str]

_TOKEN = re.compile(r"\w+|[^\w\s]")
# Apertium writes these before a word that it does not know or cannot inflect.
_MARKS = re.compile(r"[*#@]")
_UNKNOWN = re.compile(r"\*(?=\w)")
_UNKNOWN_NAME = re.compile(r"(?<!^)\*(?=[A-ZÀ-Þ])")
_CAPITALS = re.compile(r"\b[^\W\d_a-zß-ÿ]{2,}\b")


# What a generator of Spanish is asked for: "ha indicado", and of "a-t-il dit" "ha dice".
_PERFECT = re.compile(
    r"\^([Hh])aber<vbhaver><pri><(p\d)><(sg|pl)>\$ ?"
    r"(\^(?:no|todavía|ya|también|siempre)<adv>\$ )?"
    r"\^([^<$]+)<(vb\w+)><(?:pp><\w+><\w+|pri><p3><sg)>\$"
    # "Ha comido y dormido" has one auxiliary for both.
    r"(?! \^[^<$]+<cnjcoo>\$ \^[^<$]+<vb\w+><pp>)"
)
# "Elle est arrivée" is of these verbs, "elle est fatiguée" of others.
_MOVEMENT = re.compile(
    r"\^([Ee])star<vblex><pri><(p\d)><(sg|pl)>\$ ()"
    r"\^(caer|entrar|intervenir|ir|llegar|morir|nacer|partir|quedar|regresar|salir|subir|venir"
    r"|volver)<(vblex)><pp><\w+><\w+>\$"
)
# "Is" may be of a state: "he is dead", "il est mort".
_ENGLISH_PRESENT = re.compile(r"\b(?:has|have|is|are)\b|'(?:ve|s been|re)\b")


def apertium(pairs: Sequence[Pair]) -> list[str]:
    """Return the Spanish of the French targets, one line for each.

    French news tells in a perfect tense what Spanish news, and English, tells in the preterite: so
    the tense is changed, where the English has no perfect or present, before the words are
    inflected. Raises `FileNotFoundError` without the packages apertium and apertium-fr-es, and
    `subprocess.CalledProcessError` when it fails.
    """
    analyse, inflect = MODE.read_text(encoding="utf-8").strip().split("| lt-proc $1 ", 1)
    french = "".join(pair.target + "\n" for pair in pairs)
    # The last line holds what ends the last sentence.
    *lines, end = _run(f"apertium-destxt -n | {analyse}", french).split("\n")
    told = (
        line if _ENGLISH_PRESENT.search(pair.source) else use_preterite(line)
        for pair, line in zip(pairs, lines, strict=True)
    )
    return _run(f"lt-proc -g {inflect} | apertium-retxt", "\n".join([*told, end])).splitlines()


def _run(command: str, text: str) -> str:
    shell = ["bash", "-o", "pipefail", "-c", command]
    return subprocess.run(shell, input=text, capture_output=True, text=True, check=True).stdout


def use_preterite(stream: str) -> str:
    """Return a line of Apertium's stream with its perfects, "ha llegado", as preterites."""
    return _MOVEMENT.sub(_preterite, _PERFECT.sub(_preterite, stream))


def _preterite(perfect: re.Match[str]) -> str:
    initial, person, number, adverb, verb, kind = perfect.groups(default="")
    written = f"{adverb}^{verb}<{kind}><ifi><{person}><{number}>$"
    return f"^{written[1].upper()}{written[2:]}" if initial.isupper() else written


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
        written = translate(rows)
        if len(written) != len(rows):
            raise ValueError(f"{len(rows)} lines became {len(written)}")
        for pair, line in zip(rows, written, strict=True):
            target = _finish(pair.target, line)
            if target and usual_share(target, known) >= ORIGINS[pair.origin]:
                yield Pair(f"pivot-{pair.origin}", pair.source, target)


def draw_pairs(pairs: Iterable[Pair], rows: int) -> Iterator[Pair]:
    """Yield the pairs in random order, of each origin at most so many `rows`."""
    drawn: Counter[str] = Counter()
    found = list(pairs)
    for pair in random.Random(SEED).sample(found, len(found)):
        drawn[pair.origin] += 1
        if drawn[pair.origin] <= rows:
            yield pair


def _is_fit(french: str) -> bool:
    """Tell whether the sentence is a plain one.

    Apertium opens no Spanish question with "¿", leaves "M." as it is, and makes of "Monsieur le
    Président" a "Señor el Presidente".
    """
    return french.endswith(".") and not re.search(
        r"[?!*#@]|\bM\.|\b(?:Monsieur|Madame) l[ea']", french
    )


def _finish(french: str, spanish: str) -> str | None:
    """Return the sentence with its full stop, which Apertium drops, or none if it is no good."""
    text = _UNKNOWN_NAME.sub("", spanish.strip())
    if _MARKS.search(text) or set(_CAPITALS.findall(text)) - set(_CAPITALS.findall(french)):
        return None
    return _end_alike(french, text)


def _end_alike(french: str, spanish: str) -> str:
    return f"{spanish.removesuffix('.')}." if french.endswith(".") else spanish


def score_pivot(
    french: Iterable[Pair], spanish: Iterable[Pair], translate: Translator = apertium
) -> float:
    """Return the chrF, from 0 to 100, of the pivot's Spanish for pairs with the same English."""
    references = {pair.source: pair.target for pair in spanish}
    shared = [pair for pair in french if pair.source in references]
    written = translate(shared)
    outputs = [
        _end_alike(pair.target, _UNKNOWN.sub("", line.strip()))
        for pair, line in zip(shared, written, strict=True)
    ]
    return CHRF().corpus_score(outputs, [[references[pair.source] for pair in shared]]).score


def pivot_path(folder: Path, language: str) -> Path:
    """Return where in a folder of work the pairs of English and `language` lie."""
    return folder / f"pivot.en-{language}.tsv.xz"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the pairs into the folder where the translator's recipe looks for them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with translation/")
    parser.add_argument("--rows", type=int, default=250_000, help="of each origin, at most")
    parser.add_argument("--work", type=Path, default=Path(".training/translator"))
    parsed = parser.parse_args(arguments)
    parsed.work.mkdir(parents=True, exist_ok=True)
    data = parsed.data / "translation"
    human = read_human(data, f"en-{LANGUAGE}")
    known = set(chain.from_iterable(neighbours(pair.target) for pair in human))
    paths = [data / "train.en-fr.tsv.xz", back_path(parsed.work, "en-fr")]
    french = chain.from_iterable(read_pairs(path) for path in paths if path.exists())
    pairs = pivot_pairs(draw_pairs(french, parsed.rows), known)
    path = pivot_path(parsed.work, LANGUAGE)
    print(write_pairs(pairs, path), "pairs in", path)
    dev, reference = (read_pairs(data / f"dev.en-{code}.tsv.xz") for code in ("fr", LANGUAGE))
    print(f"chrF of the dev set's French in Spanish: {score_pivot(dev, reference):.1f}")


if __name__ == "__main__":
    main()
