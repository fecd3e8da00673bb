"""The saved tokenizer gives every text back and never mistakes text for control."""

from pathlib import Path

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from models.training.vocabulary import (
    BOS_ID,
    EOS_ID,
    PAD_ID,
    SPECIAL_TOKENS,
    UNK_ID,
    build_tokenizer,
    token_id,
)


def test_special_tokens_have_the_identifiers_that_the_models_name(
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    assert [token_id(tokenizer, token) for token in SPECIAL_TOKENS] == list(
        range(len(SPECIAL_TOKENS))
    )
    assert (BOS_ID, PAD_ID, EOS_ID, UNK_ID) == (0, 1, 2, 3)


@pytest.mark.parametrize(
    "text", ["The cat sees.", "日本語 ünï 42%", "a </s> __fr__ <0x41> b", "🙂"]
)
def test_any_text_survives_without_special_tokens(
    tokenizer: PreTrainedTokenizerFast, text: str
) -> None:
    ids = tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
    assert not set(ids) & set(range(len(SPECIAL_TOKENS)))
    assert tokenizer.decode(ids) == text


def test_a_text_is_ended_and_not_begun(tokenizer: PreTrainedTokenizerFast) -> None:
    ids = tokenizer("The cat sees.")["input_ids"]
    assert ids[-1] == EOS_ID
    assert EOS_ID not in ids[:-1]


def test_the_saved_tokenizer_gives_the_same_pieces(
    tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    tokenizer.save_pretrained(tmp_path)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    text = "The “minister” — 2024 — finds the garden…"
    assert loaded(text)["input_ids"] == tokenizer(text)["input_ids"]
    assert loaded.get_vocab() == tokenizer.get_vocab()


def test_a_lower_case_tokenizer_forgets_case(spm_path: Path) -> None:
    lower = build_tokenizer(spm_path, lowercase=True)
    assert lower("THE Cat")["input_ids"] == lower("the cat")["input_ids"]
