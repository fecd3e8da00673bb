"""Neighbouring words have the form that people give them, and other words stay."""

import pytest

from models.euphony import mend_euphony


@pytest.mark.parametrize(
    ("language", "made", "mended"),
    [
        ("fr", "La analogie de électeurs", "L'analogie d'électeurs"),
        (
            "fr",
            "sa administration, ma idée et ta école",
            "son administration, mon idée et ton école",
        ),
        ("fr", "en tant que électeurs, parce que il y a", "en tant qu'électeurs, parce qu'il y a"),
        (
            "fr",
            "Lorsque elle arrive, je ai peur et ne y vais pas",
            "Lorsqu'elle arrive, j'ai peur et n'y vais pas",
        ),
        (
            "fr",
            "dans ce endroit, ce est clair et ce était dit",
            "dans cet endroit, c'est clair et c'était dit",
        ),
        ("fr", "si il vient, Si ils viennent", "s'il vient, S'ils viennent"),
        ("fr", "le chef de IBM et de Obama", "le chef d'IBM et d'Obama"),
        (
            "es",
            "padres y hijos, y incluso siete o ocho y hipotecas",
            "padres e hijos, e incluso siete u ocho e hipotecas",
        ),
        (
            "en",
            "A identity card, a ice cream and a old man",
            "An identity card, an ice cream and an old man",
        ),
        (
            "en",
            "the 3th, 22th and 101th, the 11st, 12nd and 113rd",
            "the 3rd, 22nd and 101st, the 11th, 12th and 113th",
        ),
        ("fr", "le 11er janvier, le 1er mai, le 2er", "le 11 janvier, le 1er mai, le 2e"),
    ],
)
def test_a_word_has_the_form_that_the_next_one_asks_for(language, made, mended) -> None:
    assert mend_euphony(made, language) == mended
    assert mend_euphony(mended, language) == mended


def test_what_the_source_has_so_is_a_name() -> None:
    source = "Ana de Armas, Take me out and La Opinión are names."
    made = "Ana de Armas, Take me out, La Opinión et le ami de Anne"
    mended = "Ana de Armas, Take me out, La Opinión et l'ami d'Anne"
    assert mend_euphony(made, "fr", source) == mended


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "fr",
            "Airbus SE a publié, le CE est consulté, la CE était saisie, les JO de LA approchent",
        ),
        ("fr", "le la au reste, le one-man-show, la IVème République, victoire de United, battue"),
        (
            "fr",
            "le Ouïghour, le ouistiti, de un à dix, de un euro, de Iouri, Je est un autre",
        ),
        ("fr", "clamait-il, ce alors que rien, Le on-dit, à Ouagadougou, de Ouagadougou"),
        ("es", "Bill y Hillary Clinton, Stalin y Hitler, Singapur o Hong Kong, Toyota o Honda"),
        (
            "es",
            "Android y iOS, Nolito y Iago, ¿Y Irak?, la generación Y invierte, sangre O obtenida",
        ),
        (
            "en",
            "type a influenza, Class a assets, grade a eggs, section 3 a applies, part 1: A only",
        ),
        ("fr", "la une du journal, le onze, le oui, la énième fois, sous la IIIe République"),
        ("fr", "le ou les auteurs, de et vers Paris, dites-le aux autres, le hasard"),
        ("fr", "Me Émile Perrin et M. Ma au sujet de Yale, de Yad Vashem, la York University"),
        (
            "fr",
            "la University of Guelph, de A à Z, si elle vient, ce qui est, et ce afin de le dire",
        ),
        ("fr", "ce au sujet de quoi, ce en quoi, ce à quoi, ce aussi, le traité CE impose, l'ami"),
        ("es", "agua y hielo, y hierro, paz y hip-hop, V y IX, I y II"),
        ("es", "siete o nueve, uno o dos, o bien"),
        (
            "en",
            "a university, a European, a one-off, a onesie, once a ewe, such a unit, option a or b",
        ),
        ("en", "vitamin A each day, a an error, U.S.A emergency, an apple"),
        ("de", "Er hat a einen"),
        ("pt", "de el y i"),
    ],
)
def test_what_people_write_stays(language, text) -> None:
    assert mend_euphony(text, language) == text
