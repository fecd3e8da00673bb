"""Keys: distinct for distinct parts, the same for the same."""

from __future__ import annotations

import hashlib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cache import keys

TEXTS = st.text(st.characters(exclude_categories=()))  # lone surrogates included
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
PARTS = st.lists(VALUES, max_size=4)
MODEL = ("model", "r1")


def _shape(value: Any) -> Any:
    """Return `value` such that equality tells True from 1."""
    if isinstance(value, dict):
        return {name: _shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_shape(inner) for inner in value]
    return type(value).__name__, value


@given(TEXTS, PARTS, TEXTS, PARTS)
def test_different_parts_never_encode_alike(
    kind: str, parts: list[Any], other_kind: str, other: list[Any]
) -> None:
    """The encoding is as good as the parts themselves."""
    same = (kind, _shape(parts)) == (other_kind, _shape(other))
    assert (keys.encode_parts(kind, *parts) == keys.encode_parts(other_kind, *other)) == same


@given(st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=4))
def test_texts_divided_otherwise_have_another_key(first: list[str], second: list[str]) -> None:
    """No joining of parts with a separator that a text may contain."""
    assert (keys.derive_key("k", *first) == keys.derive_key("k", *second)) == (first == second)


@given(st.dictionaries(TEXTS, VALUES, max_size=6))
def test_the_order_of_options_does_not_matter(options: dict[str, Any]) -> None:
    """The same options in another order are the same request."""
    turned = dict(reversed(options.items()))
    assert keys.derive_key("k", options) == keys.derive_key("k", turned)


def test_two_lone_surrogates_are_not_the_character_they_pair_up_to() -> None:
    """They are different texts, and one of them is not valid Unicode."""
    assert keys.derive_key("k", "\ud83d\ude00") != keys.derive_key("k", "\U0001f600")


@given(TEXTS)
def test_a_key_is_a_sha256_and_shows_nothing_of_the_text(text: str) -> None:
    """Keys may appear in logs and in Redis."""
    key = keys.source_key(text, "auto")
    assert len(key) == hashlib.sha256().digest_size * 2
    assert set(key) <= set("0123456789abcdef")


def test_each_part_of_a_summary_changes_its_key() -> None:
    """Text, language, length, method, model and revision."""
    made = {
        keys.summary_key("text", "en", "short", "auto", MODEL),
        keys.summary_key("texts", "en", "short", "auto", MODEL),
        keys.summary_key("text", "fr", "short", "auto", MODEL),
        keys.summary_key("text", "en", "long", "auto", MODEL),
        keys.summary_key("text", "en", "short", "extractive", MODEL),
        keys.summary_key("text", "en", "short", "auto", ("other", "r1")),
        keys.summary_key("text", "en", "short", "auto", ("model", "r2")),
    }
    assert len(made) == 7


def test_each_part_of_a_translation_changes_its_key() -> None:
    """Sentence, both languages, model and revision."""
    made = {
        keys.translation_key("a", "en", "fr", MODEL),
        keys.translation_key("b", "en", "fr", MODEL),
        keys.translation_key("a", "de", "fr", MODEL),
        keys.translation_key("a", "en", "es", MODEL),
        keys.translation_key("a", "en", "fr", ("model", "r2")),
    }
    assert len(made) == 5


def test_an_answer_depends_on_the_revision_of_each_model() -> None:
    """A new summariser or translator is a new answer."""
    request = {"text": "a", "targets": ["fr"]}
    first = keys.answer_key("summaries", request, [("s", "1"), ("t", "1")])
    assert first == keys.answer_key("summaries", request, [["s", "1"], ["t", "1"]])
    assert first != keys.answer_key("summaries", request, [("s", "1"), ("t", "2")])
    assert first != keys.answer_key("translations", request, [("s", "1"), ("t", "1")])
