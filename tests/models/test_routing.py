"""Several translators: direct pairs first, then one pivot, warnings and licences of all."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from models.pairs import CardTranslator
from models.protocols import ModelCard, Translation, UnsupportedLanguage
from models.routing import RoutedTranslator, join_cards


class MarkingTranslator(CardTranslator):
    """Marks each sentence with its name and the target."""

    def __init__(self, name: str, licence: str = "MIT", **pairs: tuple[str, ...]) -> None:
        self.name = name
        nc = "NC" in licence
        card = ModelCard(name, "1", licence, "translate", pairs=pairs, non_commercial=nc)
        super().__init__(card)

    def translate(
        self, sentences: Sequence[str], source: str, target: str, deadline: float | None = None
    ) -> list[Translation]:
        return [Translation(f"{s} {self.name}>{target}", (), (self.name,)) for s in sentences]


@pytest.fixture
def routed() -> RoutedTranslator:
    return RoutedTranslator(
        [
            MarkingTranslator("a", fr=("en",), it=("fr",)),
            MarkingTranslator("b", "CC-BY-NC-4.0", en=("de", "fr"), fr=("de",)),
            MarkingTranslator("c", en=("de", "pl"), es=("en",)),
        ]
    )


def test_a_direct_pair_goes_to_the_first_that_has_it(routed: RoutedTranslator) -> None:
    assert routed.route("fr", "de") == ()
    assert routed.translate(["x"], "fr", "de")[0].text == "x b>de"
    assert routed.translate(["x"], "en", "de")[0].text == "x b>de"


def test_a_pair_that_none_has_goes_over_a_pivot(routed: RoutedTranslator) -> None:
    assert routed.route("fr", "pl") == ("en",)
    assert routed.translate(["x", "y"], "fr", "pl") == [
        Translation(f"{s} a>en c>pl", ("en",), ("a", "c")) for s in "xy"
    ]
    assert routed.route("it", "de") == ("fr",)
    assert set(routed.targets("fr")) == {"en", "de", "pl"}


def test_two_pivots_are_not_offered(routed: RoutedTranslator) -> None:
    with pytest.raises(UnsupportedLanguage, match="'it' to 'pl'"):
        routed.route("it", "pl")
    assert "pl" not in routed.targets("it")


def test_the_card_stands_for_all(routed: RoutedTranslator) -> None:
    assert [card.id for card in routed.card.parts] == ["a", "b", "c"]
    assert routed.card.non_commercial
    assert routed.card.pairs["en"] == ("de", "fr", "pl")
    other = RoutedTranslator([MarkingTranslator("a", fr=("en",))])
    assert other.card.revision != routed.card.revision


def test_a_pair_is_experimental_where_the_one_that_answers_says_so() -> None:
    def mark(name: str, *experimental: str) -> ModelCard:
        pairs = {"en": ("fr", "de")} if name == "wide" else {"en": ("fr",)}
        return ModelCard(name, "1", "MIT", "translate", pairs=pairs, experimental=experimental)

    both = join_cards([mark("narrow"), mark("wide", "en-fr", "en-de")])
    assert both.pairs == {"en": ("fr", "de")}
    assert both.experimental == ("en-de",)


@pytest.mark.parametrize(
    ("target", "written"),
    [("zh-Hant", "zh"), ("pt-BR", "pt-BR"), ("pt", "pt-BR"), ("sr-Latn", "sr")],
)
def test_what_is_not_offered_as_it_is_written_is_answered_by_a_relative_which_is_said(
    target: str, written: str
) -> None:
    routed = RoutedTranslator([MarkingTranslator("a", fr=("en",), en=("zh", "pt-BR", "sr"))])
    (made,) = routed.translate(["x"], "fr", target)
    assert made.text == f"x a>en a>{written}"
    assert ("written_as" in " ".join(made.warnings)) == (target != written)
    assert routed.route("fr", target) == ("en",)


def test_a_text_in_a_relative_of_the_target_is_left_as_it_is_which_is_said() -> None:
    routed = RoutedTranslator([MarkingTranslator("a", zh=("en",))])
    assert routed.translate(["好"], "zh", "zh-Hant") == [Translation("好", (), ("written_as: zh",))]


def test_a_model_that_has_both_translates_from_one_to_the_other() -> None:
    routed = RoutedTranslator([MarkingTranslator("a", zh=("en", "zh-Hant"))])
    assert routed.translate(["好"], "zh", "zh-Hant")[0].text == "好 a>zh-Hant"
    assert "zh-Hant" in routed.targets("zh")
