"""Raised digits: marks of footnotes and powers, which are no part of the number before them."""

from __future__ import annotations

_RAISED = str.maketrans("0123456789+-\u2212", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")


def raise_digits(text: str) -> str:
    """Return `text` with its digits as characters that are raised by themselves."""
    return text.translate(_RAISED)
