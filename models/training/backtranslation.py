"""Owns the pairs made by back-translation: news that people wrote, its source written by a model.

`python -m models.training.backtranslation --data DIR --model FOLDER --pair de-en` lets an English
to German translator write the German of English news, from which German to English then learns.
Sennrich et al. (2016), "Improving Neural Machine Translation Models with Monolingual Data".
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain, islice
from pathlib import Path

from models.lexicon import Lexicon, find_words, open_lexicon
from models.segmentation import ends_like_a_sentence
from models.training.evaluation import Generation, Int8Decoder
from models.training.salience import read_cased
from models.training.text import (
    Pair,
    is_clean,
    normalise,
    read_pairs,
    write_pairs,
)
from models.training.vocabulary import LANGUAGE_TOKENS

SEED = 20261126
ORIGIN = "back-news"
# What there is in the folder summarisation/ with its case, by language.
CORPORA = {
    "en": ("bbc.en.articles", "xsum.en.train", "reuters.en.articles"),
    "fr": ("orangesum.fr.train",),
}
# A loop is no source to learn from; the best output of a beam is not worth its time here.
GENERATION: Generation = {"beam_size": 1, "no_repeat_ngram_size": 3}
ROWS = 2_000

_MIN_WORDS, _MAX_WORDS = 5, 40
# Mis-decoded text, wire shorthand ("pct", "mln dlrs"), and what is left of links and mark-up.
_UNFIT = re.compile(
    r"[ÂÃ\ufffd<>{}|@#*_]|(?i:https?:|\b(?:mln|bln|dlrs?|pct|cts|shrs?|vs)\b)",
)
_BEGINS = re.compile(r"""["'(]?[^\W_a-zß-ÿ]""")


def is_fit(text: str) -> bool:
    """Tell whether a sentence is whole, of usable length and worth writing like."""
    words = text.count(" ") + 1
    return (
        _MIN_WORDS <= words <= _MAX_WORDS
        and bool(_BEGINS.match(text))
        and ends_like_a_sentence(text)
        and text.count('"') % 2 == 0
        and not _UNFIT.search(text)
    )


def read_sentences(folder: Path, language: str) -> list[str]:
    """Return the fit sentences of a language's news, normalised, once each, in random order.

    Raises `ValueError` for a language without news.
    """
    if language not in CORPORA:
        raise ValueError(f"no news in {language}: there is some in {', '.join(CORPORA)}")
    paths = [folder / f"{name}.jsonl.xz" for name in CORPORA[language]]
    with ProcessPoolExecutor(max_workers=2) as pool:
        texts = dict.fromkeys(chain.from_iterable(pool.map(_read_fit, paths)))
    return random.Random(SEED).sample(list(texts), len(texts))


def _read_fit(path: Path) -> list[str]:
    documents = read_cased(path, None)
    texts = (normalise(text) for sentences, _ in documents for text in sentences)
    return [text for text in texts if is_fit(text)]


def known_words(texts: Iterable[str], times: int = 2) -> set[str]:
    """Return the words that occur at least so many `times` in the texts."""
    counts = Counter(chain.from_iterable(map(find_words, texts)))
    return {word for word, count in counts.items() if count >= times}


def back_pairs(
    sentences: Iterable[str],
    pair: str,
    decoder: Int8Decoder,
    lexicon: Lexicon,
    rows: int | None = None,
) -> Iterator[Pair]:
    """Yield at most `rows` clean pairs for a direction such as "de-en", English first.

    `decoder` writes the direction's source from sentences of its target. Where it writes a word
    that is neither in the `lexicon` nor a name of the sentence, the pair would teach to invent.
    """
    source, target = pair.split("-")
    remaining = iter(sentences)
    blocks = iter(lambda: list(islice(remaining, ROWS)), [])
    decode = partial(decoder.decode, target_token=LANGUAGE_TOKENS[source], generation=GENERATION)
    made = (
        Pair(ORIGIN, *((text, written) if target == "en" else (written, text)))
        for block in blocks
        for text, written in zip(block, map(normalise, decode(block)), strict=True)
        if not lexicon.find_unknown(text, written, source)
    )
    yield from islice(filter(is_clean, made), rows)


def not_yet_read(sentences: Sequence[str], made: Iterable[Pair]) -> list[str]:
    """Return the sentences that no pair was made of in an earlier run, in their order.

    Those that gave no clean pair there are read again: the order of the sentences changes with
    the rules that they are found by, so that no place in it tells what was read.
    """
    texts = {text for row in made for text in (row.source, row.target)}
    return [sentence for sentence in sentences if sentence not in texts]


def back_path(folder: Path, pair: str) -> Path:
    """Return where in a folder of work the pairs of a direction lie."""
    return folder / f"back.{pair}.tsv.xz"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the pairs into the folder where the translator's recipe looks for them.

    What an earlier run that came to its end wrote there counts for `--rows`, and is kept.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with summarisation/")
    parser.add_argument("--model", type=Path, required=True, help="exported, of the way back")
    parser.add_argument("--pair", required=True, help="the direction to learn, such as de-en")
    parser.add_argument("--rows", type=int, default=40_000, help="pairs at most")
    parser.add_argument("--work", type=Path, default=Path(".training/translator"))
    parsed = parser.parse_args(arguments)
    parsed.work.mkdir(parents=True, exist_ok=True)
    path = back_path(parsed.work, parsed.pair)
    made = list(read_pairs(path)) if path.exists() else []
    sentences = read_sentences(parsed.data / "summarisation", parsed.pair.split("-")[1])
    remaining = not_yet_read(sentences, made)
    lexicon = open_lexicon(parsed.model, [parsed.pair.split("-")[0]])
    decoder = Int8Decoder(parsed.model, threads=1, replicas=2)
    new = back_pairs(remaining, parsed.pair, decoder, lexicon, max(0, parsed.rows - len(made)))
    partial = path.with_suffix(".partial")
    print(write_pairs(chain(made, new), partial), "pairs in", path)
    partial.replace(path)


if __name__ == "__main__":
    main()
