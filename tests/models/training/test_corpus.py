"""Batches hold what the corpus holds, padded at the end, and come again the same by seed."""

from dataclasses import astuple
from pathlib import Path

import numpy as np

from models.training.corpus import NO_LINK, Corpus, Ragged, Sampler, join, pack
from models.training.vocabulary import EOS_ID, PAD_ID


def small_corpus() -> Corpus:
    return Corpus(
        sources=Ragged.from_rows([[11, 12, 13], [14]]),
        targets=Ragged.from_rows([[21, 22], [23]]),
        links=Ragged.from_rows([[2, NO_LINK], [0]]),
        target_tokens=np.full(2, 5, np.int16),
        origins=np.asarray(["news", "europarl"]),
    )


def test_a_batch_is_shifted_ended_and_padded() -> None:
    batch = pack(small_corpus(), [0, 1])
    assert batch.source.tolist() == [[11, 12, 13, EOS_ID], [14, EOS_ID, PAD_ID, PAD_ID]]
    assert batch.inputs.tolist() == [[EOS_ID, 5, 21, 22], [EOS_ID, 5, 23, PAD_ID]]
    assert batch.labels.tolist() == [[5, 21, 22, EOS_ID], [5, 23, EOS_ID, PAD_ID]]
    assert batch.links.tolist() == [[NO_LINK, 2, NO_LINK, 3], [NO_LINK, 0, 1, NO_LINK]]
    assert batch.target_tokens == 7


def test_a_saved_corpus_is_read_back(tmp_path: Path) -> None:
    small_corpus().save(tmp_path / "corpus.npz")
    loaded = Corpus.load(tmp_path / "corpus.npz")
    assert loaded.origins.tolist() == ["news", "europarl"]
    assert [row.tolist() for row in loaded.links] == [[2, NO_LINK], [0]]


def test_joined_corpora_keep_their_rows_and_name_their_origins() -> None:
    joined = join({"en-fr": small_corpus(), "fr-en": small_corpus()})
    assert joined.origins.tolist() == [
        "en-fr/news", "en-fr/europarl", "fr-en/news", "fr-en/europarl",
    ]  # fmt: skip
    assert joined.sources[3].tolist() == [14]


def test_the_sampler_repeats_itself_by_seed_and_keeps_to_its_limits(corpus: Corpus) -> None:
    def batches(seed: int) -> list[list[list[int]]]:
        sampler = Sampler(corpus, {"copy": 1.0}, batch_tokens=200, seed=seed, pool_rows=300)
        return [batch.source.tolist() for batch in sampler.pool(3, max_length=40)]

    assert batches(1) == batches(1) != batches(2)
    assert all(len(rows) * len(rows[0]) <= 200 for rows in batches(1))
    assert sum(len(rows) for rows in batches(1)) <= 300


def test_where_every_sentence_is_too_long_the_shortest_remain(corpus: Corpus) -> None:
    sampler = Sampler(corpus, {"copy": 1.0, "absent": 5.0}, batch_tokens=200, seed=1)
    assert next(sampler.pool(0, max_length=1)).target_tokens > 0


def test_small_origins_come_as_often_as_their_weight_asks() -> None:
    sampler = Sampler(small_corpus(), {"news": 3.0, "europarl": 1.0}, 1_000, 1, pool_rows=40)
    sources = np.concatenate([batch.source[:, 0] for batch in sampler.pool(0, 9)])
    assert (sources == 11).sum() == 30
    assert (sources == 14).sum() == 10


def test_batches_are_plain_arrays() -> None:
    assert {part.dtype for part in astuple(pack(small_corpus(), [0]))} == {np.dtype(np.int32)}
