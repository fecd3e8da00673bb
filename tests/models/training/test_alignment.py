"""Alignments find the partner of a piece; embeddings make partners neighbours."""

from pathlib import Path

import numpy as np

from models.training.alignment import (
    align_pairs,
    identity_links,
    train_embeddings,
    translate_embeddings,
)
from models.training.corpus import NO_LINK, Corpus, Ragged

PIECES = 6
CHANCE = np.random.default_rng(1)
SOURCES = [CHANCE.permutation(PIECES)[:4].tolist() for _ in range(400)]
TARGETS = [[piece + PIECES for piece in reversed(row)] for row in SOURCES]


def test_identity_links_go_forward_and_fall_back() -> None:
    sources, targets = Ragged.from_rows([[7, 8, 7, 9]]), Ragged.from_rows([[7, 9, 8, 5]])
    assert identity_links(sources, targets)[0].tolist() == [0, 3, 1, NO_LINK]


def test_links_are_read_as_the_aligner_writes_them() -> None:
    def align(sources: list[str], targets: list[str], path: Path) -> None:
        assert [len(line.split()) for line in sources] == [3, 1]  # a piece is one word, always
        assert len(targets) == 2
        path.write_text("0-1 2-0\n\n")

    sources, targets = Ragged.from_rows([[0, 1, 2], [0]]), Ragged.from_rows([[3, 4, 3], [4]])
    links = align_pairs(sources, targets, ["▁a", "▁", " ", "b c", "d"], align)
    assert [row.tolist() for row in links] == [[2, 0, NO_LINK], [NO_LINK]]


def test_linked_pieces_become_neighbours() -> None:
    links = Ragged.from_rows([[3, 2, 1, 0]] * len(SOURCES))
    corpus = Corpus(
        Ragged.from_rows(SOURCES), Ragged.from_rows(TARGETS), links,
        np.zeros(len(SOURCES), np.int16), np.full(len(SOURCES), "toy"),
    )  # fmt: skip
    vectors = train_embeddings(corpus, 2 * PIECES + 3, 16, seed=1)
    assert vectors.shape == (2 * PIECES + 3, 16)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_new_piece_begins_as_the_known_pieces_it_translates() -> None:
    sources, targets = Ragged.from_rows([[0, 1], [0]]), Ragged.from_rows([[2, 3], [2]])
    links = Ragged.from_rows([[0, NO_LINK], [0]])
    corpus = Corpus(sources, targets, links, np.zeros(2, np.int16), np.full(2, "toy"))
    vectors = np.asarray([[3, 4], [0, 5], [9, 9], [7, 0]], np.float32)
    grown = translate_embeddings([corpus], vectors, np.asarray([True, True, False, False]))
    np.testing.assert_allclose(grown, [[3, 4], [0, 5], [3, 4], [7, 0]], atol=1e-6)
