"""Entries: a model as it lies on disk, with all that is needed to use it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from models.codes import read_code
from models.framing import Frame
from models.hub import HubModel, find_known, forbids_commerce
from models.protocols import GenerationSettings, ModelCard, ModelMissing
from models.recognition import Recognised

Task = Literal["summarise", "translate"]
TASKS: tuple[Task, ...] = ("summarise", "translate")
Reads = Literal["sentence", "article", "parts"]

# A direction is offered from here on, and is no longer experimental from there on.
OFFERED_CHRF, READABLE_CHRF = 30.0, 45.0
MANIFEST = "precis.json"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A model: who it is, where its files lie, and how it wants to be used.

    `reads` is what a summariser is given: a sentence, an article, or for one that writes a single
    sentence, an article in parts. A translator reads sentences of up to `longest_words` well, where
    that is known.
    """

    card: ModelCard
    directory: Path
    max_input_tokens: int
    settings: GenerationSettings
    frame: Frame = field(default_factory=Frame)
    reads: Reads = "article"
    lowercase: bool = False
    longest_words: int | None = None


def read_manifest(directory: Path) -> dict[str, Any]:
    """Return what `precis.json` says of the model in `directory`; raises `ModelMissing`."""
    path = directory / MANIFEST
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(facts, dict):
            raise ValueError("not a JSON object")
    except (OSError, ValueError) as error:
        raise ModelMissing(f"{path}: cannot be read: {error!r}") from error
    return facts


def read_embedded(directory: Path) -> CatalogueEntry:
    """Return the entry of a model that this project trained, from its `precis.json`."""
    facts = read_manifest(directory)
    try:
        return _build_embedded(facts, directory)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelMissing(f"{directory / MANIFEST}: cannot be read: {error!r}") from error


def _build_embedded(facts: Mapping[str, Any], directory: Path) -> CatalogueEntry:
    settings = GenerationSettings(**facts.get("generation", {}))
    bounds = facts["max_input_tokens"], facts.get("longest_words")
    return CatalogueEntry(
        card=replace(_describe_embedded(facts), decoding=f"{settings} {bounds}"),
        directory=directory,
        max_input_tokens=facts["max_input_tokens"],
        settings=settings,
        frame=Frame(
            first=tuple(facts.get("encoder_prefix", ())), forced_tokens=facts["target_tokens"]
        ),
        reads="sentence",
        lowercase=facts["lowercase"],
        longest_words=facts.get("longest_words"),
    )


def _describe_embedded(facts: Mapping[str, Any]) -> ModelCard:
    translates = facts["task"] == "translate"
    scores = {pair: score["chrf"] for pair, score in facts.get("quality", {}).items() if translates}
    offered = {
        source: tuple(t for t in targets if scores.get(f"{source}-{t}", 0.0) >= OFFERED_CHRF)
        for source, targets in facts.get("pairs", {}).items()
    }
    return ModelCard(
        id=facts["id"],
        revision=facts["revision"],
        licence=facts["licence"],
        task="translate" if translates else "summarise",
        languages=tuple(facts.get("languages", () if translates else ("en",))),
        pairs={source: targets for source, targets in offered.items() if targets and translates},
        experimental=tuple(pair for pair, chrf in scores.items() if chrf < READABLE_CHRF),
        non_commercial=forbids_commerce(facts["licence"]),
    )


def read_installed(directory: Path, task: Task, languages: Iterable[str] = ()) -> CatalogueEntry:
    """Return the entry of a model that `models.fetch` installed; raises `ModelMissing`.

    `languages` are what the operator says it does: "en" for a summariser, "en-fr" for a
    translator; they go before what its files say.
    """
    facts = read_manifest(directory)
    try:
        found = Recognised(**facts["recognised"])
        return build_entry(directory, facts["id"], facts["revision"], found, task, languages)
    except (TypeError, KeyError, AttributeError) as error:
        raise ModelMissing(f"{directory / MANIFEST}: cannot be read: {error!r}") from error


def build_entry(
    directory: Path,
    name: str,
    revision: str,
    found: Recognised,
    task: Task,
    languages: Iterable[str] = (),
) -> CatalogueEntry:
    """Return the entry of a recognised model for a task; raises `ModelMissing`.

    The catalogue's own facts, where it knows the model, go before those of the files.
    """
    known = find_known(name) or HubModel(task, found.licence)
    settings = GenerationSettings(**{**found.generation, **known.generation})
    listed = tuple(languages) or known.languages
    max_input_tokens = known.max_input_tokens or found.max_input_tokens
    card = _describe(name, revision, known, found, task, listed)
    return CatalogueEntry(
        card=replace(card, decoding=f"{settings} {max_input_tokens}"),
        directory=directory,
        max_input_tokens=max_input_tokens,
        settings=settings,
        frame=found.frame(task),
        reads="parts" if known.one_sentence else "article",
    )


def _describe(
    name: str,
    revision: str,
    known: HubModel,
    found: Recognised,
    task: Task,
    listed: tuple[str, ...],
) -> ModelCard:
    summarised = tuple(listed or found.languages) if task == "summarise" else ()
    pairs = _list_pairs(found, listed) if task == "translate" else {}
    if not summarised and not pairs:
        what = "summarises" if task == "summarise" else "translates"
        example = "en" if task == "summarise" else "en-fr"
        raise ModelMissing(
            f"{name}: its files do not say which languages it {what}; "
            f"name them after a colon: {name}:{example}"
        )
    return ModelCard(
        id=name,
        revision=revision,
        licence=known.licence,
        task=task,
        languages=summarised,
        pairs=pairs,
        non_commercial=forbids_commerce(known.licence),
    )


def _list_pairs(found: Recognised, listed: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return what is translated: what the operator named, the tasks of a T5, or all to all."""
    named = [*listed] or [pair for pair in found.prefixes if pair]
    if named:
        pairs: dict[str, tuple[str, ...]] = {}
        for source, target in (_split_pair(pair) for pair in named):
            pairs[source] = (*pairs.get(source, ()), target)
        return pairs
    return {
        source: rest
        for source in found.sources
        if (rest := tuple(t for t in found.targets if t != source))
    }


def _split_pair(pair: str) -> tuple[str, str]:
    source, mark, target = pair.partition("-")
    try:
        if not mark:
            raise ValueError(f"{pair!r} is no pair such as en-fr")
        return read_code(source), read_code(target)
    except ValueError as error:
        raise ModelMissing(str(error)) from error


def read_revision(directory: Path) -> str:
    """Return a revision of weights that carry none: the hash of their sizes, names and head.

    Raises `ModelMissing` where there are no weights.
    """
    files = sorted(p for p in directory.rglob("*") if p.suffix in (".bin", ".safetensors"))
    if not files:
        raise ModelMissing(f"{directory}: no weights there")
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.name}:{path.stat().st_size}:".encode())
        with path.open("rb") as file:
            digest.update(file.read(1 << 20))
    return digest.hexdigest()[:12]
