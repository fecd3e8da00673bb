"""Alignments find the partner of a piece; embeddings make partners neighbours."""

import numpy as np

from models.training.alignment import align_pairs, identity_links, train_embeddings
from models.training.corpus import NO_LINK, Corpus, Ragged

PIECES = 6
CHANCE = np.random.default_rng(1)
SOURCES = [CHANCE.permutation(PIECES)[:4].tolist() for _ in range(400)]
TARGETS = [[piece + PIECES for piece in reversed(row)] for row in SOURCES]


def test_identity_links_go_forward_and_fall_back() -> None:
    sources, targets = Ragged.from_rows([[7, 8, 7, 9]]), Ragged.from_rows([[7, 9, 8, 5]])
    assert identity_links(sources, targets)[0].tolist() == [0, 3, 1, NO_LINK]


def test_reversed_sentences_are_aligned_backwards() -> None:
    spellings = [f"piece{index}" for index in range(2 * PIECES)]
    links = align_pairs(Ragged.from_rows(SOURCES), Ragged.from_rows(TARGETS), spellings)
    right = np.mean([row.tolist() == [3, 2, 1, 0] for row in links])
    assert right > 0.9


def test_linked_pieces_become_neighbours() -> None:
    links = Ragged.from_rows([[3, 2, 1, 0]] * len(SOURCES))
    corpus = Corpus(
        Ragged.from_rows(SOURCES), Ragged.from_rows(TARGETS), links,
        np.zeros(len(SOURCES), np.int16), np.full(len(SOURCES), "toy"),
    )  # fmt: skip
    vectors = train_embeddings(corpus, 2 * PIECES + 3, 16, seed=1)
    assert vectors.shape == (2 * PIECES + 3, 16)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
