"""Owns the recipe of the embedded translator: `python -m models.training.translator --help`."""

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, islice, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np
import torch
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from models.training.alignment import (
    Aligner,
    align_pairs,
    count_pieces,
    link_nothing,
    train_embeddings,
    translate_embeddings,
    write_links,
)
from models.training.backtranslation import back_path
from models.training.card import measured_training, score_table, write_card
from models.training.corpus import Corpus, Sampler, encode_pairs, join
from models.training.dictionary import dictionary_path
from models.training.evaluation import (
    GREEDY,
    FloatDecoder,
    Generation,
    Int8Decoder,
    Score,
    score,
)
from models.training.export import (
    choose_pieces,
    export_network,
    load_network,
    write_facts,
    write_shortlist,
)
from models.training.lexicon import write_words
from models.training.loop import Schedule, Trainer, place
from models.training.names import write_names
from models.training.network import Network, Shape, shrink
from models.training.pivot import pivot_path
from models.training.text import (
    Pair,
    clean_pairs,
    human_paths,
    other_language,
    read_pairs,
    roughen_pairs,
)
from models.training.vocabulary import (
    LANGUAGE_TOKENS,
    build_tokenizer,
    train_vocabulary,
)

SEED = 20261124
LICENCE = "CC-BY-NC-4.0"
# Short outputs win a beam search by themselves, and have lost parts of the sentence; a penalty on
# repetition keeps a number from being copied.
GENERATION: Generation = {"beam_size": 4, "length_penalty": 2.0, "no_repeat_ngram_size": 3}
# The others are looked through where something is wrong with the best.
SERVED: Generation = {**GENERATION, "hypotheses": GENERATION["beam_size"]}
# Longer sentences are translated in halves, which keeps more of them: see `docs/decisions.md`.
LONGEST_WORDS = 34
ROUGH_SHARE = 0.08
# A piece that the training text has less often keeps little of what it was taught.
SEEN_TIMES = 20
VOCABULARY_PAIRS = ("en-fr", "en-de", "en-es")
# What a pair is worth beside one of everyday talk: news is the target domain and the smallest part.
ORIGIN_WEIGHTS = {
    "europarl": 3.0, "news": 6.0, "tatoeba": 1.0, "docs": 1.5,
    "multi30k": 1.0, "stsb": 1.0, "tico19": 1.0, "iwslt": 1.0,
    "back-news": 4.5, "pivot-europarl": 2.0, "pivot-news": 6.0, "pivot-tico19": 1.0,
    "pivot-iwslt": 1.0, "pivot-back-news": 4.0, "dictionary": 5.0, "dictionary-sentences": 4.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preset:
    """A size of model and of machine; `pairs` are directions such as "en-fr"."""

    shape: Shape
    schedule: Schedule
    batch_tokens: int
    pairs: tuple[str, ...]
    pool_rows: int = 20_000
    bfloat16: bool = True


SIX = ("en-fr", "fr-en", "en-de", "de-en", "en-es", "es-en")
PRESETS = {
    "small": Preset(
        Shape(vocabulary=12_000, width=384, heads=6, inner=1536,
              encoder_layers=4, decoder_layers=2, dropout=0.0),
        Schedule(minutes=60),
        batch_tokens=6_000,  # a step of 2,000 takes half of the time, for Muon's sake
        pairs=("en-fr",),
    ),
    "base": Preset(
        Shape(vocabulary=24_000, width=512, heads=8, inner=2048,
              encoder_layers=6, decoder_layers=3, dropout=0.1),
        Schedule(minutes=20, first_length=32, warmup_steps=500),
        batch_tokens=32_000,
        pairs=SIX,
        pool_rows=200_000,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where a run keeps what it makes on the way; every step is skipped where its file exists.

    `start` is an exported folder whose vocabulary and weights the run begins with, and `kept` the
    share of those weights in what is delivered: two runs on other text average to a better model
    than either (Wortsman et al. 2022, "Model soups"). `max_rows` bounds the pairs of each origin, a
    random choice of them that differs from run to run.
    """

    data: Path
    folder: Path
    preset: Preset
    max_rows: int | None = None
    start: Path | None = None
    aligner: Aligner = write_links
    kept: float = 0.0

    @property
    def seed(self) -> int:
        """The seed of what is drawn: a run that goes on from another one sees other text first."""
        return SEED + len(_earlier_runs(self.start))

    @property
    def schedule(self) -> Schedule:
        """The preset's, without its easy beginning where it goes on from weights."""
        schedule = self.preset.schedule
        if self.start is None:
            return schedule
        return schedule.going_on(not set(self.preset.pairs) <= {*_read_pairs(self.start)})

    def clean(self, pair: str) -> list[Pair]:
        """Return the clean pairs of a direction such as "en-fr", held-out ones left out."""
        language = other_language(pair)
        paths = human_paths(self.data, pair)
        # Last, what machines wrote: of two translations the human one stays.
        made = (
            dictionary_path(self.folder, pair),
            pivot_path(self.folder, language),
            back_path(self.folder, pair),
        )
        paths += [path for path in made if path.exists()]
        pairs = chain.from_iterable(map(read_pairs, paths))
        held_out = read_pairs(self.data / f"dev.en-{language}.tsv.xz")
        found = self._draw(list(clean_pairs(pairs, held_out)))
        if pair.startswith("en-"):
            return found
        return [Pair(pair.origin, pair.target, pair.source) for pair in found]

    def _draw(self, pairs: list[Pair]) -> list[Pair]:
        """Return the pairs in random order, of each origin at most `max_rows`."""
        left = Counter({pair.origin: self.max_rows or len(pairs) for pair in pairs})
        drawn = []
        for pair in random.Random(self.seed).sample(pairs, len(pairs)):
            if left[pair.origin]:
                left[pair.origin] -= 1
                drawn.append(pair)
        return drawn

    def tokenizer(self, pairs: Mapping[str, Sequence[Pair]]) -> PreTrainedTokenizerFast:
        """Return the tokenizer, trained on all languages if there is none yet."""
        if self.start is not None:
            return cast(PreTrainedTokenizerFast, AutoTokenizer.from_pretrained(self.start))
        path = self.folder / "spm.model"
        if not path.exists():
            lines = list(_vocabulary_lines(pairs))
            random.Random(SEED).shuffle(lines)
            train_vocabulary(lines, path.with_suffix(""), self.preset.shape.vocabulary)
        return build_tokenizer(path)

    def corpus(
        self, pair: str, pairs: Sequence[Pair], tokenizer: PreTrainedTokenizerFast
    ) -> Corpus:
        """Return the encoded and aligned pairs of a direction."""
        path = self.folder / f"{pair}.npz"
        if not path.exists():
            rough = list(roughen_pairs(pairs, ROUGH_SHARE, self.seed))
            columns = encode_pairs(tokenizer, rough, LANGUAGE_TOKENS[pair.split("-")[1]])
            pieces = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
            links = align_pairs(columns[0], columns[1], pieces, self.aligner)
            Corpus(columns[0], columns[1], links, columns[2], columns[3]).save(path)
        return Corpus.load(path)

    def embeddings(self, corpus: Corpus) -> torch.Tensor:
        """Return skip-gram embeddings (vocabulary, width) of the corpus."""
        shape = self.preset.shape
        path = self.folder / f"embeddings.{shape.width}.npy"
        if not path.exists():
            np.save(path, train_embeddings(corpus, shape.vocabulary, shape.width, SEED))
        return torch.from_numpy(np.load(path))


def prepare(workshop: Workshop) -> tuple[PreTrainedTokenizerFast, dict[str, Corpus]]:
    """Clean, learn the vocabulary, encode and align; return a corpus for each direction."""
    workshop.folder.mkdir(parents=True, exist_ok=True)
    pairs = _clean_all(workshop)
    tokenizer = workshop.tokenizer(pairs)
    wanted = workshop.preset.pairs
    return tokenizer, {p: workshop.corpus(p, pairs.get(p, []), tokenizer) for p in wanted}


def _clean_all(workshop: Workshop) -> dict[str, list[Pair]]:
    missing = [p for p in workshop.preset.pairs if not (workshop.folder / f"{p}.npz").exists()]
    if not missing:
        return {}
    # A new vocabulary is for all languages, so that later runs can add directions.
    wanted = missing if workshop.start else sorted({*missing, *VOCABULARY_PAIRS})
    with ProcessPoolExecutor(max_workers=2) as pool:
        return dict(zip(wanted, pool.map(workshop.clean, wanted), strict=True))


def _vocabulary_lines(pairs: Mapping[str, Sequence[Pair]], rows: int = 250_000) -> Iterator[str]:
    chance = random.Random(SEED)
    for name in VOCABULARY_PAIRS:
        for pair in chance.sample(pairs[name], min(len(pairs[name]), rows)):
            yield pair.target
            if name == "en-fr":
                yield pair.source


def sampling_weights(corpora: Mapping[str, Corpus], temperature: float = 0.5) -> dict[str, float]:
    """Return the weight of every `direction/origin`; all directions weigh the same together.

    Within a direction an origin weighs its size to the `temperature`, times its worth.
    """
    weights: dict[str, float] = {}
    for name, corpus in corpora.items():
        sizes = {origin: int((corpus.origins == origin).sum()) for origin in ORIGIN_WEIGHTS}
        own = {origin: size**temperature * ORIGIN_WEIGHTS[origin] for origin, size in sizes.items()}
        total = sum(own.values())
        weights |= {f"{name}/{origin}": weight / total for origin, weight in own.items()}
    return weights


def start_network(workshop: Workshop, corpora: Mapping[str, Corpus]) -> Network:
    """Return the network to train: a new one, or the one to start from, grown by new directions.

    Pieces that the started one has hardly seen begin as what they are linked to.
    """
    if workshop.start is None:
        network = Network(workshop.preset.shape)
        network.initialise(workshop.embeddings(join(corpora)))
        return network
    network = load_network(workshop.start)
    trained = _read_pairs(workshop.start)
    sides = chain.from_iterable(
        (corpora[pair].sources, corpora[pair].targets) for pair in trained if pair in corpora
    )
    seen = count_pieces(sides, network.shape.vocabulary)
    vectors = network.embedding.weight.detach().numpy()
    grown = translate_embeddings(list(corpora.values()), vectors, seen >= SEEN_TIMES)
    network.embedding.weight.data.copy_(torch.from_numpy(grown))
    return network


def train(workshop: Workshop, resume: bool) -> Trainer:
    """Prepare what is missing and train."""
    tokenizer, corpora = prepare(workshop)
    preset = workshop.preset
    torch.manual_seed(workshop.seed)
    network = start_network(workshop, corpora)
    network.choose_among(torch.tensor(list(target_pieces(tokenizer, corpora))))
    network = place(network, preset.bfloat16)
    sampler = Sampler(
        join(corpora),
        sampling_weights(corpora),
        preset.batch_tokens,
        workshop.seed,
        preset.pool_rows,
    )
    trainer = Trainer(network, sampler, workshop.schedule, workshop.folder)
    if resume:
        trainer.resume()
    trainer.run()
    return trainer


def read_dev(data: Path, pair: str, rows: int | None = None) -> tuple[list[str], list[str]]:
    """Return the sources and references of a direction's dev set."""
    path = data / f"dev.en-{other_language(pair)}.tsv.xz"
    rows_read = list(islice(read_pairs(path), rows))
    english, other = [row.source for row in rows_read], [row.target for row in rows_read]
    return (english, other) if pair.startswith("en-") else (other, english)


def evaluate(
    data: Path,
    pairs: Sequence[str],
    decoders: Iterable[Int8Decoder | FloatDecoder],
    generation: Generation = GREEDY,
    rows: int | None = None,
) -> dict[str, dict[str, Score]]:
    """Score the exported weights on the dev sets; return scores by direction and decoder."""
    results: dict[str, dict[str, Score]] = {pair: {} for pair in pairs}
    for pair in pairs:
        sources, references = read_dev(data, pair, rows)
        token = LANGUAGE_TOKENS[pair.split("-")[1]]
        for decoder in decoders:
            found = score(decoder, sources, references, token, generation)
            results[pair][decoder.name] = found
            print(pair, decoder.name, dict(generation), *found.lines(), sep="\n  ", flush=True)
    return results


def deliver(
    out: Path,
    workshop: Workshop,
    trainer: Trainer,
    command: str,
    preset_name: str,
) -> None:
    """Export, evaluate and describe the averaged weights of a finished run."""
    tokenizer, corpora = prepare(workshop)
    state = keep_begun(trainer.optimiser.averaged_state(), workshop)
    export_network(trainer.network, state, tokenizer, out)
    shortlist(out, tokenizer, corpora)
    longest = workshop.preset.schedule.last_length
    runs = [
        *_earlier_runs(workshop.start),
        *measured_training(trainer, command).lines(),
        *count_origins(corpora),
    ]
    identifier = f"precis-{out.name}-{preset_name}"
    write_facts(out, {**facts(workshop.preset.pairs, identifier, longest), "runs": runs})
    write_lists(out, workshop.data)
    describe(out, workshop.data, workshop.max_rows)


def keep_begun(state: Mapping[str, torch.Tensor], workshop: Workshop) -> dict[str, torch.Tensor]:
    """Return a state with the workshop's share of the weights that its run began with."""
    if workshop.start is None or not workshop.kept:
        return dict(state)
    begun = dict(load_network(workshop.start).named_parameters())
    return {name: torch.lerp(state[name], begun[name].detach(), workshop.kept) for name in state}


def count_origins(corpora: Mapping[str, Corpus]) -> Iterator[str]:
    """Yield a line of a list for each direction: how many pairs there are of each origin."""
    for pair, corpus in corpora.items():
        counts = Counter(corpus.origins.tolist()).most_common()
        yield f"- {pair}: " + ", ".join(f"{count:,} {origin}" for origin, count in counts)


def shortlist(
    folder: Path, tokenizer: PreTrainedTokenizerFast, corpora: Mapping[str, Corpus]
) -> None:
    """Bound what an exported folder may write to the pieces of the corpora's targets."""
    write_shortlist(folder, target_pieces(tokenizer, corpora).values())


def target_pieces(
    tokenizer: PreTrainedTokenizerFast, corpora: Mapping[str, Corpus]
) -> dict[int, str]:
    """Return the pieces that the targets of the corpora are written with, by identifier."""
    targets = (corpus.targets for corpus in corpora.values())
    return choose_pieces(tokenizer, count_pieces(targets, len(tokenizer)))


def shortlist_delivered(folder: Path, data: Path, preset: Preset, rows: int | None) -> None:
    """Bound what an earlier folder may write, from the text that it would be trained on now."""
    pairs = _read_pairs(folder)
    with TemporaryDirectory() as work:
        workshop = Workshop(
            data, Path(work), replace(preset, pairs=pairs), rows, folder, aligner=link_nothing
        )
        shortlist(folder, *prepare(workshop))
    write_facts(folder, _read_facts(folder))


def write_lists(folder: Path, data: Path) -> None:
    """Write what an exported folder has to know of names and of words."""
    pairs = _read_pairs(folder)
    write_names(folder, data, pairs)
    write_words(folder, data, pairs)
    write_facts(folder, _read_facts(folder))


def describe(folder: Path, data: Path, rows: int | None = None) -> None:
    """Score an exported folder as it is to be decoded; write that into its facts and its card.

    `rows` bounds the sentences of each direction; both engines are compared on 500 at most.
    """
    known = {**_read_facts(folder), "generation": dict(SERVED)}
    pairs = _read_pairs(folder)
    results = evaluate(data, pairs, [Int8Decoder(folder)], GENERATION, rows)
    decoders = Int8Decoder(folder), FloatDecoder(folder)
    both = evaluate(data, pairs, decoders, GENERATION, min(rows or 500, 500))
    write_facts(folder, {**known, "quality": quality(results)})
    write_card(folder, f"{known['id']}", LICENCE, card_sections(known["runs"], results, both))


def _read_pairs(folder: Path) -> tuple[str, ...]:
    directions = _read_facts(folder)["pairs"].items()
    return tuple(f"{one}-{other}" for one, others in directions for other in others)


def _read_facts(folder: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((folder / "precis.json").read_text(encoding="utf-8"))
    return facts


def _earlier_runs(start: Path | None) -> list[str]:
    """Return what the facts of a delivered model tell of how it was trained."""
    if start is None:
        return []
    return [str(line) for line in _read_facts(start).get("runs", [])]


def facts(pairs: Sequence[str], identifier: str, longest: int) -> dict[str, Any]:
    """Return what the catalogue needs to know, but for the quality."""
    directions: dict[str, list[str]] = {}
    for source, target in (pair.split("-") for pair in pairs):
        directions.setdefault(source, []).append(target)
    return {
        "id": identifier,
        "licence": LICENCE,
        "task": "translate",
        "pairs": directions,
        "max_input_tokens": longest,
        "target_tokens": {
            pair.split("-")[1]: LANGUAGE_TOKENS[pair.split("-")[1]] for pair in pairs
        },
        "longest_words": LONGEST_WORDS,
        "lowercase": False,
        "generation": dict(SERVED),
    }


def quality(results: Mapping[str, Mapping[str, Score]]) -> dict[str, dict[str, float]]:
    """Return the scores of the int8 weights by direction."""
    scores = {pair: found[Int8Decoder.name] for pair, found in results.items()}
    return {
        pair: {
            "chrf": round(found.chrf, 2),
            "bleu": round(found.bleu, 2),
            "sentences": found.sentences,
        }
        for pair, found in scores.items()
    }


def card_sections(
    runs: Sequence[str],
    results: Mapping[str, Mapping[str, Score]],
    both: Mapping[str, Mapping[str, Score]],
) -> dict[str, str]:
    """Return the sections of the model card by title."""
    return {
        "What it is": WHAT,
        "Data and licences": DATA,
        "Recipe": "\n".join([RECIPE, *runs]),
        "Figures": f"{FIGURES}\n\n{score_table(results)}\n\n{SAME}\n\n{score_table(both)}"
        f"\n\nDecoding: `{dict(GENERATION)}`.",
        "Limits": LIMITS,
    }


WHAT = """
A multilingual encoder-decoder (M2M100 architecture: pre-norm, sinusoidal positions, one tied
embedding) that translates a sentence at a time. The language to translate into is forced as the
first token of the output (`__fr__`), after `</s>`. `ctranslate2/` holds the same weights as int8,
and in `vmap.txt` the pieces that the text of its target languages has, among which it chooses.
`names.json` lists the capitalised words that people translate; others are names, which the service
copies. `words.de.marisa` and its like list the words of a language that people have written: where
another one is written the service looks for a better translation, and warns where it finds none.
They hold the words of the training text and of news, and the word forms that simplemma 2.0.0 lists
(lemmatization lists by Michal Měchura, ODbL; Wiktionary, CC BY-SA; FreeLing and others).
The vocabulary covers English, French, German and Spanish; the directions that were trained are
those of the table below and of `precis.json`.
"""
DATA = """
Proceedings of the European Parliament (Europarl, free of use), Tatoeba (CC BY 2.0 FR), news
commentary, TICO-19 (CC0), software documentation (open licences), for Spanish also what Apertium
made of the French of some of these (`models/training/pivot.py`), for German also terms and
sentences of Ding's word list (GPL-2 or later; `models/training/dictionary.py`), and small parts
whose licences forbid commercial use or derivatives of the text (Multi30k, IWSLT's TED talks). Also
news whose sources earlier translators of ours wrote (`models/training/backtranslation.py`): English
(BBC, XSum, Reuters) and French (OrangeSum, CC BY-SA 4.0). The weights are therefore offered as
CC BY-NC 4.0. The dev set, newstest2013, was used to choose decoding settings and never trained on.
"""
RECIPE = """
Joint SentencePiece vocabulary with byte fallback; pieces aligned by eflomal; skip-gram embeddings
of text in which half of the linked pieces are swapped for their partners; initialised as a
word-by-word translator; one cross-attention head guided by the alignments; Muon and Adam over
float32 masters of the weights, which are bfloat16 where the machine multiplies that fast; short
sentences first, except in runs that go on; directions drawn alike, the origins of each by the root
of their size times their worth, news first; averaged weights. A later run goes on from the
delivered weights, of which the result may keep a share (`--kept`); the pieces of a new language
begin as the mean of the pieces that they are linked to. The runs, the first one first:

"""
FIGURES = """
newstest2013, as many of its first sentences as the table says, sacrebleu. Again:
`python -m models.training.translator --describe THIS_FOLDER --data DIR`
"""
SAME = """
The int8 weights and the float32 ones (with all pieces to choose from) on the same sentences, two
threads each:
"""
LIMITS = """
A small model trained on two cores for minutes, not days: it reads well on plain sentences and
loses the thread on long ones; rare names may be garbled and idioms taken literally. Check names
and numbers against the source. Sentences far longer than `max_input_tokens` pieces were never seen
in training.
"""


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse the command line; `--help` tells the options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with translation/")
    parser.add_argument("--out", type=Path, help="where the exported weights go")
    parser.add_argument("--preset", choices=PRESETS, default="small")
    parser.add_argument("--pairs", help="directions, such as en-fr,en-de; default: the preset's")
    parser.add_argument("--minutes", type=float, help="training time; default: the preset's")
    parser.add_argument("--steps", type=int, help="train so many steps instead")
    parser.add_argument("--rows", type=int, help="use at most so many pairs of each origin")
    parser.add_argument("--shrink", action="store_true", help="a tiny shape, for a trial")
    parser.add_argument("--work", type=Path, default=Path(".training/translator"))
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--start", type=Path, help="begin from this exported folder")
    parser.add_argument(
        "--kept", type=float, default=0.0, help="share of its weights in the result"
    )
    parser.add_argument("--evaluate", type=Path, help="only score this exported folder")
    parser.add_argument("--describe", type=Path, help="only score this folder, for its card")
    parser.add_argument("--shortlist", type=Path, help="only choose the pieces it may write")
    parser.add_argument("--lists", type=Path, help="only write this folder's names and words")
    parser.add_argument("--tune", type=Path, help="only compare decoding settings of this folder")
    parser.add_argument("--prepare", action="store_true", help="stop before training")
    parsed = parser.parse_args(arguments)
    scored = parsed.evaluate, parsed.describe, parsed.tune
    if not any((*scored, parsed.shortlist, parsed.lists, parsed.prepare, parsed.out)):
        parser.error("--out is needed to train")
    return parsed


def chosen_preset(parsed: argparse.Namespace) -> Preset:
    """Return the preset with the command line's changes."""
    preset = PRESETS[parsed.preset]
    schedule = replace(
        preset.schedule, minutes=parsed.minutes or preset.schedule.minutes, steps=parsed.steps
    )
    pairs = tuple(parsed.pairs.split(",")) if parsed.pairs else preset.pairs
    if parsed.shrink:
        preset = replace(preset, shape=shrink(preset.shape), batch_tokens=1_000)
    return replace(preset, schedule=schedule, pairs=pairs)


def score_folder(folder: Path, data: Path, rows: int | None) -> None:
    """Print the scores of an exported folder's directions, in both engines."""
    decoders = Int8Decoder(folder), FloatDecoder(folder)
    evaluate(data, _read_pairs(folder), decoders, _read_facts(folder)["generation"], rows)


def tune(folder: Path, data: Path, pairs: Sequence[str], rows: int | None) -> None:
    """Print the scores of the int8 weights under a grid of decoding settings."""
    for beam, ngram, again, length in product((1, 2, 4), (0, 3), (1.0, 1.1), (1.0, 2.0)):
        generation = {
            "beam_size": beam, "no_repeat_ngram_size": ngram, "repetition_penalty": again,
            "length_penalty": length,
        }  # fmt: skip
        evaluate(data, pairs, [Int8Decoder(folder)], generation, rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and deliver, or evaluate what was delivered."""
    parsed = parse_arguments(arguments)
    data, preset = parsed.data / "translation", chosen_preset(parsed)
    workshop = Workshop(data, parsed.work, preset, parsed.rows, parsed.start, kept=parsed.kept)
    if parsed.evaluate:
        score_folder(parsed.evaluate, data, parsed.rows)
    elif parsed.describe:
        describe(parsed.describe, data, parsed.rows)
    elif parsed.shortlist:
        shortlist_delivered(parsed.shortlist, data, preset, parsed.rows)
    elif parsed.lists:
        write_lists(parsed.lists, data)
    elif parsed.tune:
        tune(parsed.tune, data, preset.pairs, parsed.rows)
    elif parsed.prepare:
        start_network(workshop, prepare(workshop)[1])
    else:
        trainer = train(workshop, parsed.resume)
        deliver(parsed.out, workshop, trainer, _command(parsed, preset), parsed.preset)


def _command(parsed: argparse.Namespace, preset: Preset) -> str:
    return (
        f"python -m models.training.translator --data DIR --out models/embedded/{parsed.out.name} "
        f"--preset {parsed.preset} --pairs {','.join(preset.pairs)} "
        f"--minutes {preset.schedule.minutes:g}"
        + (f" --start models/embedded/{parsed.start.name}" if parsed.start else "")
        + (f" --rows {parsed.rows}" if parsed.rows else "")
        + (f" --kept {parsed.kept:g}" if parsed.kept else "")
    )


if __name__ == "__main__":
    main()
