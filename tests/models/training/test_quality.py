"""The measures count what they say they count, and come out of two articles as out of 1,000."""

import json
import lzma
from pathlib import Path

from models.training.quality import Truth, build_article, report, report_translations

SENTENCES = [
    f"the council of the {name} quarter said that the old bridge, which is closed, costs {n} euros."
    for n, name in enumerate(["north", "south", "castle", "river", "market"] * 3, 11)
]


def _write(path: Path, *records: dict[str, object]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)


def test_a_report_holds_every_table(tmp_path: Path) -> None:
    folder = tmp_path / "summarisation"
    folder.mkdir()
    tokenised = " ".join(text.replace(",", " ,").replace(".", " .") for text in SENTENCES)
    cased = " ".join(text.capitalize() for text in SENTENCES)
    _write(folder / "cnndm.en.dev.jsonl.xz", {"article": tokenised, "highlights": SENTENCES[:2]})
    for name in ("xsum.en", "orangesum.fr"):
        _write(folder / f"{name}.dev.jsonl.xz", {"article": cased, "summary": SENTENCES[0]})
    news = {"title": "Old bridge", "article": " ".join([cased] * 6)}
    _write(folder / "bbc.en.articles.jsonl.xz", news, news)
    lines = list(report(tmp_path, 2))
    assert sum(line.startswith("| cnndm.en | long |") for line in lines) == 1
    served = [line for line in lines if "as served" in line]
    assert len(served) == 4
    assert all("| 0.00 % | 0.00 % |" in line for line in served)
    assert ["| 100.00 % |" in line for line in served] == ["bbc.en" in line for line in served]
    assert "ms" in lines[-1]


def test_translations_are_measured_against_the_dev_sets(tmp_path: Path) -> None:
    folder = tmp_path / "translation"
    folder.mkdir()
    rows = (
        "news\tThe old bridge of Arvella costs 12 million euros."
        "\tLe vieux pont d'Arvella coûte 12 millions d'euros.\n"
    )
    for name in ("fr", "de", "es"):
        with lzma.open(folder / f"dev.en-{name}.tsv.xz", "wt", encoding="utf-8") as file:
            file.write(rows * 2)
    lines = [line for line in report_translations(tmp_path, 2) if line.startswith("| en→fr |")]
    served, plain, people = (line.split(" | ") for line in lines)
    assert [line[1] for line in (served, plain, people)] == [
        "as served",
        "without lists",
        "people's",
    ]
    assert served[5:10] == ["100.00 %", "100.0 %", "0", "0", "0.00 %"]
    assert people[2:10] == ["2", "100.0", "100.00 %", "100.00 %", "100.0 %", "0", "0", "0.00 %"]


def test_what_an_article_does_not_say_is_counted_once_a_sentence() -> None:
    article = build_article(["The bridge costs 1,200 euros.", "It is closed."], "en")
    truth = Truth()
    for text in ("The bridge costs 1,200 euros.", "The ferry costs 99 or 98 euros.", "It is open."):
        truth.add(text, article.text)
    assert (truth.sentences, truth.with_unknown_number, truth.with_unknown_word) == (3, 1, 2)
    assert [article.text[s.span.start : s.span.end] for s in article.sentences] == [
        s.text for s in article.sentences
    ]
