"""The catalogue: which model does a task, where it lies, and how it is opened."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Literal

from models.batching import BatchObserver, Lanes, MicroBatcher
from models.engines.ctranslate2 import CTranslate2Engine, count_cores
from models.engines.memory import HalvingEngine
from models.engines.transformers import TransformersEngine, list_vocabulary
from models.entries import (
    MANIFEST,
    CatalogueEntry,
    Task,
    build_entry,
    read_embedded,
    read_installed,
    read_revision,
)
from models.hub import DEFAULTS
from models.lexicon import open_lexicon
from models.names import read_changing
from models.protocols import ModelMissing, Seq2SeqEngine
from models.recognition import recognise
from models.text_model import Seq2SeqTextModel
from models.tokenisation import Tokeniser
from models.translator import SentenceTranslator
from models.turns import Turns

EngineName = Literal["ctranslate2", "transformers"]
Profile = Literal["embedded", "hub"]

EMBEDDED = Path(__file__).parent / "embedded"
# In the order in which they are asked: the first that has a pair translates it.
EMBEDDED_TRANSLATORS = ("translator", "translator-de", "translator-es", "translator-en")
# More tokens than these make a core no faster, and a short article waits for a whole batch.
_CPU_BATCH_TOKENS, _GPU_BATCH_TOKENS = 1024, 8192

_REFERENCE = re.compile(r"(?P<name>[^@:]+)(?:@(?P<revision>[\w./-]+))?(?::(?P<languages>[\w+-]+))?")


@dataclass(frozen=True, slots=True)
class Reference:
    """A model as an operator names it: `NAME[@REVISION][:LANGUAGES]`.

    `name` is an id on the hub or a local directory; `languages` are for models whose files do not
    tell: "en+de" for a summariser, "en-fr+fr-en" for a translator.
    """

    name: str
    revision: str = ""
    languages: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        """Tell whether this is a directory, not an id on the hub."""
        return self.name.startswith((".", "/", "~")) or Path(self.name).is_dir()

    @property
    def folder(self) -> str:
        """Return the name of its place in the directory of models."""
        if self.is_local:
            return f"local--{Path(self.name).expanduser().resolve().name}"
        return self.name.replace("/", "--")


@dataclass(frozen=True, slots=True)
class Means:
    """What a model is run with; 0 means what suits the machine.

    `lanes` calls run at a time, each on its share of the `cores`; `share_lanes` has several
    models take turns on these.
    """

    engine: EngineName = "ctranslate2"
    device: str = "cpu"
    cores: int = 0
    max_waiting: int = 20_000
    observer: BatchObserver | None = None
    lanes: int = 0
    batch_tokens: int = 0
    turns: Turns | None = None
    shared_lanes: Lanes | None = None


def read_reference(text: str) -> Reference:
    """Return the model that `text` names; raises `ModelMissing` for what is no name."""
    match = _REFERENCE.fullmatch(text.strip())
    if match is None:
        raise ModelMissing(f"{text!r}: not a model; NAME[@REVISION][:LANGUAGES] is wanted")
    languages = tuple(filter(None, (match["languages"] or "").split("+")))
    return Reference(match["name"], match["revision"] or "", languages)


def find_entry(
    task: Task, profile: Profile, models_directory: Path, name: str = ""
) -> CatalogueEntry:
    """Return the model that does `task`: the named one, else the profile's first.

    Raises `ModelMissing`, which says what is missing and which command gets it.
    """
    if profile == "embedded" and name in ("", *EMBEDDED_TRANSLATORS):
        return read_embedded(
            EMBEDDED / (name or ("translator" if task == "translate" else "rewriter"))
        )
    reference = read_reference(name or DEFAULTS[task][0])
    directory = _locate(reference, models_directory)
    if (directory / MANIFEST).is_file():
        return read_installed(directory, task, reference.languages)
    found = recognise(directory, list_vocabulary(directory), reference.name)
    revision = read_revision(directory)
    return build_entry(directory, reference.name, revision, found, task, reference.languages)


def list_models(task: Task, profile: Profile) -> tuple[str, ...]:
    """Return the names of a profile's models for a task, for `find_entry`."""
    if profile == "hub":
        return DEFAULTS[task]
    return EMBEDDED_TRANSLATORS if task == "translate" else ("",)


