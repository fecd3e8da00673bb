"""Owns the network: a lean pre-norm Transformer with the weights of M2M100, and its losses.

Vaswani et al. (2017), "Attention Is All You Need"; layer normalisation first, after Xiong et al.
(2020). Linear layers have no biases and projections of one input are fused, which is faster; the
export gives M2M100 zero biases and separate projections.
"""

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.training.vocabulary import PAD_ID

HIDDEN = -1e4


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a network; `width` is a multiple of `heads`, `dropout` a probability."""

    vocabulary: int
    width: int = 384
    heads: int = 6
    inner: int = 1536
    encoder_layers: int = 4
    decoder_layers: int = 2
    dropout: float = 0.1
    max_positions: int = 512

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


def shrink(shape: Shape) -> Shape:
    """Return a tiny shape of the same vocabulary, to try a recipe in minutes."""
    return replace(shape, width=64, heads=2, inner=128, encoder_layers=2, decoder_layers=1)


class Attention(nn.Module):
    """Multi-head attention of a sequence over itself or, where it crosses, over another."""

    def __init__(self, shape: Shape, crosses: bool) -> None:
        super().__init__()
        self.heads = shape.heads
        self.crosses = crosses
        width = shape.width
        if crosses:
            self.query = nn.Linear(width, width, bias=False)
        self.mixed = nn.Linear(width, (2 if crosses else 3) * width, bias=False)
        self.output = nn.Linear(width, width, bias=False)

    def project(self, states: Tensor, memory: Tensor | None = None) -> tuple[Tensor, ...]:
        """Return queries, keys and values, each (rows, heads, length, width / heads)."""
        if memory is None:
            parts = self.mixed(states).chunk(3, dim=-1)
        else:
            parts = (self.query(states), *self.mixed(memory).chunk(2, dim=-1))
        return tuple(part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)

    def forward(self, states: Tensor, memory: Tensor | None, bias: Tensor) -> tuple[Tensor, Tensor]:
        """Return the new states, and the first head's scores (rows, T, S) for guidance.

        `bias` is added to the scores: 0 where a position may be seen, else very low.
        """
        query, key, value = self.project(states, memory)
        # Written out: the backward pass of torch's fused attention is ten times slower on CPU.
        scores = (query * query.shape[-1] ** -0.5) @ key.transpose(2, 3) + bias
        mixed = scores.softmax(dim=-1) @ value
        return self.output(mixed.transpose(1, 2).flatten(2)), scores[:, 0]


class Layer(nn.Module):
    """A pre-norm layer: self-attention, in a decoder cross-attention, then feed-forward."""

    def __init__(self, shape: Shape, decodes: bool) -> None:
        super().__init__()
        self.self_norm = nn.LayerNorm(shape.width)
        self.self_attention = Attention(shape, crosses=False)
        if decodes:
            self.cross_norm = nn.LayerNorm(shape.width)
            self.cross_attention = Attention(shape, crosses=True)
        self.inner_norm = nn.LayerNorm(shape.width)
        self.widen = nn.Linear(shape.width, shape.inner, bias=False)
        self.narrow = nn.Linear(shape.inner, shape.width, bias=False)
        self.dropout = nn.Dropout(shape.dropout)

    def encode(self, states: Tensor, bias: Tensor) -> Tensor:
        """Return the next states of an encoder, (rows, S, width)."""
        attended, _ = self.self_attention(self.self_norm(states), None, bias)
        return self._feed(states + self.dropout(attended))

    def decode(
        self, states: Tensor, memory: Tensor, causal: Tensor, bias: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the next states (rows, T, width), and the scores of one cross-attention head."""
        attended, _ = self.self_attention(self.self_norm(states), None, causal)
        states = states + self.dropout(attended)
        attended, scores = self.cross_attention(self.cross_norm(states), memory, bias)
        return self._feed(states + self.dropout(attended)), scores

    def _feed(self, states: Tensor) -> Tensor:
        inner = F.relu(self.widen(self.inner_norm(states)))
        return states + self.dropout(self.narrow(inner))


