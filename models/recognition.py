"""Recognition: what a model in the hub's layout is and how it wants to be used, from its files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from models.codes import read_code, tabulate
from models.framing import Frame
from models.protocols import ModelMissing

# How each architecture of the hub is steered, by `model_type`; T5 covers MADLAD, M2M100 NLLB.
_STEERING = {
    "t5": "prefix",
    "mt5": "prefix",
    "umt5": "prefix",
    "bart": "plain",
    "pegasus": "plain",
    "marian": "leading",
    "mbart": "codes",
    "m2m_100": "codes",
}
# What marks a language in a vocabulary, and the code inside.
_MARKS = {
    "madlad": re.compile(r"<2(?P<code>[A-Za-z_]+)>"),
    "marian": re.compile(r">>(?P<code>[A-Za-z_]+)<<"),
    "m2m_100": re.compile(r"__(?P<code>[a-z]+)__"),
    "nllb": re.compile(r"(?P<code>[a-z]{3}_[A-Z][a-z]{3})"),
    "mbart": re.compile(r"(?P<code>[a-z]{2}_[A-Z]{2})"),
}
# Groups of languages that OPUS-MT names as one side of a model.
_GROUPS = {
    "ROMANCE": "fr es pt it ro ca gl oc".split(),
    "roa": "fr es pt it ro ca gl oc".split(),
    "itc": "fr es pt it ro ca gl oc la".split(),
    "gem": "en de nl da sv no is lb af fy".split(),
    "gmw": "en de nl lb af fy".split(),
    "gmq": "da sv no is fo".split(),
    "sla": "ru uk be pl cs sk sl hr sr bs bg mk".split(),
    "zle": "ru uk be".split(),
    "zlw": "pl cs sk".split(),
    "zls": "sl hr sr bs bg mk".split(),
    "fiu": "fi et hu".split(),
    "bat": "lt lv".split(),
}
_DEFAULT_INPUT_TOKENS = 512
# Beyond this a decoder has no positions, or nobody has trained it.
_MAX_OUTPUT_TOKENS = 512
_TEXT_TASK = re.compile(r"translation_(?P<source>\w+)_to_(?P<target>\w+)")
_GENERATION = {
    "num_beams": "beam_size",
    "max_length": "max_output_tokens",
    "min_length": "min_output_tokens",
    "no_repeat_ngram_size": "no_repeat_ngram_size",
    "repetition_penalty": "repetition_penalty",
    "length_penalty": "length_penalty",
}


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a model's files say of it, for any task; `models.fetch` writes it to `precis.json`.

    `codes` maps BCP 47 tags to the tokens that name languages; `prefixes` are the words that
    tasks of a T5 begin with. `sources` and `targets` are what it translates, as far as its files
    tell. `languages` and `licence` come from the model card.
    """

    architecture: str
    steering: str
    codes: dict[str, str] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    last: list[str] = field(default_factory=lambda: ["</s>"])
    forced: list[str] = field(default_factory=list)
    max_input_tokens: int = _DEFAULT_INPUT_TOKENS
    generation: dict[str, Any] = field(default_factory=dict)
    languages: list[str] = field(default_factory=list)
    licence: str = "unknown"

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return asdict(self)

    def frame(self, task: str) -> Frame:
        """Return what stands around a text for `task`."""
        keeps = task == "summarise"
        coded, leading = self.steering == "codes", self.steering == "leading"
        return Frame(
            prefixes={pair: words for pair, words in self.prefixes.items() if keeps != bool(pair)},
            first=tuple(self.first),
            last=tuple(self.last),
            source_tokens=self.codes if coded else {},
            leading_tokens=self.codes if leading else {},
            forced=tuple(self.forced),
            forced_tokens=self.codes if coded else {},
            keeps_language=keeps,
        )


def check_served(directory: Path) -> None:
    """Raise `ModelMissing` where the model in `directory` is of no architecture served here."""
    config = _read_json(directory / "config.json", required=True)
    _check_served(str(config.get("model_type", "")), config, directory)


def recognise(directory: Path, vocabulary: Mapping[str, int], name: str = "") -> Recognised:
    """Return what the model in `directory` is; raises `ModelMissing` for what cannot be served.

    `vocabulary` has all tokens of its tokeniser; `name` is its id on the hub, which tells the
    languages of OPUS-MT models.
    """
    config = _read_json(directory / "config.json", required=True)
    kind = str(config.get("model_type", ""))
    _check_served(kind, config, directory)
    generation = {**config, **_read_json(directory / "generation_config.json")}
    card = _read_card(directory / "README.md")
    codes = _find_codes(kind, sorted(vocabulary, key=lambda token: vocabulary[token]))
    sources, targets = _find_sides(kind, codes, directory, name)
    steering = "leading" if kind == "t5" and codes else _STEERING[kind]
    prefixes, decoding = _read_tasks(config)
    return Recognised(
        architecture=kind,
        steering=steering,
        codes=codes,
        prefixes=prefixes,
        sources=sources,
        targets=targets,
        first=["<s>"] if kind == "bart" else [],
        forced=_find_forced(kind, generation, vocabulary, directory),
        max_input_tokens=_read_limit(config),
        generation=_read_generation({**generation, **decoding}, config),
        languages=_list_languages(card, codes),
        licence=str(card.get("license") or "unknown"),
    )


