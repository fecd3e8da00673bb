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
        ("es", "Dice que nunca estuvo allí.", "en", "He says that he was there."),
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
        ("fr", "N'importe quelle personne peut venir.", "en", "Anyone can come."),
        ("fr", "Il n'a plus que deux jours.", "en", "He has two days left."),
        ("es", "El país está más dividido que nunca.", "en", "The country is split as ever."),
        ("es", "El chico nada en el río.", "en", "The boy swims in the river."),
        ("es", "No deja de llover.", "en", "It keeps raining."),
        ("en", "He asked whether or not they came.", "de", "Er fragte, ob sie kamen."),
        ("en", "It will not begin until Monday.", "de", "Es beginnt erst am Montag."),
        ("en", "It is not so.", "ja", "そうです。"),
        ("ja", "違います。", "en", "It is."),
    ],
)
def test_other_words_may_deny_it(source: str, text: str, target: str, made: str) -> None:
    assert not loses_negation(text, source, made, target)
