"""Owns the pairs made from a dictionary: words and phrases of the news that the text hardly has.

`python -m models.training.dictionary --data DIR --pair en-de` reads Ding's German-English word list
as Debian's package trans-de-en lays it (GPL-2 or later, Frank Richter, TU Chemnitz). Beside words
it holds ten thousands of sentences that show how they are used.
"""

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain, islice
from pathlib import Path

from models.lexicon import find_words
from models.training.text import (
    Pair,
    is_clean,
    normalise,
    other_language,
    read_human,
    read_records,
    write_pairs,
)

WORD_LIST = Path("/usr/share/trans/de-en")
TERMS, SENTENCES = "dictionary", "dictionary-sentences"
NEWS_FILES = ("bbc.en.articles", "xsum.en.train", "reuters.en.articles", "cnndm.en.train")
ARTICLES = 16_000
# A word that the text has more often is taught better there, with what stands around it.
KNOWN_TIMES = 20
# Most of the list is about plants, machines and law, and would take its turn from the rest.
NEWS_TIMES = 5
MEANINGS = 2
MAX_TERM_WORDS = 4
MIN_SENTENCE_WORDS = 4

# Grammar, regions and subjects, explanations, other spellings.
_REMARK = re.compile(r"\{[^}]*\}|\[[^]]*\]|\([^)]*\)|<[^>]*>")
_OLD = re.compile(r"\[(?:alt|obs\.|archaic|veraltet|veraltend|dated|poet\.|rare|selten)\]")
# Words that stand for others ("jdm. etw. geben"), alternatives, and what is left of a remark.
_UNFIT = re.compile(
    r"\b(?:jds?|jdm|jdn|jmds?|jmdm|jmdn|etw|sth|sb|sbs|smth|bzw|usw|etc|e\.g|z\.B)\.|\bone's\b"
    r"|[/{}<>()\[\]=~*+&…]|\.\.\."
)
# "Sich hinsetzen" alone is no translation of "to sit down"; in a sentence it is good German.
_REFLEXIVE = re.compile(r"\b(?:oneself|sich)\b")

Entry = tuple[list[str], list[str]]
Words = tuple[str, ...]


def read_entries(lines: Iterable[str]) -> Iterator[Entry]:
    """Yield English terms and the German ones that mean the same, the most usual ones first.

    Ding's lines are "German :: English"; both sides have as many parts (" | "), each with synonyms
    (";"). Remarks, old words and terms with placeholders are left out.
    """
    for line in lines:
        sides = line.split("::")
        if line.startswith("#") or len(sides) != 2:
            continue
        german, english = (side.split(" | ") for side in sides)
        if len(german) != len(english):
            continue
        for pair in zip(english, german, strict=True):
            ours, theirs = (list(_read_terms(part)) for part in pair)
            if ours and theirs:
                yield ours, theirs


def _read_terms(part: str) -> Iterator[str]:
    for written in part.split(";"):
        term = normalise(_REMARK.sub(" ", written)).rstrip(" ,")
        if not term or _OLD.search(written) or _UNFIT.search(term):
            continue
        if _is_sentence(term) or not _REFLEXIVE.search(term):
            yield term


def count_terms(texts: Iterable[str], terms: Set[Words]) -> Counter[Words]:
    """Return how often the words of each term, in lower case, stand in the texts."""
    lengths = {len(term) for term in terms}
    found: Counter[Words] = Counter()
    for text in texts:
        words = find_words(text)
        for length in lengths:
            grams = zip(*(words[begin:] for begin in range(length)), strict=False)
            found.update(gram for gram in grams if gram in terms)
    return found


def _key(term: str) -> Words:
    return tuple(find_words(term.removeprefix("to ")))


def sentence_pairs(entries: Iterable[Entry]) -> Iterator[Pair]:
    """Yield the clean sentences, English first; of those that mean the same the first ones."""
    pairs = (Pair(SENTENCES, ours[0], theirs[0]) for ours, theirs in entries)
    yield from (
        pair
        for pair in pairs
        if is_clean(pair) and _is_sentence(pair.source) and _is_sentence(pair.target)
    )


def term_pairs(
    entries: Iterable[Entry],
    known: Sequence[Mapping[str, int]],
    news: Mapping[Words, int],
    pair: str,
) -> Iterator[Pair]:
    """Yield the clean terms, English first, whose side to translate from the text hardly has.

    `known` tells how often the text has the words of English and those of German, `news` how often
    English news has the terms. Of what an English or German word means, first comes what the list
    explains with it, then what is the most usual.
    """
    from_english = pair.startswith("en-")
    meanings: dict[str, dict[str, tuple[int, int]]] = {}
    for ours, theirs in entries:
        both = (ours, theirs) if from_english else (theirs, ours)
        for place, source in enumerate(both[0]):
            target = both[1][0]
            english, german = (source, target) if from_english else (target, source)
            if (
                len(_key(source)) <= MAX_TERM_WORDS
                and news.get(_key(english), 0) >= NEWS_TIMES
                and _rarest(source, known[not from_english]) < KNOWN_TIMES
                and not (english.endswith("ing") and german.endswith("end"))
            ):
                rank = (place, -_rarest(target, known[from_english]))
                ranks = meanings.setdefault(source, {})
                ranks[target] = min(rank, ranks.get(target, rank))
    for source, ranked in meanings.items():
        for target in sorted(ranked, key=lambda meaning: ranked[meaning])[:MEANINGS]:
            sides = (source, target) if from_english else (target, source)
            if is_clean(found := Pair(TERMS, *sides)):
                yield found


def _is_sentence(text: str) -> bool:
    return text.count(" ") + 1 >= MIN_SENTENCE_WORDS and text[-1] in ".!?" and text[0].isupper()


def _rarest(text: str, counts: Mapping[str, int]) -> int:
    return min((counts.get(word, 0) for word in find_words(text)), default=0)


def dictionary_path(folder: Path, pair: str) -> Path:
    """Return where in a folder of work the pairs of a direction lie."""
    return folder / f"dictionary.{pair}.tsv.xz"


def _read_news(folder: Path) -> Iterator[str]:
    for name in NEWS_FILES:
        for record in islice(read_records(folder / f"{name}.jsonl.xz"), ARTICLES):
            yield record["article"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the pairs into the folder where the translator's recipe looks for them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with translation/")
    parser.add_argument("--pair", required=True, help="the direction to learn: en-de or de-en")
    parser.add_argument("--list", type=Path, default=WORD_LIST, help="Ding's file")
    parser.add_argument("--work", type=Path, default=Path(".training/translator"))
    parsed = parser.parse_args(arguments)
    parsed.work.mkdir(parents=True, exist_ok=True)
    with parsed.list.open(encoding="utf-8") as lines:
        entries = list(read_entries(lines))
    terms = {_key(term) for ours, _ in entries for term in ours}
    short = {term for term in terms if len(term) <= MAX_TERM_WORDS}
    news = count_terms(_read_news(parsed.data / "summarisation"), short)
    human = list(read_human(parsed.data / "translation", f"en-{other_language(parsed.pair)}"))
    sides = (pair.source for pair in human), (pair.target for pair in human)
    known = [Counter(chain.from_iterable(map(find_words, side))) for side in sides]
    found = term_pairs(entries, known, news, parsed.pair)
    path = dictionary_path(parsed.work, parsed.pair)
    print(write_pairs(chain(sentence_pairs(entries), found), path), "pairs in", path)


if __name__ == "__main__":
    main()
