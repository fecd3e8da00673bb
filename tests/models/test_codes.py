"""Codes of models and BCP 47, both ways."""

from __future__ import annotations

import pytest
from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES as M2M100
from transformers.models.mbart50.tokenization_mbart50 import FAIRSEQ_LANGUAGE_CODES as MBART50
from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES as NLLB

from models.codes import find_code, read_code, standardise, tabulate


@pytest.mark.parametrize(
    ("own", "tag"),
    [
        ("fra_Latn", "fr"),
        ("fr_XX", "fr"),
        ("cmn_Hans", "zh"),
        ("zho_Hant", "zh-Hant"),
        ("zh_CN", "zh"),
        ("srp_Latn", "sr-Latn"),
        ("srp_Cyrl", "sr"),
        ("pt_br", "pt-BR"),
        ("tgl_Latn", "tl"),
        ("fil", "tl"),
        ("iw", "he"),
        ("nob_Latn", "no"),
        ("kor_Hang", "ko"),
        ("ns", "nso"),
        ("prs_Arab", "prs"),
    ],
)
def test_a_code_is_read_as_bcp_47(own: str, tag: str) -> None:
    assert read_code(own) == tag


@pytest.mark.parametrize("own", ["translate", "x", "", "back_translated", "1234"])
def test_what_is_no_code_is_refused(own: str) -> None:
    with pytest.raises(ValueError, match="language"):
        read_code(own)


@pytest.mark.parametrize("codes", [M2M100["m2m100"], MBART50, NLLB])
def test_every_language_of_a_model_has_a_tag_of_its_own(codes: list[str]) -> None:
    table = tabulate(codes)
    assert sorted(table.values()) == sorted(codes)


@pytest.mark.parametrize(
    ("wanted", "has", "found"),
    [
        ("zh-Hans", "zh zh-Hant", "zh"),
        ("zh-Hant", "zh zh-Hant", "zh-Hant"),
        ("zh-Hant", "zh en", "zh"),
        ("zh", "zh-Hant", "zh-Hant"),
        ("pt-BR", "pt", "pt"),
        ("pt", "pt-BR es", "pt-BR"),
        ("sr-Latn", "sr hr", "sr"),
        ("sr-Latn", "sr", "sr"),
        ("fr-CA", "fr", "fr"),
        ("de", "fr", None),
    ],
)
def test_a_tag_falls_back_to_its_nearest_relative(wanted: str, has: str, found: str) -> None:
    assert find_code(wanted, {tag: tag for tag in has.split()}) == found


@pytest.mark.parametrize(
    ("sent", "tag"),
    [
        ("EN", "en"),
        ("en-GB", "en"),
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh_Hans_SG", "zh"),
        ("zh-TW", "zh-Hant"),
        ("zh-hant", "zh-Hant"),
        ("pt_BR", "pt-BR"),
        ("pt-PT", "pt"),
        ("sr-Latn-RS", "sr-Latn"),
        ("sr-ME", "sr-Latn"),
        ("sr", "sr"),
        ("ko-KR", "ko"),
        ("ja-Jpan", "ja"),
        ("nb-NO", "no"),
        ("yue", "yue"),
        ("ckb", "ckb"),
    ],
)
def test_what_is_written_otherwise_keeps_a_tag_of_its_own(sent: str, tag: str) -> None:
    assert standardise(sent) == tag
    assert standardise(tag) == tag


@pytest.mark.parametrize("codes", [M2M100["m2m100"], MBART50, NLLB])
def test_every_language_of_a_model_can_be_asked_for_by_its_tag(codes: list[str]) -> None:
    table = tabulate(codes)
    assert {tag: find_code(standardise(tag), table) for tag in table} == table