def check_model(
    task: Task, profile: Profile, models_directory: Path, name: str, engine: EngineName
) -> None:
    """Raise `ModelMissing` where a model is not there, or not as `engine` reads it; opens none."""
    if profile == "embedded" and name in ("", *EMBEDDED_TRANSLATORS):
        return
    reference = read_reference(name or DEFAULTS[task][0])
    directory = _locate(reference, models_directory)
    if engine == "ctranslate2" and not (directory / "ctranslate2" / "model.bin").is_file():
        raise ModelMissing(
            f"{reference.name}: {directory} is not converted for the ctranslate2 engine; "
            f"do it with: {_tell_command(reference, models_directory)}"
        )


def _locate(reference: Reference, models_directory: Path) -> Path:
    """Return where a model lies: installed, as a local directory, or in the hub's cache layout."""
    installed = models_directory / reference.folder
    snapshots = models_directory / f"models--{reference.folder}" / "snapshots"
    own = [Path(reference.name).expanduser()] if reference.is_local else []
    cached = sorted(snapshots.glob(f"{reference.revision}*"), key=lambda path: path.stat().st_mtime)
    for directory in (installed, *own, *reversed(cached)):
        if (directory / "config.json").is_file():
            return directory
    raise ModelMissing(
        f"{reference.name}: no such model in {models_directory}; "
        f"get it with: {_tell_command(reference, models_directory)}"
    )


def _tell_command(reference: Reference, models_directory: Path) -> str:
    pinned = f"@{reference.revision}" if reference.revision else ""
    return f"python -m models.fetch --into {models_directory} {reference.name}{pinned}"


def open_model(entry: CatalogueEntry, means: Means) -> Seq2SeqTextModel:
    """Load a model's tokeniser and weights behind a micro-batcher; raises `ModelMissing`."""
    lanes = means.shared_lanes or _open_lanes(means)
    tokeniser = Tokeniser(entry.directory)
    batcher = MicroBatcher(
        HalvingEngine(_open_engine(entry, means, lanes.number)),
        lanes=lanes,
        max_batch_tokens=_choose_batch_tokens(means),
        max_waiting=means.max_waiting,
        observer=means.observer,
        turns=means.turns,
    )
    return Seq2SeqTextModel(tokeniser, batcher, entry.max_input_tokens, entry.settings, entry.frame)


def open_translator(entry: CatalogueEntry, means: Means) -> SentenceTranslator:
    """Load a translator, and what is known of names and words beside it; raises `ModelMissing`."""
    changing = read_changing(entry.directory)
    targets = {*chain.from_iterable(entry.card.pairs.values())}
    lexicon = open_lexicon(entry.directory, targets)
    model = open_model(entry, means)
    return SentenceTranslator(model, entry.card, changing, entry.longest_words, lexicon)


def share_lanes(means: Means) -> Means:
    """Return `means` by which models share the cores; on a GPU each has a lane of its own."""
    on_cpu = _settle_device(means.device) == "cpu"
    return replace(means, shared_lanes=_open_lanes(means) if on_cpu else None)


def _open_lanes(means: Means) -> Lanes:
    """Return as many lanes as keep the cores busy.

    Small models gain more from a batch per core than from cores per batch; a GPU takes one, and so
    does torch, which spreads a batch over the cores by itself.
    """
    cores = means.cores or count_cores()
    one = means.engine == "transformers" or _settle_device(means.device) != "cpu"
    return Lanes(1 if one else min(means.lanes or cores, cores))


def _open_engine(entry: CatalogueEntry, means: Means, lanes: int) -> Seq2SeqEngine:
    cores = means.cores or count_cores()
    if means.engine == "transformers":
        device = "cpu" if means.device == "auto" else means.device
        return TransformersEngine(entry.directory, device, cores)
    on_cpu = _settle_device(means.device) == "cpu"
    return CTranslate2Engine(
        entry.directory / "ctranslate2",
        device="cpu" if on_cpu else "cuda",
        compute_type="int8" if on_cpu else "float16",
        lanes=lanes,
        threads_per_lane=cores // lanes,
    )


def _choose_batch_tokens(means: Means) -> int:
    """Return how many padded tokens go to the engine at a time."""
    if means.batch_tokens:
        return means.batch_tokens
    on_cpu = means.engine == "transformers" or _settle_device(means.device) == "cpu"
    return _CPU_BATCH_TOKENS if on_cpu else _GPU_BATCH_TOKENS


def _settle_device(device: str) -> str:
    import ctranslate2

    if device != "auto":
        return device
    return "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
