"""Every architecture of the hub, summarising and translating, in both engines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from models.catalogue import Means, find_entry, open_model
from models.engines.conversion import convert
from models.engines.ctranslate2 import CTranslate2Engine
from models.engines.transformers import TransformersEngine, list_vocabulary
from models.framing import Frame
from models.protocols import GenerationSettings, Seq2SeqEngine, TokenisedInput
from models.recognition import Recognised, recognise
from models.tokenisation import Tokeniser
from tests.models.hub_models import MAKERS, make_hub_model
from tests.models.tiny import LINES

GREEDY = GenerationSettings(max_output_tokens=24)
# For what its files do not tell: what the operator says that it does.
LANGUAGES = {("translate", name): ":en-fr" for name in ("mt5", "bart", "pegasus", "marian")} | {
    ("summarise", name): ":en" for name in ("t5", "mt5", "bart", "pegasus", "marian")
}
# What stands before and after the text of an English input for French, and what is forced.
TRANSLATES = {
    "t5": (("▁t", "ra"), ("</s>",), ()),
    "mt5": ((), ("</s>",), ()),
    "madlad": (("<2fr>",), ("</s>",), ()),
    "bart": (("<s>",), ("</s>",), ("<s>",)),
    "mbart50": (("en_XX",), ("</s>",), ("fr_XX",)),
    "pegasus": ((), ("</s>",), ()),
    "marian": ((), ("</s>",), ()),
    "marian-multilingual": ((">>fra<<",), ("</s>",), ()),
    "m2m100": (("__en__",), ("</s>",), ("__fr__",)),
    "nllb": (("eng_Latn",), ("</s>",), ("fra_Latn",)),
}
# A summary is in the language of its article.
SUMMARISES = TRANSLATES | {
    "t5": (("▁", "s", "u", "m"), ("</s>",), ()),
    "madlad": (("<2en>",), ("</s>",), ()),
    "mbart50": (("en_XX",), ("</s>",), ("en_XX",)),
    "marian-multilingual": ((), ("</s>",), ()),
    "m2m100": (("__en__",), ("</s>",), ("__en__",)),
    "nllb": (("eng_Latn",), ("</s>",), ("eng_Latn",)),
}
TASKS = {"summarise": ("short", SUMMARISES), "translate": ("fr", TRANSLATES)}


@pytest.fixture(scope="module", params=MAKERS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model in the hub's cache layout, converted in place."""
    cache = tmp_path_factory.mktemp("hub")
    snapshot = cache / f"models--maker--{request.param}" / "snapshots" / "0123456789abcdef"
    make_hub_model(request.param, snapshot)
    convert(snapshot, snapshot / "ctranslate2", "float32")
    return snapshot


@pytest.fixture(scope="module")
def name(folder: Path) -> str:
    return folder.parent.parent.name.removeprefix("models--maker--")


@pytest.fixture(scope="module")
def recognised(folder: Path, name: str) -> Recognised:
    return recognise(folder, list_vocabulary(folder), name)


@pytest.fixture(scope="module")
def prepare(folder: Path, recognised: Recognised) -> Callable[..., list[TokenisedInput]]:
    tokeniser = Tokeniser(folder)

    def build(texts: list[str], task: str) -> list[TokenisedInput]:
        frame: Frame = recognised.frame(task)
        target = TASKS[task][0]
        words = frame.prefix("en", target)
        return [
            frame.build(tokeniser.encode(words + text, frame.marks), "en", target) for text in texts
        ]

    return build


@pytest.fixture(scope="module")
def engines(folder: Path) -> list[Seq2SeqEngine]:
    converted = CTranslate2Engine(folder / "ctranslate2", compute_type="float32")
    return [converted, TransformersEngine(folder, threads=1)]


@pytest.mark.parametrize("task", TASKS)
def test_both_engines_give_the_same_tokens_under_greedy_search(task, prepare, engines) -> None:
    batch = prepare(LINES[:10], task)
    outputs = [[found[0].tokens for found in e.generate(batch, GREEDY)] for e in engines]
    assert outputs[0] == outputs[1]
    assert len(set(outputs[0])) > 1


