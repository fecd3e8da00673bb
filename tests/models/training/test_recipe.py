"""The translator's recipe: from text files to a model of the catalogue, and on from there."""

import lzma
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer

from models.catalogue import read_embedded
from models.training.corpus import Corpus, Ragged
from models.training.export import load_network
from models.training.loop import Schedule
from models.training.network import Shape
from models.training.translator import (
    Preset,
    Workshop,
    deliver,
    keep_begun,
    prepare,
    sampling_weights,
    shortlist_delivered,
    start_network,
    train,
)

PRESET = Preset(
    Shape(340, 32, 2, 64, encoder_layers=1, decoder_layers=1, dropout=0.0),
    Schedule(steps=3, warmup_steps=1, first_length=20, last_length=40),
    batch_tokens=400,
    pairs=("en-fr",),
    bfloat16=False,
)


def align_straight(sources: list[str], targets: list[str], path: Path) -> None:
    """Link pieces that stand in the same place, in the way of an aligner."""
    lengths = [
        min(len(one.split()), len(other.split()))
        for one, other in zip(sources, targets, strict=True)
    ]
    path.write_text("".join(" ".join(f"{i}-{i}" for i in range(n)) + "\n" for n in lengths))


@pytest.fixture(scope="module")
def workshop(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(data, tmp_path_factory.mktemp("work"), PRESET, aligner=align_straight)


@pytest.fixture(scope="module")
def delivered(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    deliver(out, workshop, train(workshop, resume=False), "the command", "small")
    return out


def test_what_is_delivered_says_who_it_is_and_how_good(delivered: Path) -> None:
    entry = read_embedded(delivered)
    assert entry.card.id == f"precis-{delivered.name}-small"
    assert entry.frame.forced_tokens == {"fr": "__fr__"}
    card = (delivered / "README.md").read_text(encoding="utf-8")
    assert "the command" in card
    assert "| en-fr | CTranslate2 int8 | 10 |" in card
    assert "| en-fr | transformers float32 | 10 |" in card


def test_what_is_delivered_writes_pieces_of_its_targets_alone(
    workshop: Workshop, delivered: Path, data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "earlier"
    shutil.copytree(delivered, folder)
    shortlist = folder / "ctranslate2" / "vmap.txt"
    written = shortlist.read_text(encoding="utf-8")
    shortlist.unlink()
    shortlist_delivered(folder, data, PRESET, None)
    assert shortlist.read_text(encoding="utf-8") == written
    tokenizer = AutoTokenizer.from_pretrained(folder)
    pairs = workshop.clean("en-fr")
    french = {piece for pair in pairs for piece in tokenizer.tokenize(pair.target)}
    english = {piece for pair in pairs for piece in tokenizer.tokenize(pair.source)}
    foreign = {piece for piece in english - french if len(piece) > 2}
    assert foreign
    assert not foreign & set(written.split())
    assert french <= set(written.split())


def test_held_out_sentences_are_not_trained_on(workshop: Workshop, data: Path) -> None:
    with lzma.open(data / "dev.en-fr.tsv.xz", "rt", encoding="utf-8") as file:
        held_out = {line.split("\t")[1] for line in file}
    assert held_out
    assert not held_out & {pair.source for pair in workshop.clean("en-fr")}


def test_a_bound_on_rows_draws_from_all_of_each_origin(workshop: Workshop) -> None:
    every, some = workshop.clean("en-fr"), replace(workshop, max_rows=20).clean("en-fr")
    assert len(some) == 20
    assert {pair.source for pair in some} <= {pair.source for pair in every}
    whole = sorted(pair.source for pair in every)
    assert whole[:20] != sorted(pair.source for pair in some)


def test_a_run_that_goes_on_draws_other_rows_than_the_one_before(
    workshop: Workshop, delivered: Path
) -> None:
    first = replace(workshop, max_rows=20)
    assert first.clean("en-fr") == first.clean("en-fr")
    assert replace(first, start=delivered).clean("en-fr") != first.clean("en-fr")


def test_a_run_that_goes_on_has_no_easy_beginning_but_for_new_directions(
    workshop: Workshop, delivered: Path
) -> None:
    both = replace(PRESET, pairs=("en-fr", "en-de"))
    assert workshop.schedule == PRESET.schedule
    assert replace(workshop, start=delivered).schedule == PRESET.schedule.going_on(False)
    grown = replace(workshop, start=delivered, preset=both)
    assert grown.schedule == PRESET.schedule.going_on(True)


def test_a_result_keeps_the_wanted_share_of_what_it_began_with(
    workshop: Workshop, delivered: Path
) -> None:
    begun = dict(load_network(delivered).named_parameters())
    state = {name: weight.detach() + 1 for name, weight in begun.items()}
    kept = keep_begun(state, replace(workshop, start=delivered, kept=0.25))
    for name, weight in begun.items():
        torch.testing.assert_close(kept[name], weight.detach() + 0.75)
    assert keep_begun(state, replace(workshop, start=delivered)) == state


def test_into_english_the_other_language_is_the_source(workshop: Workshop) -> None:
    into = workshop.clean("fr-en")
    assert {(pair.target, pair.source) for pair in into} == {
        (pair.source, pair.target) for pair in workshop.clean("en-fr")
    }


def test_new_directions_are_learnt_on_top_of_a_delivered_model(
    workshop: Workshop, delivered: Path, tmp_path: Path
) -> None:
    preset = replace(PRESET, pairs=("en-fr", "de-en", "en-de"))
    grown = replace(workshop, folder=tmp_path, preset=preset, start=delivered)
    _, corpora = prepare(grown)
    before = load_network(delivered).state_dict()
    after = start_network(grown, corpora).state_dict()
    changed = {name for name, weight in before.items() if not weight.equal(after[name])}
    assert changed <= {"embedding.weight"}
    trainer = train(grown, resume=False)
    assert trainer.step == 3
    assert {name.partition("/")[0] for name in trainer.sampler.shares} == set(preset.pairs)


def test_a_small_origin_of_much_worth_is_drawn_more_often_than_its_size(corpus: Corpus) -> None:
    rows = Ragged.from_rows([[1]] * 10)
    mixed = replace(
        corpus,
        sources=rows, targets=rows, links=rows,
        origins=corpus.origins[:10].astype("U8"), target_tokens=corpus.target_tokens[:10],
    )  # fmt: skip
    mixed.origins[:] = ["news"] + ["tatoeba"] * 9
    weights = sampling_weights({"en-fr": mixed})
    assert weights["en-fr/news"] == pytest.approx(2 * weights["en-fr/tatoeba"])
    assert weights["en-fr/docs"] == 0
    assert sum(weights.values()) == pytest.approx(1)