def _read_json(path: Path, required: bool = False) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError("not a JSON object")
    except FileNotFoundError:
        if required:
            raise ModelMissing(f"{path.parent}: config.json is absent; not a model") from None
        return {}
    except (OSError, ValueError) as error:
        raise ModelMissing(f"{path}: cannot be read: {error}") from error
    return found


def _check_served(kind: str, config: Mapping[str, Any], directory: Path) -> None:
    names = ", ".join(config.get("architectures") or ()) or kind or "no architecture named"
    if kind not in _STEERING:
        decoder_only = not config.get("is_encoder_decoder") or "CausalLM" in names
        why = "decoder-only" if decoder_only else "of an architecture that is not served"
        raise ModelMissing(
            f"{directory}: the model is {why} ({names}); models that read and write apart are "
            f"wanted: {', '.join(sorted(_STEERING))}"
        )
    if "CausalLM" in names:
        raise ModelMissing(f"{directory}: the model is decoder-only ({names})")


def _find_codes(kind: str, tokens: Iterable[str]) -> dict[str, str]:
    """Return BCP 47 tag → token, of every language that the vocabulary marks."""
    kinds = {"t5": ["madlad"], "m2m_100": ["m2m_100", "nllb"]}.get(kind, [kind])
    for pattern in (_MARKS[k] for k in kinds if k in _MARKS):
        own = {m["code"]: token for token in tokens if (m := pattern.fullmatch(token))}
        if own:
            return {tag: own[code] for tag, code in tabulate(own).items()}
    return {}


def _find_sides(
    kind: str, codes: Mapping[str, str], directory: Path, name: str
) -> tuple[list[str], list[str]]:
    if kind != "marian":
        return list(codes), list(codes)
    facts = _read_json(directory / "tokenizer_config.json")
    named = re.search(r"opus-mt-(?:tc-\w+-)?([A-Za-z_]+)-([A-Za-z_]+)$", name)
    source = facts.get("source_lang") or (named[1] if named else "")
    target = facts.get("target_lang") or (named[2] if named else "")
    return _list_side(source), list(codes) or _list_side(target)


def _list_side(code: str) -> list[str]:
    """Return the languages of one side of an OPUS-MT model; none for a group not known here."""
    if code in _GROUPS:
        return _GROUPS[code]
    try:
        return [read_code(code)] if code != "mul" else []
    except ValueError:
        return []


def _read_tasks(config: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the prefixes of a T5's tasks, by pair and "" for summaries, and how it summarises."""
    tasks = config.get("task_specific_params") or {}
    summary = tasks.get("summarization") or {}
    prefixes = {"": summary["prefix"]} if summary.get("prefix") else {}
    for task, facts in tasks.items():
        if (named := _TEXT_TASK.fullmatch(task)) and (facts or {}).get("prefix"):
            prefixes[f"{named['source']}-{named['target']}"] = facts["prefix"]
    return prefixes, {k: v for k, v in summary.items() if k in _GENERATION}


def _find_forced(
    kind: str, generation: Mapping[str, Any], vocabulary: Mapping[str, int], directory: Path
) -> list[str]:
    """Return the token that decoding always begins with, such as BART's `<s>`."""
    number = generation.get("forced_bos_token_id")
    if number is None or kind != "bart":  # where codes are forced, the target tells which
        return []
    named = [token for token, own in vocabulary.items() if own == number]
    if not named:
        raise ModelMissing(f"{directory}: forced_bos_token_id {number} is not in the vocabulary")
    return named[:1]


def _read_limit(config: Mapping[str, Any]) -> int:
    return int(
        config.get("max_position_embeddings") or config.get("n_positions") or _DEFAULT_INPUT_TOKENS
    )


def _read_generation(generation: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    found = {ours: generation[hf] for hf, ours in _GENERATION.items() if generation.get(hf)}
    limit = min(_read_limit(config), _MAX_OUTPUT_TOKENS)
    found["max_output_tokens"] = min(int(found.get("max_output_tokens", limit)), limit)
    return found


def _read_card(path: Path) -> dict[str, Any]:
    """Return the facts that head a model card."""
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    head = re.match(r"---\r?\n(.*?)\r?\n---", text, re.S)
    try:
        found = yaml.safe_load(head[1]) if head else {}
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, dict) else {}


def _list_languages(card: Mapping[str, Any], codes: Mapping[str, str]) -> list[str]:
    named = card.get("language") or []
    listed = [named] if isinstance(named, str) else [str(code) for code in named]
    return list(tabulate(listed)) or list(codes)
