"""Owns the model cards: Markdown with YAML front matter, written from measured figures."""

import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.training.evaluation import Score
from models.training.loop import Trainer


@dataclass(frozen=True, slots=True)
class Training:
    """How the weights came to be, for the card: counts, minutes on the clock, the command."""

    command: str
    minutes: float
    steps: int
    target_tokens: int
    weights: int

    def lines(self) -> Iterable[str]:
        """Yield the facts as a Markdown list."""
        yield f"- command: `{self.command}`"
        yield f"- {self.minutes:.0f} minutes on {describe_machine()}"
        yield f"- {self.steps:,} steps, {self.target_tokens / 1e6:.1f} million target tokens"
        yield f"- {self.weights / 1e6:.1f} million weights"


def measured_training(trainer: Trainer, command: str) -> Training:
    """Return what a finished run is worth telling."""
    weights = sum(weight.numel() for weight in trainer.network.parameters())
    return Training(command, trainer.seconds / 60, trainer.step, trainer.tokens, weights)


def describe_machine() -> str:
    """Return the kind of processor in words, without names of the machine."""
    return f"{os.cpu_count()} cores ({platform.machine()}), shared with other work"


def score_table(results: Mapping[str, Mapping[str, Score]]) -> str:
    """Return a Markdown table of scores, a row for each direction and engine."""
    rows = [
        "| direction | engine | sentences | chrF | BLEU | sentences/s |",
        "|---|---|---|---|---|---|",
    ]
    for pair, found in results.items():
        rows += [
            f"| {pair} | {name} | {score.sentences} | {score.chrf:.1f} | {score.bleu:.1f} "
            f"| {score.sentences_per_second:.0f} |"
            for name, score in found.items()
        ]
    signatures = {
        signature
        for found in results.values()
        for score in found.values()
        for signature in (f"chrF `{score.chrf_signature}`", f"BLEU `{score.bleu_signature}`")
    }
    return "\n".join([*rows, "", "Signatures: " + "; ".join(sorted(signatures)) + "."])


def write_card(folder: Path, title: str, licence: str, sections: Mapping[str, str]) -> None:
    """Write `README.md` with a title, the licence as front matter, and sections in order."""
    parts = [f"---\nlicense: {licence.lower()}\nlibrary_name: transformers\n---\n\n# {title}"]
    parts += [f"## {name}\n\n{body.strip()}" for name, body in sections.items()]
    (folder / "README.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
