"""Owns the recipe of the embedded rewriter: `python -m models.training.summariser --help`.

It learns to turn one or two selected sentences into one shorter sentence that adds nothing: the
second half of extract-then-rewrite, Chen and Bansal (2018). Case is lost on both sides, as in the
data, and restored by the service from the evidence.
"""

import argparse
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rouge_score.rouge_scorer import RougeScorer
from transformers import PreTrainedTokenizerFast

from models.training.alignment import identity_links, train_embeddings
from models.training.card import Training, measured_training, write_card
from models.training.compression import (
    LONG,
    SHORT,
    deletion_pairs,
    detokenise,
    identity_pairs,
    reference_pairs,
    split_tokenised,
    unsupported,
    words,
)
from models.training.corpus import Corpus, Ragged, Sampler, encode_pairs, encode_texts, join
from models.training.evaluation import FloatDecoder, Generation, Int8Decoder, repeats
from models.training.export import export_network, write_facts
from models.training.loop import Schedule, Trainer, place
from models.training.network import Network, Shape, shrink
from models.training.text import Pair, read_pairs, read_records
from models.training.vocabulary import LENGTH_TOKENS, build_tokenizer, train_vocabulary

SEED = 20261124
IDENTIFIER = "precis-rewriter"
LICENCE = "CC-BY-NC-4.0"
GENERATION: Generation = {"beam_size": 2, "no_repeat_ngram_size": 3}
MAX_INPUT_TOKENS = 112
PLAIN_SENTENCES_PER_ARTICLE = 12
PARLIAMENT_SENTENCES = 200_000
IDENTITY_PAIRS = 15_000
VOCABULARY_LINES = 300_000
EMBEDDING_LINES = 200_000
ORIGIN_WEIGHTS = {
    "reference/short": 26.0, "reference/long": 14.0,
    "deletion/short": 18.0, "deletion/long": 34.0, "identity/long": 8.0,
}  # fmt: skip

Document = tuple[list[str], list[str]]


@dataclass(frozen=True, slots=True)
class Preset:
    """A size of model and of machine."""

    shape: Shape
    schedule: Schedule
    batch_tokens: int
    bfloat16: bool = True


PRESETS = {
    "small": Preset(
        Shape(vocabulary=8_000, width=256, heads=4, inner=1024,
              encoder_layers=4, decoder_layers=2, dropout=0.1),
        Schedule(minutes=30, first_length=24, last_length=112),
        batch_tokens=2_000,
    ),
    "base": Preset(
        Shape(vocabulary=16_000, width=512, heads=8, inner=2048,
              encoder_layers=6, decoder_layers=3, dropout=0.1),
        Schedule(minutes=10, first_length=64, last_length=112, warmup_steps=500),
        batch_tokens=32_000,
    ),
}  # fmt: skip


def read_document(record: Mapping[str, Any]) -> Document:
    """Return the sentences and the highlights of a record of CNN/DM, as plain text."""
    sentences = split_tokenised(record["article"])[:40]
    return [detokenise(text) for text in sentences], [detokenise(t) for t in record["highlights"]]


def read_documents(path: Path, rows: int | None = None) -> list[Document]:
    """Return the documents of a CNN/DM file, the first `rows` of them if given."""
    with ProcessPoolExecutor(max_workers=2) as pool:
        return list(pool.map(read_document, islice(read_records(path), rows), chunksize=200))


def read_extreme_documents(path: Path, rows: int | None = None) -> Iterator[Document]:
    """Yield the documents of an XSum file: a sentence a line, one reference."""
    for record in islice(read_records(path), rows):
        yield record["article"].splitlines(), [record["summary"]]


def make_pairs(data: Path, rows: int | None = None) -> tuple[list[Pair], list[str]]:
    """Return the shuffled pairs of all origins, and the plain sentences seen on the way."""
    folder, chance = data / "summarisation", random.Random(SEED)
    documents = read_documents(folder / "cnndm.en.train.jsonl.xz", rows)
    documents += read_extreme_documents(folder / "xsum.en.train.jsonl.xz", rows)
    plain = [text for sentences, _ in documents for text in sentences[:PLAIN_SENTENCES_PER_ARTICLE]]
    parliament = read_pairs(data / "translation" / "train.en-fr.tsv.xz")
    kept = (pair.source for pair in parliament if pair.origin in ("europarl", "news"))
    plain += islice(kept, rows or PARLIAMENT_SENTENCES)
    chance.shuffle(plain)
    pairs = [
        *reference_pairs(documents),
        *deletion_pairs(plain, SEED),
        *identity_pairs(plain, IDENTITY_PAIRS),
    ]
    chance.shuffle(pairs)
    return pairs, [text.lower() for text in plain]