class Network(nn.Module):
    """The encoder-decoder with one embedding tied to encoder, decoder and output."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width, padding_idx=PAD_ID)
        self.encoder = nn.ModuleList(Layer(shape, False) for _ in range(shape.encoder_layers))
        self.decoder = nn.ModuleList(Layer(shape, True) for _ in range(shape.decoder_layers))
        self.encoder_norm = nn.LayerNorm(shape.width)
        self.decoder_norm = nn.LayerNorm(shape.width)
        self.dropout = nn.Dropout(shape.dropout)
        self.positions: Tensor
        self.register_buffer("positions", sinusoids(shape), persistent=False)
        self.outputs: Tensor
        self.places: Tensor
        self.choose_among(torch.arange(shape.vocabulary))

    def choose_among(self, pieces: Tensor) -> None:
        """Have the loss choose among these pieces alone, as a shortlist bounds decoding.

        The special tokens must be among them. Another piece as a label teaches nothing.
        """
        outputs = pieces.sort().values
        places = torch.full((self.shape.vocabulary,), PAD_ID).index_copy_(
            0, outputs, torch.arange(len(outputs))
        )
        # Special tokens come first in the vocabulary, so padding keeps its place.
        self.register_buffer("outputs", outputs, persistent=False)
        self.register_buffer("places", places, persistent=False)

    def embed(self, ids: Tensor) -> Tensor:
        """Embed pieces (rows, length) that are padded at the end, as M2M100 does."""
        scaled = self.embedding(ids) * math.sqrt(self.shape.width)
        return self.dropout(scaled + self.positions[: ids.shape[1]])

    def encode(self, source: Tensor) -> tuple[Tensor, Tensor]:
        """Return the states (rows, S, width) of the source and the bias that hides its padding."""
        states = self.embed(source)
        hidden = (source == PAD_ID)[:, None, None, :]
        bias = states.new_zeros(hidden.shape).masked_fill_(hidden, HIDDEN)
        for layer in self.encoder:
            states = cast(Layer, layer).encode(states, bias)
        return self.encoder_norm(states), bias

    def forward(self, source: Tensor, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Return decoder states (rows, T, width) and guide scores (rows, T, S), unnormalised."""
        memory, bias = self.encode(source)
        states = self.embed(inputs)
        length = inputs.shape[1]
        causal = states.new_full((length, length), HIDDEN).triu_(1)
        scores = causal
        for layer in self.decoder:
            states, scores = cast(Layer, layer).decode(states, memory, causal, bias)
        return self.decoder_norm(states), scores

    def logits(self, states: Tensor) -> Tensor:
        """Return the scores (…, vocabulary) of the next piece."""
        return F.linear(states, self.embedding.weight)

    @torch.no_grad()
    def initialise(self, embeddings: Tensor) -> None:
        """Start as a word-by-word translator over embeddings (vocabulary, width) of unit length.

        The encoder begins nearly as the words themselves and the last cross-attention copies what
        it sees to the output, where a word's neighbour in the embeddings is its translation.
        """
        self.embedding.weight.copy_(embeddings)
        self.embedding.weight[PAD_ID] = 0
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=1 / math.sqrt(module.in_features))
        for layer in self.encoder:
            _shrink(cast(Layer, layer), 0.1)
        for layer in self.decoder:
            _shrink(cast(Layer, layer), 0.2)
            cast(Layer, layer).cross_attention.output.weight.mul_(0.2)
        copier = cast(Layer, self.decoder[-1]).cross_attention
        identity = torch.eye(self.shape.width)
        copier.mixed.weight[self.shape.width :] = identity
        copier.output.weight.copy_(2 * identity)


def _shrink(layer: Layer, factor: float) -> None:
    layer.self_attention.output.weight.mul_(factor)
    layer.narrow.weight.mul_(factor)


def sinusoids(shape: Shape) -> Tensor:
    """Return position vectors (max_positions, width) as M2M100 counts them, after the padding."""
    half = shape.width // 2
    rates = torch.exp(torch.arange(half) * -(math.log(10_000) / (half - 1)))
    angles = torch.arange(PAD_ID + 1, PAD_ID + 1 + shape.max_positions)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class SmoothedCrossEntropy(torch.autograd.Function):
    """Label-smoothed cross-entropy of tied logits, forward and backward at once, in slices.

    The slices stay in the processor's cache, and the logits of a batch never exist together:
    the idea of Wijmans et al. (2024), "Cut Your Losses in Large-Vocabulary Language Models".
    """

    @staticmethod
    def forward(
        ctx: Any, states: Tensor, weight: Tensor, labels: Tensor, smoothing: float, rows: int
    ) -> tuple[Tensor, Tensor]:
        """Return the mean smoothed loss and the mean plain loss, for states (N, width)."""
        kept = labels != PAD_ID
        count, vocabulary = kept.sum(), weight.shape[0]
        grads = states.new_empty(len(labels), vocabulary)
        smooth = plain = torch.zeros((), device=states.device)
        for begin in range(0, len(labels), rows):
            part = slice(begin, begin + rows)
            # log_softmax is the one reduction that torch has fused well on CPU.
            scores = F.log_softmax((states[part] @ weight.T).float(), dim=1)
            loss = -scores.gather(1, labels[part, None])[kept[part]].sum()
            mean = -scores.mean(1)[kept[part]].sum()
            plain, smooth = plain + loss, smooth + (1 - smoothing) * loss + smoothing * mean
            grad = scores.exp_().sub_(smoothing / vocabulary)
            down = grad.new_full((len(grad), 1), smoothing - 1)
            grads[part] = grad.scatter_add_(1, labels[part, None], down)
        grads[~kept] = 0
        ctx.save_for_backward((grads @ weight) / count, (grads.T @ states) / count)
        return smooth / count, plain / count

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        """Scale the gradients that were computed with the loss."""
        state_grad, weight_grad = ctx.saved_tensors
        return state_grad * grads[0], weight_grad * grads[0], None, None, None


def token_loss(
    network: Network, states: Tensor, labels: Tensor, smoothing: float, rows: int = 256
) -> tuple[Tensor, Tensor]:
    """Return the smoothed and the plain loss per label, nats, padding left out."""
    flat = network.places[labels.flatten()]
    # Padding fills the last slice: matrices of few different shapes, for the sake of compiling.
    order = torch.argsort((flat == PAD_ID).long(), stable=True)
    chosen = order[: -(-int((flat != PAD_ID).sum()) // rows) * rows]
    weight = network.embedding.weight[network.outputs]
    loss, plain = SmoothedCrossEntropy.apply(
        states.flatten(0, 1)[chosen], weight, flat[chosen], smoothing, rows
    )
    return loss, plain


def guide_loss(scores: Tensor, links: Tensor) -> Tensor:
    """Return the cross-entropy of guide scores (rows, T, S) against the linked positions.

    Chen et al. (2016), "Guided Alignment Training for Topic-Aware Neural Machine Translation".
    """
    kept = links >= 0
    if not bool(kept.any()):
        return scores.sum() * 0
    return F.cross_entropy(scores[kept].float(), links[kept].long())
