"""The catalogue knows its models, offers what is good enough, and names what is absent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.catalogue import EMBEDDED, Means, find_entry, open_model
from models.entries import read_embedded
from models.protocols import ModelMissing

FACTS = {
    "id": "tiny",
    "revision": "abc",
    "licence": "CC-BY-NC-4.0",
    "task": "translate",
    "pairs": {"en": ["fr", "de", "es"]},
    "quality": {"en-fr": {"chrf": 55.0}, "en-de": {"chrf": 31.0}, "en-es": {"chrf": 12.0}},
    "max_input_tokens": 72,
    "target_tokens": {"fr": "__fr__", "de": "__de__", "es": "__es__"},
    "lowercase": False,
    "generation": {"beam_size": 2},
}


def write(folder: Path, **changes: object) -> Path:
    (folder / "precis.json").write_text(json.dumps(FACTS | changes), encoding="utf-8")
    return folder


def test_a_direction_is_offered_and_marked_by_its_quality(tmp_path: Path) -> None:
    card = read_embedded(write(tmp_path)).card
    assert card.pairs == {"en": ("fr", "de")}
    assert "en-fr" not in card.experimental
    assert "en-de" in card.experimental
    assert card.non_commercial


@pytest.mark.parametrize(
    "changes",
    [
        {"pairs": {"en": ["fr"]}},
        {"quality": {}},
        {"generation": {"beam_size": 4}},
        {"longest_words": 20},
        {"revision": "abd"},
    ],
    ids=str,
)
def test_all_that_answers_depend_on_is_in_the_fingerprint(tmp_path: Path, changes) -> None:
    first = read_embedded(write(tmp_path)).card.fingerprint
    assert read_embedded(write(tmp_path)).card.fingerprint == first
    assert read_embedded(write(tmp_path, **changes)).card.fingerprint != first


def test_a_rewriter_reads_sentences_of_its_language(tmp_path: Path) -> None:
    entry = read_embedded(
        write(tmp_path, task="rewrite", pairs={}, quality={}, target_tokens={}, lowercase=True)
    )
    assert entry.card.task == "summarise"
    assert entry.card.languages == ("en",)
    assert (entry.reads, entry.lowercase) == ("sentence", True)


@pytest.mark.parametrize("content", [None, "", "{", "[]"])
def test_facts_that_are_absent_or_damaged_are_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "precis.json").write_text(content)
    with pytest.raises(ModelMissing, match="precis.json"):
        read_embedded(tmp_path)


@pytest.mark.parametrize("task", ["summarise", "translate"])
def test_an_absent_hub_model_says_where_it_should_be(task, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=str(tmp_path)):
        find_entry(task, "hub", tmp_path)


@pytest.mark.parametrize("task", ["summarise", "translate"])
def test_the_embedded_models_are_there_and_answer(task) -> None:
    entry = find_entry(task, "embedded", Path("nowhere"))
    assert entry.directory.parent == EMBEDDED
    model = open_model(entry, Means(cores=1))
    for target in entry.frame.forced_tokens or [None]:
        answer = model.generate(["The bridge was closed on Monday."], target=target)[0][0]
        assert answer
        assert "__" not in answer


def test_no_file_of_the_embedded_models_is_too_large_for_a_repository() -> None:
    assert max(path.stat().st_size for path in EMBEDDED.rglob("*")) < 60_000_000


@pytest.mark.parametrize("means", [Means(cores=2, lanes=1), Means(cores=1, batch_tokens=24)])
def test_lanes_and_batches_change_nothing_but_the_speed(means: Means) -> None:
    entry = read_embedded(EMBEDDED / "translator")
    texts = ["The bridge was closed on Monday.", "It rained.", "Work starts in May."]
    given, chosen = open_model(entry, means), open_model(entry, Means())
    assert given.generate(texts, target="fr") == chosen.generate(texts, target="fr")
