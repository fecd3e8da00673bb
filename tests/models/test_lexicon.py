"""Words that nobody has written, found in translations."""

from pathlib import Path

import pytest
from marisa_trie import Trie

from models.lexicon import Lexicon, open_lexicon, words_path
from models.protocols import ModelMissing

WORDS = ["der", "die", "gletscher", "regierung", "schmelze", "sprecher", "straße", "ist", "groß"]
LEXICON = Lexicon({"de": Trie([word.casefold() for word in WORDS]), "fr": Trie(["gros", "chat"])})


@pytest.mark.parametrize(
    ("translated", "invented"),
    [
        ("Der Gletscher ist groß.", []),
        ("Der Glötscher ist gräß, der Glötscher.", ["glötscher", "gräss"]),
        ("Die Gletscherschmelze", []),
        ("Die Regierungssprecher", []),
        ("Die Regierungsxprecher", ["regierungsxprecher"]),
        ("Die Schmelzeregierungist", ["schmelzeregierungist"]),
        ("DIE STRASSE", []),
        ("Der Obama ist 17-mal in XX1.", []),  # as the source has it; too short
        ("", []),
    ],
)
def test_a_word_is_known_or_a_compound_or_the_sources_own(translated, invented) -> None:
    assert LEXICON.find_invented("Obama is big, mal.", translated, "de") == invented


def test_only_german_writes_compounds_as_one_word() -> None:
    assert LEXICON.find_invented("", "gros groschat", "fr") == ["groschat"]


def test_of_an_unknown_language_nothing_is_said() -> None:
    assert LEXICON.find_invented("", "Xyzzy plugh", "es") == []


def test_words_lie_beside_the_weights(tmp_path: Path) -> None:
    Trie(["chat"]).save(str(words_path(tmp_path, "fr")))
    lexicon = open_lexicon(tmp_path, ["de", "fr"])
    assert lexicon.find_invented("", "Le chaton, chat", "fr") == ["chaton"]
    assert lexicon.find_invented("", "Katze", "de") == []


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    words_path(tmp_path, "fr").write_bytes(b"no trie")
    with pytest.raises(ModelMissing, match=r"words\.fr\.marisa"):
        open_lexicon(tmp_path, ["fr"])
