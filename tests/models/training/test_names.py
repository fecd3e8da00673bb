"""The lists of words that people translate, learnt from pairs of sentences."""

from pathlib import Path

from models.names import read_changing
from models.training.names import list_changing, write_names
from models.training.text import Pair


def test_a_word_changes_where_most_translations_have_it_not() -> None:
    pairs = [
        Pair("news", "He was in Germany with Ann.", "Il fut en Allemagne avec Ann."),
        Pair("news", "He was in Berlin with Ann.", "Il fut à Berlin avec Anne."),
        Pair("news", "He was in Bogota then.", "Il fut à Bogotá alors."),
        Pair("news", "He went to Berlin on that day.", "Il y est allé."),
        Pair("news", "He was here with Marc and so on.", "Il fut là avec Marc."),
    ]
    assert list_changing(pairs) == ["Germany"]


def test_a_translator_has_lists_of_its_sources_but_german(data: Path, tmp_path: Path) -> None:
    write_names(tmp_path, data, ["en-fr", "de-en"])
    assert {*read_changing(tmp_path)} == {"en"}
