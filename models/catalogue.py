"""The catalogue: which models there are, what is known of them, and how they are opened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from models.batching import BatchObserver, MicroBatcher
from models.engines.ctranslate2 import CTranslate2Engine, count_cores
from models.engines.transformers import TransformersEngine
from models.protocols import GenerationSettings, ModelCard, ModelMissing, Seq2SeqEngine
from models.text_model import Seq2SeqTextModel, Tokeniser

EngineName = Literal["ctranslate2", "transformers"]
Profile = Literal["embedded", "hub"]
Task = Literal["summarise", "translate"]

EMBEDDED = Path(__file__).parent / "embedded"

# A direction is offered from here on, and is no longer experimental from there on.
OFFERED_CHRF, READABLE_CHRF = 30.0, 45.0

# More tokens than these hardly make a core faster, and a short article waits for a whole batch.
_CPU_BATCH_TOKENS, _GPU_BATCH_TOKENS = 512, 8192

_M2M100_LANGUAGES = (
    "af am ar ast az ba be bg bn br bs ca ceb cs cy da de el en es et fa ff fi fr fy ga gd gl gu "
    "ha he hi hr ht hu hy id ig ilo is it ja jv ka kk km kn ko lb lg ln lo lt lv mg mk ml mn mr ms "
    "my ne nl no ns oc or pa pl ps pt ro ru sd si sk sl so sq sr ss su sv sw ta th tl tn tr uk ur "
    "uz vi wo xh yi yo zh zu"
).split()
_XLSUM_LANGUAGES = (
    "am ar az bn my zh en fr gu ha hi ig id ja rn ko ky mr ne om ps fa pt pa ru gd sr si so es sw "
    "ta te th ti tr uk ur uz vi cy yo"
).split()


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A model: who it is, where its files lie, and how it wants to be used.

    `target_tokens` maps a target to the token that decoding begins with. `reads` is what a
    summariser is given.
    """

    card: ModelCard
    directory: Path
    max_input_tokens: int
    settings: GenerationSettings
    target_tokens: Mapping[str, str] = field(default_factory=dict)
    encoder_prefix: tuple[str, ...] = ()
    reads: Literal["sentence", "article"] = "article"
    lowercase: bool = False


@dataclass(frozen=True, slots=True)
class Means:
    """What a model is run with; 0 means what suits the machine.

    `lanes` calls run at a time, each on its share of the `cores`.
    """

    engine: EngineName = "ctranslate2"
    device: str = "cpu"
    cores: int = 0
    max_waiting: int = 20_000
    observer: BatchObserver | None = None
    lanes: int = 0
    batch_tokens: int = 0


def find_entry(task: Task, profile: Profile, models_directory: Path) -> CatalogueEntry:
    """Return the model that does `task` in `profile`; raises `ModelMissing`."""
    if profile == "embedded":
        return read_embedded(EMBEDDED / ("translator" if task == "translate" else "rewriter"))
    entries = {"translate": _describe_m2m100, "summarise": _describe_xlsum}
    return entries[task](models_directory)


def read_embedded(directory: Path) -> CatalogueEntry:
    """Return the entry of a model that this project trained, from its `precis.json`."""
    path = directory / "precis.json"
    try:
        return _build_embedded(json.loads(path.read_text(encoding="utf-8")), directory)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelMissing(f"{path}: cannot be read: {error!r}") from error


def _build_embedded(facts: Mapping[str, Any], directory: Path) -> CatalogueEntry:
    return CatalogueEntry(
        card=_describe_embedded(facts),
        directory=directory,
        max_input_tokens=facts["max_input_tokens"],
        settings=GenerationSettings(**facts.get("generation", {})),
        target_tokens=facts["target_tokens"],
        encoder_prefix=tuple(facts.get("encoder_prefix", ())),
        reads="sentence",
        lowercase=facts["lowercase"],
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
        non_commercial="NC" in facts["licence"],
    )


def _describe_m2m100(models_directory: Path) -> CatalogueEntry:
    directory = models_directory / "facebook--m2m100_418M"
    languages = _M2M100_LANGUAGES
    return CatalogueEntry(
        card=ModelCard(
            id="facebook/m2m100_418M",
            revision=read_revision(directory),
            licence="MIT",
            task="translate",
            pairs={s: tuple(t for t in languages if t != s) for s in languages},
        ),
        directory=directory,
        max_input_tokens=512,
        settings=GenerationSettings(beam_size=4, max_output_tokens=512, no_repeat_ngram_size=4),
        target_tokens={code: f"__{code}__" for code in languages},
    )


def _describe_xlsum(models_directory: Path) -> CatalogueEntry:
    directory = models_directory / "csebuetnlp--mT5_multilingual_XLSum"
    return CatalogueEntry(
        card=ModelCard(
            id="csebuetnlp/mT5_multilingual_XLSum",
            revision=read_revision(directory),
            licence="CC-BY-NC-SA-4.0",
            task="summarise",
            languages=tuple(_XLSUM_LANGUAGES),
            non_commercial=True,
        ),
        directory=directory,
        # Trained on at most 512 input and 84 output tokens (Hasan et al. 2021).
        max_input_tokens=512,
        settings=GenerationSettings(beam_size=4, max_output_tokens=84, no_repeat_ngram_size=2),
    )


def read_revision(directory: Path) -> str:
    """Return a revision of weights that carry none: the hash of their sizes, names and head.

    Raises `ModelMissing` where there are no weights.
    """
    files = sorted(p for p in directory.rglob("*") if p.suffix in (".bin", ".safetensors"))
    if not files:
        raise ModelMissing(
            f"{directory}: no model there; put its files and its CTranslate2 conversion "
            "(in ctranslate2/) into that directory"
        )
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.name}:{path.stat().st_size}:".encode())
        with path.open("rb") as file:
            digest.update(file.read(1 << 20))
    return digest.hexdigest()[:12]


def open_model(entry: CatalogueEntry, means: Means) -> Seq2SeqTextModel:
    """Load a model's tokeniser and weights behind a micro-batcher; raises `ModelMissing`."""
    cores = means.cores or count_cores()
    tokeniser = Tokeniser(entry.directory)
    engine, lanes = _open_engine(entry, means, cores)
    batcher = MicroBatcher(
        engine,
        lanes=lanes,
        max_batch_tokens=_choose_batch_tokens(means),
        max_waiting=means.max_waiting,
        observer=means.observer,
    )
    return Seq2SeqTextModel(
        tokeniser,
        batcher,
        entry.max_input_tokens,
        entry.settings,
        entry.target_tokens,
        entry.encoder_prefix,
    )


def _open_engine(entry: CatalogueEntry, means: Means, cores: int) -> tuple[Seq2SeqEngine, int]:
    """Return the engine and how many calls it takes at a time.

    Small models gain more from a batch per core than from cores per batch; a GPU takes one.
    """
    if means.engine == "transformers":
        device = "cpu" if means.device == "auto" else means.device
        return TransformersEngine(entry.directory, device, cores), 1
    on_cpu = _settle_device(means.device) == "cpu"
    lanes = min(means.lanes or cores, cores) if on_cpu else 1
    engine = CTranslate2Engine(
        entry.directory / "ctranslate2",
        device="cpu" if on_cpu else "cuda",
        compute_type="int8" if on_cpu else "float16",
        lanes=lanes,
        threads_per_lane=cores // lanes,
    )
    return engine, lanes


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
