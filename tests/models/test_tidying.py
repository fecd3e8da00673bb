"""What small models write twice is said once."""

from __future__ import annotations

import pytest

from models.tidying import drop_doubles, mend_elisions


@pytest.mark.parametrize(
    ("source", "target", "doubled", "single"),
    [
        (
            "the vote that we recall",
            "fr",
            "le scrutin scrutin que nous nous rappelons",
            "le scrutin que nous nous rappelons",
        ),
        ("never never more", "fr", "jamais jamais plus", "jamais jamais plus"),
        ("the west of the city", "fr", "L'ouest de de la la ville", "L'ouest de la ville"),
        ("west of it", "fr", "De de la la la ville", "De la ville"),
        ("of De Gaulle", "fr", "de De Gaulle", "de De Gaulle"),
        ("women who know the city", "de", "Frauen, die die Stadt", "Frauen, die die Stadt"),
        ("of the city", "de", "von von der Stadt", "von der Stadt"),
        ("of the city", "es", "la la ciudad de de Cádiz", "la ciudad de Cádiz"),
        ("dans sa maison", "en", "of of a home home that that is", "of a home that that is"),
        ("two seats", "en", "two two-seat boats", "two two-seat boats"),
        ("she is", "fr", "est-elle elle-même peut peut-être", "est-elle elle-même peut peut-être"),
        ("to the boy", "de", "dem jungen Jungen", "dem jungen Jungen"),
        ("to live", "de", "das Leben leben, Brücken Brücken", "das Leben leben, Brücken"),
        ("no no, he said", "es", "no no, dijo el el juez", "no no, dijo el el juez"),
        ("a little", "sw", "sana sana", "sana sana"),
    ],
)
def test_a_doubled_word_is_said_once(source, target, doubled, single) -> None:
    assert drop_doubles(source, doubled, target) == single


@pytest.mark.parametrize(
    ("source", "doubled", "single"),
    [
        ("Just imagine...", "Imaginez!.", "Imaginez!"),
        ("light (infrared etc.)", "lumière (infrarouge etc..)", "lumière (infrarouge etc.)"),
        ("for 1.6 million", "pour.. 1,6 million", "pour. 1,6 million"),
        ("Just imagine...", "Imaginez...", "Imaginez..."),
        ("He works at Yahoo!.", "Il travaille chez Yahoo!.", "Il travaille chez Yahoo!."),
        ("Of ..hidden files", "De fichiers ..cachés", "De fichiers ..cachés"),
    ],
)
def test_a_sentence_ends_once_unless_the_source_doubles_that(source, doubled, single) -> None:
    assert drop_doubles(source, doubled, "fr") == single


def test_french_elides_with_an_apostrophe() -> None:
    assert mend_elisions('de l"Italie et qu"il est "là"', "fr") == "de l'Italie et qu'il est \"là\""
    assert mend_elisions('a 5 l"can', "de") == 'a 5 l"can'
