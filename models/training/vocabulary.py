"""Owns the subword vocabulary: SentencePiece learns it, a Hugging Face tokenizer carries it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import sentencepiece
from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
)
from transformers import PreTrainedTokenizerFast

from models.training.text import NORMALISER

BOS, PAD, EOS, UNK = "<s>", "<pad>", "</s>", "<unk>"
LANGUAGE_TOKENS = {code: f"__{code}__" for code in ("en", "fr", "de", "es")}
LENGTH_TOKENS = {"short": "__short__", "long": "__long__"}
# Order is part of the format: the models' configurations name these identifiers.
SPECIAL_TOKENS = [BOS, PAD, EOS, UNK, *LANGUAGE_TOKENS.values(), *LENGTH_TOKENS.values()]
BOS_ID, PAD_ID, EOS_ID, UNK_ID = range(4)


def train_vocabulary(lines: Iterable[str], prefix: Path, size: int) -> Path:
    """Train a unigram SentencePiece model of at most `size` pieces on lines; return its path.

    Unknown characters fall back to bytes, and every digit is a piece of its own so that numbers
    are copied digit by digit. Kudo (2018), "Subword Regularization".
    """
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_prefix=str(prefix),
        model_type="unigram",
        vocab_size=size - len(SPECIAL_TOKENS) + 1,
        character_coverage=0.9998,
        byte_fallback=True,
        split_digits=True,
        normalization_rule_name="identity",
        bos_id=-1,
        eos_id=-1,
        pad_id=-1,
        unk_id=0,
        num_threads=2,
        max_sentence_length=2000,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    return prefix.with_suffix(".model")


def build_tokenizer(spm_path: Path, lowercase: bool = False) -> PreTrainedTokenizerFast:
    """Build the tokenizer of a SentencePiece model; it needs neither torch nor SentencePiece.

    It ends every text with `</s>`; the target token is forced at decoding, never written here.
    """
    tokenizer = Tokenizer(models.Unigram(list(_scored_pieces(spm_path)), UNK_ID, True))
    tokenizer.normalizer = _normaliser(lowercase)
    # A text that spells out "</s>" or "<0x0A>" must never reach that very piece.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Split(Regex("[<>_]"), "isolated")]
    )
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {EOS}", special_tokens=[(EOS, EOS_ID)]
    )
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in SPECIAL_TOKENS]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BOS,
        pad_token=PAD,
        eos_token=EOS,
        unk_token=UNK,
        additional_special_tokens=SPECIAL_TOKENS[4:],
        padding_side="right",
        clean_up_tokenization_spaces=False,
    )


def _normaliser(lowercase: bool) -> normalizers.Normalizer:
    return normalizers.Sequence([NORMALISER, normalizers.Lowercase()]) if lowercase else NORMALISER


def _scored_pieces(spm_path: Path) -> Iterator[tuple[str, float]]:
    model = sentencepiece.SentencePieceProcessor(model_file=str(spm_path))
    yield from ((token, 0.0) for token in SPECIAL_TOKENS)
    for index in range(1, model.get_piece_size()):
        yield model.id_to_piece(index), model.get_score(index)


def token_id(tokenizer: PreTrainedTokenizerFast, token: str) -> int:
    """Return the identifier of one token."""
    return tokenizer.get_vocab()[token]
