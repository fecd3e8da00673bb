"""Owns the training loop: optimisers, schedules, progress, averaging and resumable checkpoints.

On CPU these settings of the environment made steps a tenth faster, and three times where other
work wanted the cores: `GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:`
`glibc.malloc.trim_threshold=8000000000` (no page faults for activations), `GOMP_SPINCOUNT=2000`
(threads that wait do not spin) and `ONEDNN_PRIMITIVE_CACHE_CAPACITY=8192` (kernels are kept).
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm

from models.training.corpus import Batch, Sampler
from models.training.muon import Muon, multiplies_bfloat16
from models.training.network import Network, guide_loss, token_loss


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long to train and how things change on the way; a run ends at `minutes` or `steps`.

    Lengths are in pieces. Learning rates warm up over `warmup_steps`, stay flat until `flat_share`
    of the run and fall to `end_share` of themselves.
    """

    minutes: float = 60.0
    steps: int | None = None
    matrix_rate: float = 0.01
    vector_rate: float = 1.5e-3
    warmup_steps: int = 200
    flat_share: float = 0.6
    end_share: float = 0.03
    smoothing: float = 0.1
    first_length: int = 14
    last_length: int = 104
    guide_weight: float = 1.0
    last_guide_weight: float = 0.1
    average_every: int = 8
    average_decay: float = 0.97
    save_minutes: float = 5.0

    def going_on(self, new_directions: bool) -> "Schedule":
        """Return the schedule for weights that have come to its end: little is made easy first.

        What they know of sentences serves `new_directions` too, but those need guidance.
        """
        if new_directions:
            first, warmup = self.last_length // 2, self.warmup_steps // 2
            return replace(self, warmup_steps=max(1, warmup), first_length=first)
        return replace(
            self,
            warmup_steps=max(1, self.warmup_steps // 8),
            first_length=self.last_length,
            guide_weight=self.last_guide_weight,
        )

    def progress(self, step: int, seconds: float) -> float:
        """Return the share of the run that is over; in steps alone where `steps` is given."""
        done = step / self.steps if self.steps else seconds / (60 * self.minutes)
        return min(1.0, done)

    def rate(self, progress: float, step: int) -> float:
        """Return the factor on the learning rates."""
        fallen = max(0.0, (progress - self.flat_share) / (1 - self.flat_share))
        return min(1.0, (step + 1) / self.warmup_steps) * (1 - (1 - self.end_share) * fallen)

    def max_length(self, progress: float) -> int:
        """Return the longest sentence to learn from: short ones first, all from half time on."""
        share = min(1.0, 2 * progress)
        return round(self.first_length + share * (self.last_length - self.first_length))

    def guidance(self, progress: float) -> float:
        """Return the weight of the guided attention's loss, which falls until half time."""
        share = min(1.0, 2 * progress)
        return self.guide_weight + share * (self.last_guide_weight - self.guide_weight)


class MasterOptimiser:
    """Muon for matrices, Adam for embeddings and norms, over float32 copies of all weights.

    The network itself may be bfloat16: its steps would be lost in rounding without the copies.
    """

    def __init__(self, network: nn.Module, schedule: Schedule) -> None:
        named = list(network.named_parameters())
        self.names = [name for name, _ in named]
        self.weights: list[Tensor] = [weight for _, weight in named]
        self.masters = [weight.detach().float().clone().requires_grad_() for weight in self.weights]
        self._rates = schedule.matrix_rate, schedule.vector_rate
        is_matrix = [weight.ndim == 2 and "embedding" not in name for name, weight in named]
        matrices = [m for m, flag in zip(self.masters, is_matrix, strict=True) if flag]
        vectors = [m for m, flag in zip(self.masters, is_matrix, strict=True) if not flag]
        self.muon = Muon(matrices, lr=schedule.matrix_rate)
        self.adam = torch.optim.Adam(
            vectors, lr=schedule.vector_rate, betas=(0.9, 0.98), fused=True
        )
        for master in self.masters:
            master.grad = torch.zeros_like(master)
        self.averages = [master.detach().clone() for master in self.masters]

    @torch.no_grad()
    def step(self, factor: float) -> None:
        """Apply the network's gradients at `factor` of the learning rates, then clear them."""
        for master, weight in zip(self.masters, self.weights, strict=True):
            assert master.grad is not None
            assert weight.grad is not None
            master.grad.copy_(weight.grad)
        for optimiser, rate in zip((self.muon, self.adam), self._rates, strict=True):
            for group in optimiser.param_groups:
                group["lr"] = rate * factor
            optimiser.step()
        torch._foreach_copy_(self.weights, self.masters)
        for weight in self.weights:
            weight.grad = None

    @torch.no_grad()
    def average(self, decay: float) -> None:
        """Move the running averages of the weights towards the weights."""
        torch._foreach_lerp_(self.averages, self.masters, 1 - decay)

    def averaged_state(self) -> dict[str, Tensor]:
        """Return the averaged weights, float32, by parameter name."""
        return dict(zip(self.names, self.averages, strict=True))

    def state(self) -> dict[str, Any]:
        """Return all that a resumed run needs."""
        return {
            "masters": [master.detach() for master in self.masters],
            "averages": self.averages,
            "muon": self.muon.state_dict(),
            "adam": self.adam.state_dict(),
        }

    @torch.no_grad()
    def restore(self, state: dict[str, Any]) -> None:
        """Take up a state written by `state`, and set the network's weights by it."""
        torch._foreach_copy_(self.masters, state["masters"])
        torch._foreach_copy_(self.averages, state["averages"])
        torch._foreach_copy_(self.weights, self.masters)
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])


