"""Owns the encoded corpus: ragged arrays of pieces and links, and the batches cut from them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt
from transformers import PreTrainedTokenizerFast

from models.training.text import Pair
from models.training.vocabulary import EOS_ID, PAD_ID, token_id

Ids = npt.NDArray[np.int32]
NO_LINK = -1
# Lengths of batches are multiples of this: the matrix library compiles a kernel for every new
# shape, which took a third of a training step while shapes were free.
LENGTH_STEP = 8
_RAGGED = ("sources", "targets", "links")


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of different lengths in one flat array; row i is `flat[offsets[i]:offsets[i + 1]]`."""

    flat: npt.NDArray[np.int16]
    offsets: npt.NDArray[np.int64]

    @classmethod
    def from_rows(cls, rows: Iterable[Sequence[int]]) -> "Ragged":
        """Pack the rows, whose values must fit 16 signed bits."""
        packed = [np.asarray(row, np.int16) for row in rows]
        offsets = np.cumsum([0, *map(len, packed)], dtype=np.int64)
        return cls(np.concatenate(packed or [np.empty(0, np.int16)]), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[npt.NDArray[np.int16]]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> npt.NDArray[np.int16]:
        return self.flat[self.offsets[index] : self.offsets[index + 1]]

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """The number of values in each row."""
        return np.diff(self.offsets)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Encoded pairs: pieces without `</s>`, the target token of each pair, its origin, its links.

    `links[i][j]` is the position of the source piece that target piece j translates, or `NO_LINK`.
    """

    sources: Ragged
    targets: Ragged
    links: Ragged
    target_tokens: npt.NDArray[np.int16]
    origins: npt.NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.sources)

    def save(self, path: Path) -> None:
        """Write all arrays to one compressed `.npz` file."""
        arrays: dict[str, npt.NDArray] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Ragged):
                arrays[field.name + ".flat"] = value.flat
                arrays[field.name + ".offsets"] = value.offsets
            else:
                arrays[field.name] = value
        np.savez_compressed(path, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path) -> "Corpus":
        """Read what `save` wrote."""
        arrays = np.load(path)
        ragged = {
            name: Ragged(arrays[name + ".flat"], arrays[name + ".offsets"]) for name in _RAGGED
        }
        return cls(**ragged, target_tokens=arrays["target_tokens"], origins=arrays["origins"])


def encode_texts(tokenizer: PreTrainedTokenizerFast, texts: Sequence[str]) -> Ragged:
    """Encode texts as pieces, special tokens in them as plain text, without the final `</s>`."""
    batch = tokenizer(list(texts), add_special_tokens=False, split_special_tokens=True)
    return Ragged.from_rows(batch["input_ids"])


def encode_pairs(
    tokenizer: PreTrainedTokenizerFast, pairs: Sequence[Pair], target_token: str
) -> tuple[Ragged, Ragged, npt.NDArray[np.int16], npt.NDArray[np.str_]]:
    """Encode pairs as the columns of a corpus that still lacks its links."""
    return (
        encode_texts(tokenizer, [pair.source for pair in pairs]),
        encode_texts(tokenizer, [pair.target for pair in pairs]),
        np.full(len(pairs), token_id(tokenizer, target_token), np.int16),
        np.asarray([pair.origin for pair in pairs]),
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """A padded batch: `source` (rows, S); `inputs` and `labels` (rows, T); `links` (rows, T).

    A row of `inputs` is `</s>`, the target token, the pieces; of `labels` the target token, the
    pieces, `</s>`. `links` names for each label a position of the source, or `NO_LINK`.
    """

    source: Ids
    inputs: Ids
    labels: Ids
    links: Ids

    @property
    def target_tokens(self) -> int:
        """The number of labels that are not padding."""
        return int((self.labels != PAD_ID).sum())


def pack(corpus: Corpus, rows: Sequence[int], multiple: int = 1) -> Batch:
    """Pad the given rows of a corpus at their ends into one batch of lengths of the `multiple`."""
    source = [[*corpus.sources[row], EOS_ID] for row in rows]
    inputs = [[EOS_ID, corpus.target_tokens[row], *corpus.targets[row]] for row in rows]
    labels = [[corpus.target_tokens[row], *corpus.targets[row], EOS_ID] for row in rows]
    links = [[NO_LINK, *corpus.links[row], len(corpus.sources[row])] for row in rows]
    fillers = (PAD_ID, PAD_ID, PAD_ID, NO_LINK)
    parts = zip((source, inputs, labels, links), fillers, strict=True)
    return Batch(*(_pad(part, filler, multiple) for part, filler in parts))


def _pad(rows: list[list[int]], filler: int, multiple: int) -> Ids:
    length = -(-max(map(len, rows)) // multiple) * multiple
    padded = np.full((len(rows), length), filler, np.int32)
    for index, row in enumerate(rows):
        padded[index, : len(row)] = row
    return padded


class Sampler:
    """Draws batches of like lengths, origins by weight; the same seed and pool give the same.

    Pools rather than epochs: each is drawn afresh, an origin's rows in shuffled rounds, so that a
    small origin is repeated as often as its weight asks and a large one is seen evenly.
    """

    def __init__(
        self,
        corpus: Corpus,
        weights: dict[str, float],
        batch_tokens: int,
        seed: int,
        pool_rows: int = 20_000,
    ) -> None:
        self._corpus, self._batch_tokens, self._seed = corpus, batch_tokens, seed
        self._pool_rows = pool_rows
        self._lengths = np.maximum(corpus.sources.lengths + 1, corpus.targets.lengths + 2)
        self._rows = {name: np.flatnonzero(corpus.origins == name) for name in weights}
        total = sum(weight for name, weight in weights.items() if len(self._rows[name]))
        self._shares = {
            name: weight / total for name, weight in weights.items() if len(self._rows[name])
        }

    @property
    def shares(self) -> dict[str, float]:
        """The share of rows that each origin has in a pool."""
        return dict(self._shares)

    def pool(self, number: int, max_length: int) -> Iterator[Batch]:
        """Yield the batches of pool `number`, leaving out rows longer than `max_length` pieces.

        Where all rows of the pool are longer, the shortest remain.
        """
        drawn = np.concatenate(
            [self._draw(name, number, share) for name, share in self._shares.items()]
        )
        chance = np.random.default_rng((self._seed, number))
        drawn = drawn[self._lengths[drawn] <= max(max_length, self._lengths[drawn].min())]
        drawn = drawn[np.argsort(self._lengths[drawn] + chance.random(len(drawn)))]
        batches = list(self._cut(drawn))
        for index in chance.permutation(len(batches)):
            yield pack(self._corpus, batches[index], LENGTH_STEP)

    def _draw(self, name: str, number: int, share: float) -> npt.NDArray[np.int64]:
        rows = self._rows[name]
        count = max(1, round(self._pool_rows * share))
        places = np.arange(number * count, (number + 1) * count)
        rounds = np.unique(places // len(rows))
        orders = {int(turn): self._order(name, int(turn)) for turn in rounds}
        return np.asarray(
            [rows[orders[int(place // len(rows))][place % len(rows)]] for place in places]
        )

    def _order(self, name: str, turn: int) -> npt.NDArray[np.int64]:
        salt = list(name.encode())
        return np.random.default_rng((self._seed, turn, *salt)).permutation(len(self._rows[name]))

    def _cut(self, rows: npt.NDArray[np.int64]) -> Iterator[list[int]]:
        lengths = -(-self._lengths[rows] // LENGTH_STEP) * LENGTH_STEP
        for length in np.unique(lengths):
            alike = rows[lengths == length]
            count = max(1, self._batch_tokens // int(length))
            for begin in range(0, len(alike), count):
                yield alike[begin : begin + count].tolist()


def join(corpora: Mapping[str, Corpus]) -> Corpus:
    """Join corpora into one; the origins of each become `name/origin`."""
    parts = list(corpora.values())
    return Corpus(
        sources=_join_ragged([part.sources for part in parts]),
        targets=_join_ragged([part.targets for part in parts]),
        links=_join_ragged([part.links for part in parts]),
        target_tokens=np.concatenate([part.target_tokens for part in parts]),
        origins=np.concatenate([np.char.add(f"{name}/", c.origins) for name, c in corpora.items()]),
    )


def _join_ragged(parts: Sequence[Ragged]) -> Ragged:
    lengths = np.concatenate([part.lengths for part in parts])
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Ragged(np.concatenate([part.flat for part in parts]), offsets)
