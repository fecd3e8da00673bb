"""The exported files say what the network says, in Hugging Face and in CTranslate2."""

import json
import shutil
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, PreTrainedTokenizerFast

from models.catalogue import EMBEDDED, Means, open_model, read_embedded
from models.training.evaluation import FloatDecoder, Int8Decoder
from models.training.export import (
    TARGET_TIMES,
    choose_pieces,
    export_network,
    load_network,
    revision,
    write_facts,
    write_shortlist,
)
from models.training.network import Network
from models.training.translator import GENERATION
from models.training.vocabulary import EOS_ID, token_id

TEXTS = ["The cat sees the dog of 3 people.", "The old garden."]


@pytest.fixture
def folder(network: Network, tokenizer: PreTrainedTokenizerFast, tmp_path: Path) -> Path:
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
    network.eval()
    export_network(network, network.state_dict(), tokenizer, tmp_path, torch.float32)
    return tmp_path


def test_hugging_face_gives_the_same_logits(network: Network, folder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    encoded = tokenizer(TEXTS, padding=True, return_tensors="pt")
    inputs = torch.tensor([[EOS_ID, 5, 20, 30], [EOS_ID, 5, 40, 50]])
    model = AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    with torch.no_grad():
        theirs = model(
            input_ids=encoded["input_ids"],
            attention_mask=encoded["attention_mask"],
            decoder_input_ids=inputs,
        ).logits
        mine = network.logits(network(encoded["input_ids"], inputs)[0])
    torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-4)


def test_a_shortlist_bounds_what_is_written_alike_in_every_batch(tmp_path: Path) -> None:
    folder = tmp_path / "translator"
    shutil.copytree(EMBEDDED / "translator", folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = ["The old house is in the town.", "The people have seen the house of the president."]
    free = Int8Decoder(folder).decode(texts, "__fr__")
    words = tokenizer.tokenize("les gens ont la ville de est dans")
    counts = np.zeros(len(tokenizer), np.int64)
    counts[tokenizer.convert_tokens_to_ids(words)] = TARGET_TIMES
    before = revision(folder)
    write_shortlist(folder, choose_pieces(tokenizer, counts).values())
    assert revision(folder) != before  # what it writes has changed, so caches must not know it
    decoder = Int8Decoder(folder)
    bounded = decoder.decode(texts, "__fr__")
    assert [decoder.decode([text], "__fr__")[0] for text in texts] == bounded
    pieces = {piece for text in bounded for piece in tokenizer.tokenize(text)}
    assert {piece for piece in pieces if len(piece) > 2 and piece[0] != "<"} <= set(words)
    assert bounded != free
    served = open_model(read_embedded(folder), Means()).generate(texts, source="en", target="fr")
    assert [hypotheses[0] for hypotheses in served] == Int8Decoder(folder).decode(
        texts, "__fr__", GENERATION
    )
    listed = (folder / "ctranslate2" / "vmap.txt").read_text(encoding="utf-8").split()
    assert {*words, "<0x00>", "__fr__", "</s>", "7"} <= set(listed)


def test_both_engines_say_the_same_under_greedy_search(folder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    translator = ctranslate2.Translator(str(folder / "ctranslate2"), compute_type="float32")
    for text in TEXTS:
        encoded = tokenizer(text, return_tensors="pt")
        ids = model.generate(
            **encoded, forced_bos_token_id=token_id(tokenizer, "__fr__"), max_new_tokens=12
        )
        tokens = tokenizer.convert_ids_to_tokens(encoded["input_ids"][0].tolist())
        result = translator.translate_batch(
            [tokens], target_prefix=[["__fr__"]], beam_size=1, max_decoding_length=12
        )[0]
        theirs = tokenizer.convert_ids_to_tokens(ids[0, 1:].tolist())
        assert result.hypotheses[0] == [token for token in theirs if token != "</s>"]


def test_both_decoders_answer_every_text_in_its_place(folder: Path) -> None:
    generation = {"beam_size": 1, "repetition_penalty": 1.2}
    for decoder in (Int8Decoder(folder), FloatDecoder(folder)):
        outputs = decoder.decode(TEXTS, "__fr__", generation)
        assert len(outputs) == 2
        assert outputs[::-1] == decoder.decode(TEXTS[::-1], "__fr__", generation)


def test_the_facts_carry_the_revision_of_the_weights(folder: Path) -> None:
    write_facts(folder, {"id": "tiny"})
    known = json.loads((folder / "precis.json").read_text(encoding="utf-8"))
    assert known == {"id": "tiny", "revision": revision(folder)}
    assert len(known["revision"]) == 12


def test_what_was_exported_is_loaded_to_be_trained_further(network, folder: Path) -> None:
    again = load_network(folder)
    assert again.shape == network.shape
    for name, weight in network.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], weight)
