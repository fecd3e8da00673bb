"""Capitals come back from the evidence."""

from __future__ import annotations

import pytest

from models.recasing import restore_case


@pytest.mark.parametrize(
    ("text", "source", "restored"),
    [
        (
            "joe biden met the eu.",
            "On Monday Joe Biden met the EU in Paris.",
            "Joe Biden met the EU.",
        ),
        ("the us acted.", "It is said the US acted.", "The US acted."),
        ("in may the bridge closed.", "The bridge closed in May.", "In May the bridge closed."),
        ("« oui », dit anne.", "Selon lui, Anne dit « oui ».", "« Oui », dit Anne."),
        ("", "Anything.", ""),
        ("123", "Anything.", "123"),
    ],
)
def test_words_take_the_form_they_have_in_the_source(text: str, source: str, restored: str) -> None:
    assert restore_case(text, [source]) == restored
