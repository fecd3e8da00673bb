"""The lists of words that people have written, from the text that a translator learnt from."""

import json
import lzma
from pathlib import Path

from models.lexicon import open_lexicon
from models.training.export import revision
from models.training.lexicon import main
from models.training.text import Pair, write_pairs


def test_words_come_from_pairs_and_twice_from_news(tmp_path: Path) -> None:
    translation, news = tmp_path / "translation", tmp_path / "summarisation"
    for folder in (translation, news):
        folder.mkdir()
    pairs = [Pair("news", "The cat sleeps.", "Le chat dort.")]
    write_pairs(pairs, translation / "train.en-fr.tsv.xz")
    write_pairs([], translation / "docs.en-fr.tsv.xz")
    with lzma.open(news / "orangesum.fr.train.jsonl.xz", "wt", encoding="utf-8") as file:
        file.write(json.dumps({"article": "Un oiseau, un oiseau, un oiseua."}) + "\n")
    model = tmp_path / "model"
    model.mkdir()
    (model / "precis.json").write_text('{"pairs": {"en": ["fr"]}}', encoding="utf-8")

    main(["--data", str(tmp_path), str(model)])

    lexicon = open_lexicon(model, ["fr"])
    text = "Chat, chien, oiseau, oiseua, cat"
    assert lexicon.find_unknown("", text, "fr") == ["chien", "oiseua", "cat"]
    facts = json.loads((model / "precis.json").read_text(encoding="utf-8"))
    assert facts["revision"] == revision(model)
