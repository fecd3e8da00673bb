"""The lists of words that people have written, from the text that a translator learnt from."""

import json
import lzma
from pathlib import Path

from models.lexicon import open_lexicon
from models.names import read_changing
from models.training.export import revision
from models.training.lexicon import write_words
from models.training.text import Pair, write_pairs
from models.training.translator import main


def test_words_come_from_pairs_and_twice_from_news(tmp_path: Path) -> None:
    translation, news = tmp_path / "translation", tmp_path / "summarisation"
    for folder in (translation, news):
        folder.mkdir()
    pairs = [Pair("news", "The cat sleeps.", "Le chabb dort.")]
    write_pairs(pairs, translation / "train.en-fr.tsv.xz")
    write_pairs([], translation / "docs.en-fr.tsv.xz")
    with lzma.open(news / "orangesum.fr.train.jsonl.xz", "wt", encoding="utf-8") as file:
        file.write(json.dumps({"article": "Un oiseaub, un oiseaub, un oiseua."}) + "\n")
    write_words(tmp_path, translation, ["en-fr"])
    lexicon = open_lexicon(tmp_path, ["fr"])
    text = "Chabb, chienb, oiseaub, oiseua"
    assert lexicon.find_unknown("", text, "fr") == ["chienb", "oiseua"]
    assert lexicon.find_unknown("", "chevaux, écoutâmes, bosons", "fr") == ["bosons"]


def test_a_delivered_translator_gets_its_lists_and_a_new_revision(
    data: Path, tmp_path: Path
) -> None:
    model, link = tmp_path / "model", tmp_path / "data" / "translation"
    model.mkdir()
    link.parent.mkdir()
    link.symlink_to(data)
    (model / "precis.json").write_text('{"pairs": {"fr": ["en"]}}', encoding="utf-8")
    before = revision(model)
    main(["--data", str(link.parent), "--lists", str(model)])
    assert {*read_changing(model)} == {"fr"}
    assert open_lexicon(model, ["en"]).find_unknown("", "river rivière", "en") == ["rivière"]
    facts = json.loads((model / "precis.json").read_text(encoding="utf-8"))
    assert facts["revision"] == revision(model) != before
