"""Tiny models of every architecture that the hub has, laid out as the hub lays them out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sentencepiece
import torch
import transformers as hf
from tokenizers import ByteLevelBPETokenizer
from transformers.models.nllb import tokenization_nllb as nllb

from tests.models.tiny import LINES

NLLB_CODES = list(nllb.FAIRSEQ_LANGUAGE_CODES)
FILLINGS = {"mt5": 8, "m2m100": 8}
# Scale of embeddings, noise of weights, noise of positions.
NOISE = {
    "bart": (30.0, 0.2, 1.0),
    "mbart50": (10.0, 1.0, 1.0),
    "pegasus": (10.0, 0.5, 1.0),
    "marian": (10.0, 0.2, 1.0),
    "marian-multilingual": (10.0, 0.5, 1.0),
    "m2m100": (10.0, 1.0, 0.0),
    "nllb": (10.0, 0.4, 0.0),
}
SIZES = {
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "max_position_embeddings": 160,
}
T5_SIZES = {
    "d_model": 32,
    "d_kv": 8,
    "d_ff": 64,
    "num_layers": 2,
    "num_heads": 4,
    "n_positions": 160,
}


def train_pieces(folder: Path, name: str, **options: Any) -> Path:
    """Train a SentencePiece model and keep it as `name`."""
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(LINES * 4),
        model_prefix=str(folder / "trained"),
        vocab_size=200,
        hard_vocab_limit=False,
        minloglevel=2,
        **options,
    )
    (folder / "trained.vocab").unlink()
    return (folder / "trained.model").rename(folder / name)


def list_pieces(path: Path) -> list[str]:
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [pieces.id_to_piece(i) for i in range(pieces.get_piece_size())]


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def make_t5(folder: Path) -> Any:
    """T5: text prefixes named in the configuration; the tokeniser is in both forms."""
    train_pieces(folder, "spiece.model", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    tokeniser = (
        hf.T5Tokenizer(vocab_file=str(folder / "spiece.model"))
        if False
        else hf.T5Tokenizer.from_pretrained(folder)
    )
    tokeniser.save_pretrained(folder)
    tasks = {
        "summarization": {"prefix": "summarize: ", "num_beams": 4, "max_length": 40},
        "translation_en_to_fr": {"prefix": "translate English to French: ", "num_beams": 4},
        "translation_en_to_de": {"prefix": "translate English to German: ", "num_beams": 4},
    }
    config = hf.T5Config(
        vocab_size=len(tokeniser), task_specific_params=tasks, decoder_start_token_id=0, **T5_SIZES
    )
    return hf.T5ForConditionalGeneration(config)


def make_mt5(folder: Path) -> Any:
    """mT5: no prefix, `spiece.model` alone, output weights of their own."""
    path = train_pieces(folder, "spiece.model", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "T5Tokenizer", "extra_ids": 0})
    config = hf.MT5Config(
        vocab_size=len(list_pieces(path)) + FILLINGS["mt5"],
        decoder_start_token_id=0,
        tie_word_embeddings=False,
        **T5_SIZES,
    )
    return hf.MT5ForConditionalGeneration(config)


def make_madlad(folder: Path) -> Any:
    """MADLAD-400: a T5 whose target is a piece before the text; decoding begins with `<unk>`."""
    codes = ["en", "fr", "de", "zh", "zh_Latn", "pt", "fil", "iw", "sr"]
    path = train_pieces(
        folder,
        "spiece.model",
        unk_id=0,
        bos_id=1,
        eos_id=2,
        user_defined_symbols=[f"<2{code}>" for code in codes],
    )
    write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "T5Tokenizer",
            "extra_ids": 0,
            "additional_special_tokens": [],
            "pad_token": "<s>",
            "eos_token": "</s>",
            "unk_token": "<unk>",
        },
    )
    config = hf.T5Config(
        vocab_size=len(list_pieces(path)),
        decoder_start_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        tie_word_embeddings=False,
        feed_forward_proj="gated-gelu",
        **T5_SIZES,
    )
    return hf.T5ForConditionalGeneration(config)


def make_bart(folder: Path) -> Any:
    """BART: byte-level pairs, and a first token that decoding is forced to."""
    tokeniser = ByteLevelBPETokenizer()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokeniser.train_from_iterator(LINES, vocab_size=420, special_tokens=special)
    tokeniser.save_model(str(folder))
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "BartTokenizer"})
    config = hf.BartConfig(vocab_size=tokeniser.get_vocab_size(), forced_eos_token_id=2, **SIZES)
    model = hf.BartForConditionalGeneration(config)
    model.generation_config.forced_bos_token_id = 0
    model.generation_config.min_length = 5
    return model


def make_mbart50(folder: Path) -> Any:
    """mBART-50: the source's code before the text, the target's is forced."""
    train_pieces(folder, "sentencepiece.bpe.model")
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "MBart50Tokenizer"})
    size = len(hf.MBart50Tokenizer.from_pretrained(folder))
    config = hf.MBartConfig(
        vocab_size=size,
        tokenizer_class="MBart50Tokenizer",
        decoder_start_token_id=2,
        scale_embedding=True,
        forced_eos_token_id=2,
        **SIZES,
    )
    return hf.MBartForConditionalGeneration(config)


def make_pegasus(folder: Path) -> Any:
    """PEGASUS: 103 tokens of its pre-training stand before the pieces."""
    train_pieces(folder, "spiece.model", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "PegasusTokenizer"})
    size = len(hf.PegasusTokenizer.from_pretrained(folder))
    config = hf.PegasusConfig(vocab_size=size, scale_embedding=True, **SIZES)
    return hf.PegasusForConditionalGeneration(config)


def _make_marian(folder: Path, source: str, target: str, codes: Sequence[str]) -> Any:
    for name in ("source.spm", "target.spm"):
        pieces = list_pieces(train_pieces(folder, name))
    tokens = ["</s>", "<unk>", *[p for p in pieces if p not in ("<s>", "</s>", "<unk>")]]
    tokens += [*[f">>{code}<<" for code in codes], "<pad>"]
    write_json(folder / "vocab.json", {token: number for number, token in enumerate(tokens)})
    write_json(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "MarianTokenizer", "source_lang": source, "target_lang": target},
    )
    last = len(tokens) - 1
    config = hf.MarianConfig(
        vocab_size=len(tokens),
        pad_token_id=last,
        decoder_start_token_id=last,
        eos_token_id=0,
        bad_words_ids=[[last]],
        scale_embedding=True,
        activation_function="swish",
        static_position_embeddings=True,
        **SIZES,
    )
    return hf.MarianMTModel(config)


def make_marian(folder: Path) -> Any:
    """Marian, one pair."""
    return _make_marian(folder, "en", "fr", [])


def make_marian_multilingual(folder: Path) -> Any:
    """Marian with several targets, each a token before the text."""
    return _make_marian(
        folder, "en", "mul", ["fra", "deu", "cmn_Hans", "cmn_Hant", "por", "srp_Latn"]
    )


def make_m2m100(folder: Path) -> Any:
    """M2M100: `__xx__` before the text and forced."""
    pieces = list_pieces(train_pieces(folder, "sentencepiece.bpe.model"))
    tokens = ["<s>", "<pad>", "</s>", "<unk>", *pieces[3:]]
    write_json(folder / "vocab.json", {token: number for number, token in enumerate(tokens)})
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "M2M100Tokenizer"})
    tokeniser = hf.M2M100Tokenizer.from_pretrained(folder)
    size = len(tokens) + len(tokeniser.lang_token_to_id) + tokeniser.num_madeup_words
    config = hf.M2M100Config(
        vocab_size=size, scale_embedding=True, decoder_start_token_id=2, **SIZES
    )
    return hf.M2M100ForConditionalGeneration(config)


def make_nllb(folder: Path) -> Any:
    """NLLB-200: an M2M100 with codes such as `eng_Latn`."""
    train_pieces(folder, "sentencepiece.bpe.model", model_type="bpe")
    facts = {"tokenizer_class": "NllbTokenizer", "additional_special_tokens": NLLB_CODES}
    write_json(folder / "tokenizer_config.json", facts)
    tokeniser = hf.NllbTokenizer.from_pretrained(folder)
    tokeniser.save_pretrained(folder)
    config = hf.M2M100Config(
        vocab_size=len(tokeniser), scale_embedding=True, decoder_start_token_id=2, **SIZES
    )
    return hf.M2M100ForConditionalGeneration(config)


MAKERS: dict[str, Callable[[Path], Any]] = {
    "t5": make_t5,
    "mt5": make_mt5,
    "madlad": make_madlad,
    "bart": make_bart,
    "mbart50": make_mbart50,
    "pegasus": make_pegasus,
    "marian": make_marian,
    "marian-multilingual": make_marian_multilingual,
    "m2m100": make_m2m100,
    "nllb": make_nllb,
}


FORCED = {
    "bart": ["<s>"],
    "mbart50": ["en_XX", "fr_XX"],
    "m2m100": ["__en__", "__fr__"],
    "nllb": ["eng_Latn", "fra_Latn"],
}


def stir_weights(name: str, model: Any, folder: Path) -> None:
    """Make outputs depend on inputs: with fresh weights all are one token over and over."""
    embeddings, noise, places = NOISE.get(name, (1.0, 1.0, 0.0))
    fresh = {key: weight.detach().clone() for key, weight in model.named_parameters()}
    tokeniser = hf.AutoTokenizer.from_pretrained(folder)
    inputs = [tokeniser(line, return_tensors="pt")["input_ids"] for line in LINES[:10:3]]
    start = model.config.decoder_start_token_id
    prefixes = [[start, tokeniser.convert_tokens_to_ids(t)] for t in FORCED.get(name, [])]
    for seed in range(40):
        torch.manual_seed(seed)
        with torch.no_grad():
            for key, weight in model.named_parameters():
                tied = "shared" in key or "embed_tokens" in key or "lm_head" in key
                share = places if "embed_positions" in key else noise
                stirred = share * torch.randn_like(weight)
                weight.copy_(fresh[key] * embeddings if tied else fresh[key] + stirred)
            # No trained model writes what only fills up its weights to a round number.
            if filling := FILLINGS.get(name):
                model.get_output_embeddings().weight[-filling:] = 0.0
        if all(_count_outputs(model, inputs, prefix) > 2 for prefix in prefixes or [[start]]):
            return


def _count_outputs(model: Any, inputs: Sequence[torch.Tensor], prefix: list[int]) -> int:
    """Return how many different outputs there are."""
    options = {"max_new_tokens": 8, "do_sample": False, "num_beams": 1}
    begun = torch.tensor([prefix])
    outputs = [model.generate(i, decoder_input_ids=begun, **options) for i in inputs]
    return len({tuple(output[0].tolist()) for output in outputs})


def make_hub_model(name: str, folder: Path) -> Path:
    """Write a model with random weights into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(7)
    model = MAKERS[name](folder)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more are slower on weights this small
    stir_weights(name, model.eval(), folder)
    torch.set_num_threads(threads)
    model.save_pretrained(folder)
    return folder
