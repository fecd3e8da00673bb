"""A shortened sentence is kept only where it is still a sentence."""

from __future__ import annotations

import pytest

from models.wholeness import is_balanced, is_whole

CALL = "Mr Biden said that in his call with Mr Putin this week, he urged him to hold back."
BRIDGE = "After the vote in the council, the mayor said the bridge, which is closed, would open."


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Mr Biden said that in his call with Mr Putin this week.", CALL),
        ("After the vote in the council.", BRIDGE),
        ("The mayor said the bridge would.", BRIDGE),
        ("The mayor said the", BRIDGE),
        ('The mayor said "the bridge would open.', BRIDGE),
        ("Il a dit que.", "Il a dit que le pont ouvrirait."),
        ("The plan was hinted at during.", "The plan was hinted at during the talks."),
        ("It was sold soon after.", "It was sold soon after the war in the east."),
        ("The shop is open every day except.", "The shop is open every day except on Sunday."),
        ("Le stade est ouvert tous les jours hormis.", "Le stade est ouvert hormis lundi."),
        ("Même si le taux a baissé.", "Même si le taux a baissé, la crise demeure."),
        ("Even though the rain fell.", "Even though the rain fell, the match goes on."),
        ("...", BRIDGE),
    ],
)
def test_a_part_of_a_sentence_is_not_whole(text: str, source: str) -> None:
    assert not is_whole(text, source)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Mr Biden said he urged him to hold back.", CALL),
        ("The mayor said the bridge would open.", BRIDGE),
        ("After the vote in the council, the mayor said the bridge would open.", BRIDGE),
        ("The bridge was closed.", "The bridge was closed, which surprised it and the town."),
        ("The bridge was closed.", "The bridge was closed in May, he said."),
        (CALL, CALL),
        ("It had been there before.", "It had, he said, been there before."),
    ],
)
def test_what_can_stand_alone_is_whole(text: str, source: str) -> None:
    assert is_whole(text, source)


def test_every_kind_of_quotation_is_closed_by_its_own() -> None:
    assert all(map(is_balanced, ["„Ja“, sagte er.", "“Yes” (no)", "« oui »", "「はい」", 'a "b"']))
    assert not any(map(is_balanced, ["„Ja, sagte er.", "“Yes (no)", "« oui", "「はい", 'a "b']))