def encode_rewrites(pairs: Sequence[Pair], tokenizer: PreTrainedTokenizerFast) -> Corpus:
    """Return the corpus of all pairs, each piece linked to its equal in the source."""
    corpora = {}
    for control in (SHORT, LONG):
        chosen = [pair for pair in pairs if pair.origin.endswith(control)]
        columns = encode_pairs(tokenizer, chosen, LENGTH_TOKENS[control])
        links = identity_links(columns[0], columns[1])
        corpora[control] = Corpus(columns[0], columns[1], links, columns[2], columns[3])
    return join(corpora)


def embed_text(
    lines: Sequence[str], tokenizer: PreTrainedTokenizerFast, shape: Shape
) -> torch.Tensor:
    """Return skip-gram embeddings (vocabulary, width) of plain lines, in one language."""
    rows = encode_texts(tokenizer, lines[:EMBEDDING_LINES])
    unlinked = Ragged.from_rows([-1] * len(row) for row in rows)
    count = len(rows)
    corpus = Corpus(rows, rows, unlinked, np.zeros(count, np.int16), np.full(count, "plain"))
    vectors = train_embeddings(corpus, shape.vocabulary, shape.width, SEED, max_pairs=count // 2)
    return torch.from_numpy(vectors)


def prepare(
    data: Path, folder: Path, preset: Preset, rows: int | None = None
) -> tuple[PreTrainedTokenizerFast, Corpus, torch.Tensor]:
    """Return tokenizer, corpus and embeddings, made in `folder` where they are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary, corpus = folder / "spm.model", folder / "pairs.npz"
    embeddings = folder / "embeddings.npy"
    if not embeddings.exists():
        pairs, plain = make_pairs(data, rows)
        if not vocabulary.exists():
            lines = chain(plain[:VOCABULARY_LINES], (pair.target for pair in pairs))
            train_vocabulary(lines, vocabulary.with_suffix(""), preset.shape.vocabulary)
        tokenizer = build_tokenizer(vocabulary, lowercase=True)
        encode_rewrites(pairs, tokenizer).save(corpus)
        np.save(embeddings, embed_text(plain, tokenizer, preset.shape).numpy())
    tokenizer = build_tokenizer(vocabulary, lowercase=True)
    return tokenizer, Corpus.load(corpus), torch.from_numpy(np.load(embeddings))


def train(
    data: Path,
    folder: Path,
    preset: Preset,
    resume: bool,
    rows: int | None = None,
) -> Trainer:
    """Prepare what is missing and train."""
    _, corpus, embeddings = prepare(data, folder, preset, rows)
    torch.manual_seed(SEED)
    network = Network(preset.shape)
    network.initialise(embeddings)
    weights = {f"{name.split('/')[1]}/{name}": share for name, share in ORIGIN_WEIGHTS.items()}
    sampler = Sampler(corpus, weights, preset.batch_tokens, SEED)
    trainer = Trainer(place(network, preset.bfloat16), sampler, preset.schedule, folder)
    if resume:
        trainer.resume()
    trainer.run()
    return trainer


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """What a set of rewrites does; shares are of outputs, ROUGE is the mean F-measure in percent.

    `supported` is the share all of whose content words and numbers are in the evidence; `ratio`
    is words of output per word of evidence; `copied` is the share that equals its evidence.
    """

    supported: float
    ratio: float
    copied: float
    looping: float
    rouge1: float
    rouge2: float
    rouge_l: float

    def row(self) -> str:
        """Return the values as cells of a Markdown table."""
        shares = (f"{100 * value:.1f} %" for value in (self.supported, self.copied, self.looping))
        scores = (f"{value:.1f}" for value in (self.rouge1, self.rouge2, self.rouge_l))
        return " | ".join([*shares, f"{self.ratio:.2f}", *scores])


def measure(
    outputs: Sequence[str], evidence: Sequence[str], references: Sequence[str]
) -> Faithfulness:
    """Compare rewrites with their evidence and with one reference each."""
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)
    scores = [scorer.score(r, o) for r, o in zip(references, outputs, strict=True)]
    pairs = list(zip(outputs, evidence, strict=True))
    kept = sum(len(words(output)) for output, _ in pairs)
    return Faithfulness(
        supported=float(np.mean([not unsupported(output, source) for output, source in pairs])),
        ratio=kept / sum(len(words(source)) for source in evidence),
        copied=float(np.mean([words(output) == words(source) for output, source in pairs])),
        looping=float(np.mean([repeats(output) for output in outputs])),
        rouge1=100 * float(np.mean([score["rouge1"].fmeasure for score in scores])),
        rouge2=100 * float(np.mean([score["rouge2"].fmeasure for score in scores])),
        rouge_l=100 * float(np.mean([score["rougeL"].fmeasure for score in scores])),
    )


def held_out(data: Path, rows: int | None = None) -> dict[str, list[tuple[str, str]]]:
    """Return (evidence, reference) pairs of articles that were never trained on.

    "pairs" are made as the training pairs are; "leads" are the first three sentences of each
    article, one by one, against the nearest of its highlights: nothing was filtered there.
    """
    documents = read_documents(data / "summarisation" / "cnndm.en.dev.jsonl.xz", rows)
    pairs = [(pair.source, pair.target) for pair in reference_pairs(documents)]
    leads = [lead for document in documents for lead in _leads(document)]
    return {"pairs": pairs, "leads": leads}


def _leads(document: Document) -> Iterator[tuple[str, str]]:
    sentences, highlights = document
    for text in islice((text for text in sentences if len(words(text)) >= 10), 3):
        shared = [len({*words(text)} & {*words(highlight)}) for highlight in highlights]
        yield text.lower(), highlights[int(np.argmax(shared))]


def evaluate(
    data: Path,
    decoder: Int8Decoder | FloatDecoder,
    generation: Generation = GENERATION,
    rows: int | None = None,
) -> str:
    """Return a Markdown table of how faithful, short and near the references the rewrites are."""
    table = [
        "| evidence | control | engine | supported | copied | looping | ratio "
        "| ROUGE-1 | ROUGE-2 | ROUGE-L |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, pairs in held_out(data, rows).items():
        evidence, references = [source for source, _ in pairs], [target for _, target in pairs]
        for control, token in LENGTH_TOKENS.items():
            outputs = decoder.decode(evidence, token, generation)
            found = measure(outputs, evidence, references).row()
            table.append(f"| {name} ({len(pairs)}) | {control} | {decoder.name} | {found} |")
        found = measure(evidence, evidence, references).row()
        table.append(f"| {name} ({len(pairs)}) | - | the evidence itself | {found} |")
    return "\n".join(table)


def deliver(
    out: Path,
    data: Path,
    folder: Path,
    trainer: Trainer,
    parsed: argparse.Namespace,
) -> None:
    """Export, evaluate and describe the averaged weights of a finished run."""
    tokenizer = build_tokenizer(folder / "spm.model", lowercase=True)
    state = trainer.optimiser.averaged_state()
    export_network(trainer.network, state, tokenizer, out)
    table = evaluate(data, Int8Decoder(out), rows=parsed.rows or 300)
    print(table, flush=True)
    write_facts(out, facts(parsed.preset, trainer.schedule.last_length))
    command = (
        "python -m models.training.summariser --data DIR --out models/embedded/rewriter "
        f"--preset {parsed.preset} --minutes {trainer.schedule.minutes:g}"
    )
    sections = card_sections(measured_training(trainer, command), table)
    write_card(out, f"Précis rewriter, {parsed.preset}", LICENCE, sections)


def facts(preset: str, longest: int) -> dict[str, Any]:
    """Return what the catalogue needs to know."""
    return {
        "id": f"{IDENTIFIER}-{preset}",
        "licence": LICENCE,
        "task": "rewrite",
        "languages": ["en"],
        "max_input_tokens": longest,
        "target_tokens": LENGTH_TOKENS,
        "lowercase": True,
        "generation": dict(GENERATION),
    }


def card_sections(training: Training, table: str) -> dict[str, str]:
    """Return the sections of the model card by title."""
    return {
        "What it is": WHAT,
        "Data and licences": DATA,
        "Recipe": "\n".join([RECIPE, *training.lines()]),
        "Figures": f"{FIGURES}\n\n{table}\n\nDecoding: `{dict(GENERATION)}`.",
        "In the service": IN_THE_SERVICE,
        "Limits": LIMITS,
    }


WHAT = """
An encoder-decoder (M2M100 architecture) that rewrites one or two English sentences as one shorter
sentence. The first token of the output is forced: `__short__` asks for strong compression (about
half of the words or fewer), `__long__` for light. Input is lower-cased by the tokenizer and output
is lower case: restore case from the evidence. `ctranslate2/` holds the same weights as int8.
"""
DATA = """
CNN/DailyMail articles and highlights (for research; copyright of the publishers), XSum where its
summaries are supported, English sentences of Europarl and news commentary. The weights are
offered as CC BY-NC 4.0.
"""
RECIPE = """
Each highlight is kept only where one or two neighbouring sentences of the article hold all of its
content words and numbers, negation agrees and it is shorter by a tenth or more; to these come
sentences with dispensable parts deleted by pattern (never an attribution), and short sentences as
themselves. Initialised to copy, with attention guided by the identity of equal pieces; else as
the translator's recipe.

"""
FIGURES = """
300 CNN/DailyMail dev articles, never trained on; int8 weights. `supported`: the share of outputs
all of whose content words (Porter stems) and numbers are in the evidence; `copied`: of those that
equal it; `ratio`: words out per word in; ROUGE against the reference highlight (rouge-score,
stemmed). `pairs` were filtered as the training pairs are; `leads` are the first three sentences
of every article, unfiltered. Again:
`python -m models.training.summariser --evaluate models/embedded/rewriter --data DIR --rows 300`
"""
IN_THE_SERVICE = """
Summaries as served, selection and grounding around the model, against leads and references, and
what of them is not in their articles: `python -m models.training.quality --data DIR --rows 1000`.

<!-- begin quality -->
<!-- end quality -->
"""
LIMITS = """
"Supported" is a test of words, not of who did what: merged sentences can confuse roles. Use the
output behind a check of names, numbers, negation and attribution, and fall back to the evidence.
English only.
"""


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse the command line; `--help` tells the options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with summarisation/")
    parser.add_argument("--out", type=Path, help="where the exported weights go")
    parser.add_argument("--preset", choices=PRESETS, default="small")
    parser.add_argument("--minutes", type=float, help="training time; default: the preset's")
    parser.add_argument("--steps", type=int, help="train so many steps instead")
    parser.add_argument("--rows", type=int, help="use so many rows of each file, for a trial")
    parser.add_argument("--shrink", action="store_true", help="a tiny shape, for a trial")
    parser.add_argument("--work", type=Path, default=Path(".training/summariser"))
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--evaluate", type=Path, help="only measure this exported folder")
    parsed = parser.parse_args(arguments)
    if not parsed.evaluate and not parsed.out:
        parser.error("--out is needed to train")
    return parsed


def chosen_preset(parsed: argparse.Namespace) -> Preset:
    """Return the preset with the command line's changes."""
    preset = PRESETS[parsed.preset]
    schedule = replace(
        preset.schedule, minutes=parsed.minutes or preset.schedule.minutes, steps=parsed.steps
    )
    if parsed.shrink:
        preset = replace(preset, shape=shrink(preset.shape), batch_tokens=1_000)
    return replace(preset, schedule=schedule)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and deliver, or measure what was delivered."""
    parsed = parse_arguments(arguments)
    if parsed.evaluate:
        known = json.loads((parsed.evaluate / "precis.json").read_text(encoding="utf-8"))
        for decoder in (Int8Decoder(parsed.evaluate), FloatDecoder(parsed.evaluate)):
            print(evaluate(parsed.data, decoder, known["generation"], parsed.rows))
        return
    preset = chosen_preset(parsed)
    trainer = train(parsed.data, parsed.work, preset, parsed.resume, parsed.rows)
    deliver(parsed.out, parsed.data, parsed.work, trainer, parsed)


if __name__ == "__main__":
    main()
