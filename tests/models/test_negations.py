"""A translation that denies nothing of what its sentence denies is found."""

from __future__ import annotations

import pytest

from models.negations import loses_negation


@pytest.mark.parametrize(
    ("source", "text", "target", "made"),
    [
        ("en", "It is strictly not allowed.", "fr", "C'est strictement autorisé."),
        ("en", "They didn't agree on it.", "de", "Sie haben sich geeinigt."),
        ("de", "Das ist nicht wahr.", "en", "That is true."),
        ("fr", "Il n'a pas été condamné.", "en", "He was sentenced."),
        ("es", "Jamás podremos ganar.", "en", "We will have to win."),
    ],
)
def test_a_lost_negation_is_found(source: str, text: str, target: str, made: str) -> None:
    assert loses_negation(text, source, made, target)


@pytest.mark.parametrize(
    ("source", "text", "target", "made"),
    [
        ("en", "It is not allowed.", "fr", "C'est interdit, sans exception."),
        ("en", "It isn't possible.", "de", "Es ist unmöglich."),
        ("en", "Not only he came.", "es", "Vino él y otros."),
        ("en", "He came.", "fr", "Il vint."),
        ("de", "Nicht nur er kam.", "en", "He and others came."),
        ("fr", "Il n'a qu'un fils.", "en", "He has a son."),
        ("en", "It is not so.", "ja", "そうです。"),
        ("ja", "違います。", "en", "It is."),
    ],
)
def test_other_words_may_deny_it(source: str, text: str, target: str, made: str) -> None:
    assert not loses_negation(text, source, made, target)
