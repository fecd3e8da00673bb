"""Figures: the ratio is the result, and a goal that is missed is said to be."""

from __future__ import annotations

import pytest

from bench.articles import write_article
from bench.figures import Figure, write_table
from bench.load import Load


@pytest.mark.parametrize(
    ("value", "goal", "met"),
    [(6, "≥ 6", True), (5.9, "≥ 6", False), (2, "≤ 2", True), (2.1, "≤ 2", False)],
)
def test_a_goal_is_met_or_missed_by_the_ratio(value: float, goal: str, met: bool) -> None:
    figure = Figure("speed", value, "another", 1, "/s", goal)
    assert figure.is_met == met
    assert ("met" if met else "missed") in write_table([figure]).splitlines()[-1]


def test_a_percentile_is_a_time_that_was_measured() -> None:
    load = Load(2.0, tuple(float(n) for n in range(1, 101)))
    assert (load.percentile(0.99), load.percentile(0.5), load.per_second) == (99, 50, 50)


def test_an_article_has_its_length_and_each_seed_its_own() -> None:
    text = write_article(400, "a")
    assert 400 <= len(text.split()) < 500
    assert text == write_article(400, "a") != write_article(400, "b")