class Trainer:
    """Trains a network on a sampler's batches and keeps a checkpoint in `folder`."""

    def __init__(
        self, network: Network, sampler: Sampler, schedule: Schedule, folder: Path
    ) -> None:
        self.network, self.sampler, self.schedule = network, sampler, schedule
        self.path = folder / "checkpoint.pt"
        self.optimiser = MasterOptimiser(network, schedule)
        self.step = 0
        self.seconds = 0.0
        self.tokens = 0
        self._pool, self._place, self._length = 0, 0, 0

    @property
    def progress(self) -> float:
        """The share of the run that is over."""
        return self.schedule.progress(self.step, self.seconds)

    def run(self) -> None:
        """Train to the end of the schedule; a checkpoint is written every few minutes."""
        self.network.train()
        saved = self.seconds
        with tqdm(total=100, unit="%", smoothing=0.1, mininterval=5) as bar:
            for batch in self.batches():
                began = time.monotonic()
                loss = self.learn(batch)
                self.seconds += time.monotonic() - began
                self._show(bar, loss)
                if self.seconds - saved > 60 * self.schedule.save_minutes:
                    saved = self.seconds
                    self.save()
        self.save()

    def batches(self) -> Iterator[Batch]:
        """Yield batches from where the run stands to the end of its schedule."""
        while True:
            self._length = self._length or self.schedule.max_length(self.progress)
            batches = self.sampler.pool(self._pool, self._length)
            for batch in islice(batches, self._place, None):
                if self.progress >= 1:
                    return
                self._place += 1
                yield batch
            self._pool, self._place, self._length = self._pool + 1, 0, 0

    def learn(self, batch: Batch) -> float:
        """Take one step on a batch; return its loss per label, nats, unsmoothed."""
        schedule, progress = self.schedule, self.progress
        device = self.network.embedding.weight.device
        source, inputs, labels, links = (
            torch.from_numpy(part).to(device).long()
            for part in (batch.source, batch.inputs, batch.labels, batch.links)
        )
        states, scores = self.network(source, inputs)
        rows = 256 if device.type == "cpu" else 8_192
        loss, plain = token_loss(self.network, states, labels, schedule.smoothing, rows)
        (loss + schedule.guidance(progress) * guide_loss(scores, links)).backward()
        self.optimiser.step(schedule.rate(progress, self.step))
        self.step += 1
        self.tokens += batch.target_tokens
        if self.step % schedule.average_every == 0:
            self.optimiser.average(schedule.average_decay)
        return plain.item()

    def _show(self, bar: tqdm, loss: float) -> None:
        bar.update(round(100 * self.progress, 2) - bar.n)
        speed = self.tokens / max(self.seconds, 1e-9)
        bar.set_postfix(
            loss=f"{loss:.2f}", tokens_per_s=f"{speed:.0f}", step=self.step, refresh=False
        )

    def save(self) -> None:
        """Write the checkpoint; a run that is killed meanwhile leaves the one before."""
        state = {
            "shape": self.network.shape.as_dict(),
            "optimiser": self.optimiser.state(),
            "counters": (self.step, self.seconds, self.tokens),
            "place": (self._pool, self._place, self._length),
            "random": torch.get_rng_state(),
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".partial")
        torch.save(state, partial)
        os.replace(partial, self.path)

    def resume(self) -> None:
        """Take up the checkpoint where it was left.

        Raises `FileNotFoundError` when there is none.
        """
        state = torch.load(self.path, map_location="cpu", weights_only=True)
        self.optimiser.restore(state["optimiser"])
        self.step, self.seconds, self.tokens = state["counters"]
        self._pool, self._place, self._length = state["place"]
        torch.set_rng_state(state["random"])


def place(network: Network, bfloat16: bool) -> Network:
    """Move a network to the GPU if there is one, and to bfloat16 if asked and fast there."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network.to(device)
    return network.to(torch.bfloat16) if bfloat16 and multiplies_bfloat16(device) else network
