"""A figure: what was measured, against what, and the goal for their ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` and `other` are in `unit`; `goal` is "≥ 6" or "≤ 1.1", for value / other."""

    name: str
    value: float
    against: str
    other: float
    unit: str
    goal: str

    @property
    def ratio(self) -> float:
        """How many times the other the value is."""
        return self.value / self.other

    @property
    def is_met(self) -> bool:
        """Tell whether the ratio keeps to the goal."""
        sign, bound = self.goal.split()
        return self.ratio >= float(bound) if sign == "≥" else self.ratio <= float(bound)

    def row(self) -> tuple[str, ...]:
        """Return the cells of a table."""
        value, other = (f"{number:.3g} {self.unit}" for number in (self.value, self.other))
        met = "met" if self.is_met else "missed"
        return (self.name, value, self.against, other, f"{self.ratio:.2f}", f"{self.goal} {met}")


HEADER = ("figure", "value", "against", "value", "ratio", "goal")


def write_table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table that reads in a terminal and in Markdown."""
    rows = [HEADER, *(figure.row() for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])
