"""The recipe of selection: what it learns from is what its documents show."""

import pytest

from models.selection import Ranking
from models.training.salience import Document, find_oracle, train_stop

TEXTS = [
    f"The council of town {i} rebuilds the bridge number {i} of the harbour." for i in range(9)
]


def _document(wanted: int) -> Document:
    """Return a document whose reference is what the selection would take first."""
    first = [TEXTS[i] for i in Ranking(TEXTS).summarise("short")][:wanted]
    return TEXTS, first


@pytest.mark.parametrize("wanted", [1, 2])
def test_the_stop_learns_how_much_references_say(wanted: int) -> None:
    weights = train_stop([_document(wanted)] * 5, "short")
    ranking = Ranking(TEXTS)
    first, second = ranking.summarise("short")
    features = ranking.describe_step(second, [first])
    gain = sum(weights[name] * value for name, value in features.items())
    assert (gain > 0) == (wanted == 2)


def test_the_oracle_is_what_shares_most_with_the_reference() -> None:
    assert find_oracle((TEXTS, [TEXTS[4], TEXTS[7]])) == {4, 7}
