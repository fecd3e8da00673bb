"""Owns word alignments and the embeddings in which a piece and its translation are neighbours."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from models.training.corpus import NO_LINK, Corpus, Ragged

Aligner = Callable[[list[str], list[str], Path], None]


def write_links(sources: list[str], targets: list[str], path: Path) -> None:
    """Write the links of each pair of lines in Pharaoh's format, "source-target source-target".

    Östling and Tiedemann (2016), "Efficient word alignment with Markov chain Monte Carlo"; model
    1, the forward direction.
    """
    import eflomal  # compiled when it is installed, so it is not among what tests need

    eflomal.Aligner(model=1).align(sources, targets, links_filename_fwd=str(path))


def link_nothing(sources: list[str], targets: list[str], path: Path) -> None:
    """Write no link for any pair of lines, in the place of `write_links`."""
    path.write_text("\n" * len(sources))


def align_pairs(
    sources: Ragged, targets: Ragged, pieces: Sequence[str], aligner: Aligner = write_links
) -> Ragged:
    """Link every target piece to the source piece that it translates, or to `NO_LINK`.

    `pieces` are the spellings by identifier.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder, "links")
        aligner(_spell(sources, pieces), _spell(targets, pieces), path)
        with path.open() as lines:
            lengths = targets.lengths.tolist()
            return Ragged.from_rows(
                _parse_links(line, length) for line, length in zip(lines, lengths, strict=True)
            )


def _spell(rows: Ragged, pieces: Sequence[str]) -> list[str]:
    # Eflomal splits at blanks and drops empty words: each piece must stay one word.
    words = ["".join(piece.split()) or "¤" for piece in pieces]
    return [" ".join([words[index] for index in row.tolist()]) + "\n" for row in rows]


def _parse_links(line: str, length: int) -> list[int]:
    links = [NO_LINK] * length
    for link in line.split():
        source, target = link.split("-")
        links[int(target)] = int(source)
    return links


def train_embeddings(
    corpus: Corpus, vocabulary_size: int, dimensions: int, seed: int, max_pairs: int = 300_000
) -> npt.NDArray[np.float32]:
    """Train skip-gram vectors (vocabulary_size, dimensions) on text that mixes its languages.

    Half of the linked pieces of each sentence are swapped for their partners, after Gouws and
    Søgaard (2015), so that translations share contexts. Rows are centred and of unit length;
    pieces never seen get small random vectors.
    """
    from gensim.models import Word2Vec

    with TemporaryDirectory() as folder:
        path = Path(folder, "mixed")
        with path.open("w") as file:
            file.writelines(_mix(corpus, seed, max_pairs))
        model = Word2Vec(
            corpus_file=str(path), vector_size=dimensions, window=4, min_count=3, sg=1,
            negative=5, sample=1e-4, epochs=2, workers=2, seed=seed,
        )  # fmt: skip
    vectors = np.random.default_rng(seed).normal(size=(vocabulary_size, dimensions))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    known = np.asarray([int(word) for word in model.wv.index_to_key])
    learnt = model.wv.vectors - model.wv.vectors.mean(axis=0)
    vectors[known] = learnt / np.linalg.norm(learnt, axis=1, keepdims=True)
    return vectors.astype(np.float32)


def count_pieces(sides: Iterable[Ragged], vocabulary_size: int) -> npt.NDArray[np.int64]:
    """Return how often each piece occurs in the given sides of corpora."""
    counts = np.zeros(vocabulary_size, np.int64)
    for side in sides:
        counts += np.bincount(side.flat, minlength=vocabulary_size)
    return counts


def translate_embeddings(
    corpora: Iterable[Corpus],
    vectors: npt.NDArray[np.float32],
    known: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float32]:
    """Return `vectors` in which pieces that are not `known` are the mean of their known partners.

    A new language so begins among the words that it translates. Means get the length that known
    vectors have; special tokens and pieces without partners keep theirs.
    """
    sums = np.zeros_like(vectors)
    for corpus in corpora:
        links, lengths = corpus.links.flat.astype(np.int64), corpus.links.lengths
        partners = np.repeat(corpus.sources.offsets[:-1], lengths) + links
        linked = links != NO_LINK
        targets, sources = corpus.targets.flat[linked], corpus.sources.flat[partners[linked]]
        learns = ~known[targets] & known[sources]
        np.add.at(sums, targets[learns], vectors[sources[learns]])
    norms = np.linalg.norm(sums, axis=1)
    found = norms > 0
    grown = vectors.copy()
    length = np.linalg.norm(vectors[known], axis=1).mean()
    grown[found] = sums[found] / norms[found, None] * length
    return grown


def _mix(corpus: Corpus, seed: int, max_pairs: int) -> Iterator[str]:
    chance = random.Random(seed)
    rows = chance.sample(range(len(corpus)), min(max_pairs, len(corpus)))
    for row in rows:
        source, target = corpus.sources[row].tolist(), corpus.targets[row].tolist()
        for j, i in enumerate(corpus.links[row].tolist()):
            if i != NO_LINK and chance.random() < 0.5:
                source[i], target[j] = target[j], source[i]
        yield from (" ".join(map(str, side)) + "\n" for side in (source, target))


def identity_links(sources: Ragged, targets: Ragged) -> Ragged:
    """Link every target piece to the first equal source piece after the one linked before it.

    For a rewriter: a summary's word is the word it was in the source. Falls back to any equal
    piece, then to `NO_LINK`.
    """
    return Ragged.from_rows(
        _link_equal(source.tolist(), target.tolist())
        for source, target in zip(sources, targets, strict=True)
    )


def _link_equal(source: list[int], target: Sequence[int]) -> list[int]:
    links, last = [], -1
    for piece in target:
        if piece in source[last + 1 :]:
            last = source.index(piece, last + 1)
            links.append(last)
        else:
            links.append(source.index(piece) if piece in source else NO_LINK)
    return links
