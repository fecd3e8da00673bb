"""Words that nobody has written, found in translations."""

from pathlib import Path

import pytest
from marisa_trie import Trie

from models.lexicon import Lexicon, open_lexicon, words_path
from models.protocols import ModelMissing

WORDS = ["der", "die", "gletscher", "regierung", "schmelze", "sprecher", "straße", "ist", "groß"]
LEXICON = Lexicon({"de": Trie([word.casefold() for word in WORDS]), "fr": Trie(["gros", "chat"])})


@pytest.mark.parametrize(
    ("translated", "unknown"),
    [
        ("Der Gletscher ist groß.", []),
        ("Der Glötscher ist gräß, der Glötscher.", ["glötscher", "gräss"]),
        ("Die Gletscherschmelze", []),
        ("Die Regierungssprecher", []),
        ("Die Regierungsxprecher", ["regierungsxprecher"]),
        ("Die Schmelzeregierungist", ["schmelzeregierungist"]),
        ("DIE STRASSE", []),
        ("Der Obama ist 17 km in XX1.", []),  # a name; too short
        ("Der times ist groß.", ["times"]),  # left as it was
        ("", []),
    ],
)
def test_a_word_is_known_or_a_compound_or_a_name_of_the_source(translated, unknown) -> None:
    assert LEXICON.find_unknown("Obama is big at times.", translated, "de") == unknown


def test_only_german_writes_compounds_as_one_word() -> None:
    assert LEXICON.find_unknown("", "gros groschat", "fr") == ["groschat"]


def test_of_an_unknown_language_nothing_is_said() -> None:
    assert LEXICON.find_unknown("", "Xyzzy plugh", "es") == []


def test_words_lie_beside_the_weights(tmp_path: Path) -> None:
    Trie(["chat"]).save(str(words_path(tmp_path, "fr")))
    lexicon = open_lexicon(tmp_path, ["de", "fr"])
    assert lexicon.find_unknown("", "Le chaton, chat", "fr") == ["chaton"]
    assert lexicon.find_unknown("", "Katze", "de") == []


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    words_path(tmp_path, "fr").write_bytes(b"no trie")
    with pytest.raises(ModelMissing, match=r"words\.fr\.marisa"):
        open_lexicon(tmp_path, ["fr"])
