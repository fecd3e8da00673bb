"""Addresses stand behind marks, and come back."""

from __future__ import annotations

from models.masking import mask_addresses, restore_marks
from models.numerals import mask_facts


def test_addresses_and_numbers_end_where_chinese_begins() -> None:
    source = "请访问https://example.org/a了解更多信息，我们会回复您。"
    text, marks = mask_addresses(source)
    assert text == "请访问XX1了解更多信息，我们会回复您。"
    assert restore_marks(text, marks) == source
    assert mask_facts("在2010年有500人来了。", "zh", "en")[0] == "在XX1年有XX2人来了。"
