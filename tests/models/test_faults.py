"""What can be seen to be wrong, and the best of several tries."""

from __future__ import annotations

import pytest

from models.faults import choose_best, find_faults
from models.protocols import WARNINGS


def test_of_tries_with_as_many_faults_the_least_wrong_is_kept() -> None:
    source = "In 2019 and 2020 there were 12 old bridges."
    tries = [
        "En 2019 et 2021, 13 ponts.",
        "En 2019 et 2020, de vieux ponts.",
        "En 2019 et 2020, il.",
    ]
    assert choose_best(source, tries, "en", "fr") == tries[1]
    right = ["Le pont est là.", "Le vieux pont est là, dit-il."]
    assert choose_best("The old bridge is there.", right, "en", "fr") == right[0]


@pytest.mark.parametrize(
    ("source", "translated", "fault"),
    [
        ("The bridge was closed for 1,200 days.", "Le pont fut fermé 1 200 jours.", None),
        ("The bridge was closed for 12 days.", "Le pont fut fermé 21 jours.", "numbers_changed"),
        ("The bridge was closed.", "", "length"),
        ("The bridge.", "Le pont " + "et la rivière et la route et la ville " * 4, "length"),
        ("A " + "long sentence about many things " * 6, "Une phrase.", "length"),
        ("No, no, no!", "Non, non, non !", None),
        ("The bridge was closed.", "The bridge was closed on Monday, he said.", "language"),
        ("The bridge was closed.", "Die Brücke wurde am Montag geschlossen.", "language"),
        ("Port Ellery Gazette, London", "Port Ellery Gazette, London", None),
        (
            'He said "we will see it" twice.',
            "Il a dit nous le verrons deux fois.",
            "quotation_lost",
        ),
        ('He said "we will see it" twice.', "Il a dit « nous le verrons » deux fois.", None),
        ('He said "we see it" twice.', 'Il a dit nous le voyons" deux fois.', "quotation_lost"),
        ('"We see it, he said.', '"Nous le voyons, a-t-il dit.', None),
        ('The "black" market is large.', "Le marché noir est grand.", None),
        ("See example.org.", "Voir https://the-bridge.example.org/was/closed/on/monday.", None),
        ("The gift is not allowed.", "Le cadeau est autorisé.", "negation_lost"),
    ],
)
def test_faults_that_can_be_seen_without_reading(source, translated, fault) -> None:
    found = find_faults(source, translated, "en", "fr")
    assert set(found) <= set(WARNINGS)
    assert found == [] if fault is None else fault in found