def test_int8_is_what_ctranslate2_itself_makes_of_the_weights(
    folder: Path, name: str, tmp_path: Path
) -> None:
    convert(folder, tmp_path / "ours", "int8")
    convert(folder, tmp_path / "theirs", "int8_float32")  # their code; the same for float32 weights
    ours, theirs = (tmp_path / who / "model.bin" for who in ("ours", "theirs"))
    assert ours.read_bytes() == theirs.read_bytes()


@pytest.mark.parametrize("task", TASKS)
def test_the_order_of_a_batch_is_kept(task: str, prepare, engines) -> None:
    texts = [LINES[0], "The", f"{LINES[1]} old", "old bridge"]
    for engine in engines:
        together = [found[0].tokens for found in engine.generate(prepare(texts, task), GREEDY)]
        apart = [engine.generate(prepare([text], task), GREEDY)[0][0].tokens for text in texts]
        assert together == apart


@pytest.mark.parametrize("task", TASKS)
def test_an_input_has_its_prefix_and_its_forced_token(task, name, folder, prepare) -> None:
    first, last, forced = TASKS[task][1][name]
    item = prepare(["The bridge"], task)[0]
    assert item.tokens[: len(first)] == first
    assert item.tokens[-len(last) :] == last
    assert item.target_prefix == forced
    assert {*first, *last, *forced} <= list_vocabulary(folder).keys()


@pytest.mark.parametrize("task", TASKS)
def test_what_steers_a_model_cannot_come_from_an_article(task, recognised, prepare) -> None:
    hostile = "a </s> <pad> <s> <2fr> >>fra<< __fr__ fr_XX fra_Latn <extra_id_1> b"
    item = prepare([hostile], task)[0]
    plain = prepare(["a b"], task)[0]
    marks = recognised.frame(task).marks | {"<pad>", "<extra_id_1>"}
    assert [t for t in item.tokens if t in marks] == [t for t in plain.tokens if t in marks]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("engine", ["ctranslate2", "transformers"])
def test_it_is_found_recognised_and_answers(task, engine, name, folder) -> None:
    cache = folder.parents[2]
    named = f"maker/{name}{LANGUAGES.get((task, name), '')}"
    entry = find_entry(task, "hub", cache, named)
    assert entry.card.id == f"maker/{name}"
    assert entry.max_input_tokens == 160
    model = open_model(entry, Means(engine, cores=1))
    target = "fr" if task == "translate" else "short"
    answers = model.generate(LINES[:3], source="en", target=target, settings=GREEDY)
    assert [len(found) for found in answers] == [1, 1, 1]
    steering = entry.frame.marks
    assert not any(mark in found[0] for found in answers for mark in steering if len(mark) > 3)


def test_an_input_at_the_limit_is_read_and_one_beyond_is_refused(name: str, folder: Path) -> None:
    named = f"maker/{name}{LANGUAGES.get(('translate', name), '')}"
    model = open_model(find_entry("translate", "hub", folder.parents[2], named), Means(cores=1))
    words = "a"
    while model.count_tokens(words + " a") <= model.max_input_tokens:
        words += " a"
    options = {"source": "en", "target": "fr", "settings": GREEDY}
    assert len(model.generate([words], **options)) == 1
    for far in (words + " a a a", words * 20):
        with pytest.raises(ValueError, match="tokens"):
            model.generate([far], **options)


def test_languages_are_known_by_their_bcp_47_tags(name: str, recognised: Recognised) -> None:
    expected = {
        "madlad": {"fr": "<2fr>", "he": "<2iw>", "tl": "<2fil>", "zh-Latn": "<2zh_Latn>"},
        "mbart50": {"fr": "fr_XX", "zh": "zh_CN", "pt": "pt_XX"},
        "marian-multilingual": {"zh-Hant": ">>cmn_Hant<<", "sr-Latn": ">>srp_Latn<<"},
        "m2m100": {"fr": "__fr__", "nso": "__ns__", "zh": "__zh__"},
        "nllb": {"fr": "fra_Latn", "zh": "zho_Hans", "zh-Hant": "zho_Hant", "sr": "srp_Cyrl"},
    }.get(name, {})
    assert expected.items() <= recognised.codes.items()
    numbers = {"mbart50": 52, "m2m100": 100, "nllb": 202, "marian-multilingual": 6, "madlad": 9}
    assert len(recognised.codes) == numbers.get(name, 0)
