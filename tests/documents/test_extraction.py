"""Each format into text: the right words, in the right order, with title and language."""

from __future__ import annotations

import pytest

from documents.process import extract
from documents.protocols import HTML, MAIL, MARKDOWN, PDF, WORD, DocumentError
from tests.documents import samples
from tests.documents.samples import draw_text, write_pdf, write_word


def lay_lines(*texts: str, top: float = 780, left: float = 50) -> list[samples.Placed]:
    """Place lines under each other; an empty one leaves a gap."""
    return [(left, top - 14 * n, text) for n, text in enumerate(texts) if text]


def test_the_article_is_taken_out_of_its_page() -> None:
    found = extract(samples.PAGE.encode(), HTML)
    assert found.title == "Le pont sera reconstruit"
    assert found.language == "fr"
    assert found.text.split("\n\n")[-1].startswith("Les travaux coûteront 42 millions")
    assert "Accueil" not in found.text
    assert "Tous droits" not in found.text


def test_a_page_too_short_for_an_article_is_read_whole() -> None:
    found = extract(b"<title>News</title><script>x()</script><p>Short.<p>And <b>clear</b>.", HTML)
    assert found.text == "Short.\n\nAnd clear."
    assert found.title == "News"


@pytest.mark.parametrize("charset", ["latin-1", "utf-16"])
def test_the_charset_that_the_sender_names_is_used(charset: str) -> None:
    assert "coûteront" in extract(samples.PAGE.encode(charset), HTML, charset).text


def test_a_page_without_anything_is_empty() -> None:
    with pytest.raises(DocumentError) as caught:
        extract(b"  \n", HTML)
    assert caught.value.code == "document_empty"


def test_lines_of_a_pdf_are_put_together_to_paragraphs() -> None:
    lines = lay_lines(
        "The council of Port Ellery voted on Monday to rebuild the",
        "harbour bridge. The work will cost 12 million euros.",
        "",
        "Mayor Ines Varga said the ferry would run at night.",
    )
    found = extract(write_pdf([draw_text(lines)], catalog=b"/Lang (en-GB)"), PDF)
    assert found.text.split("\n\n") == [
        "The council of Port Ellery voted on Monday to rebuild the harbour bridge. "
        "The work will cost 12 million euros.",
        "Mayor Ines Varga said the ferry would run at night.",
    ]
    assert (found.pages, found.language) == (1, "en-GB")


def test_a_paragraph_goes_on_over_columns_and_pages_and_hyphens() -> None:
    left = lay_lines("The council voted to re-", "build the bridge in")
    right = lay_lines("the harbour of the", left=320)
    after = lay_lines("town. It will take two", "years.")
    found = extract(write_pdf([draw_text(left + right), draw_text(after)]), PDF)
    assert found.text == (
        "The council voted to rebuild the bridge in the harbour of the town. "
        "It will take two years."
    )


def test_a_hyphen_does_not_part_a_paragraph() -> None:
    lines = lay_lines(
        "The council of the town voted to re-",
        "build the bridge in the harbour,",
        "the mayor said.",
    )
    found = extract(write_pdf([draw_text(lines)]), PDF)
    assert found.text == (
        "The council of the town voted to rebuild the bridge in the harbour, the mayor said."
    )


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["A well-known and", "praised well-", "known plan."], "praised well-known plan"),
        (["The bridge is re-", "built."], "is rebuilt."),
        (["It was an 18-", "month closure."], "18-month closure"),
        (["The mid- and", "long-term plan, mid-", "and long-term."], "mid- and long-term."),
        (["Die Straßen-", "und Brückenbauer."], "Die Straßen- und Brückenbauer."),
        (["The Anglo-", "Saxon king."], "Anglo-Saxon"),
    ],
)
def test_a_hyphen_at_the_end_of_a_line_stays_where_it_belongs(lines: list[str], text: str) -> None:
    found = extract(write_pdf([draw_text(lay_lines(*lines))]), PDF).text
    assert text in found


def test_chinese_has_no_spaces_where_its_lines_end() -> None:
    left = lay_lines(
        "白瀬镇周二宣布，由居民出资的公", "司将继续运营白瀬线。全长", "24公里的线路上有11个车"
    )
    right = lay_lines("站。", "", "新公司得到3200人出资，镇", "里负担一半。", left=320)
    after = lay_lines("镇政府每年承担修理费用。")
    pages = [samples.draw_han(left + right), samples.draw_han(after)]
    assert extract(write_pdf(pages), PDF).text == (
        "白瀬镇周二宣布，由居民出资的公司将继续运营白瀬线。全长24公里的线路上有11个车站。\n\n"
        "新公司得到3200人出资，镇里负担一半。\n\n镇政府每年承担修理费用。"
    )


def test_running_heads_and_page_numbers_are_left_out() -> None:
    words = ["first", "second", "third"]
    pages = [
        draw_text(
            [(50, 820, "The Port Ellery Gazette"), (280, 20, f"Page {n + 1} of 3")]
            + lay_lines(f"This is the {word} page.", "It says little.", "That is all.")
        )
        for n, word in enumerate(words)
    ]
    text = extract(write_pdf(pages), PDF).text
    assert "Gazette" not in text
    assert "Page" not in text
    assert [text.index(word) for word in words] == sorted(text.index(word) for word in words)


def test_word_documents_keep_their_order_tables_too() -> None:
    found = extract(write_word(["The bridge.", "Work starts."], "The plan", "en-GB"), WORD)
    assert found.text == "The bridge.\n\nCost | 42 million\n\nWork starts."
    assert (found.title, found.language) == ("The plan", "en-GB")


def test_markdown_is_read_without_its_marks() -> None:
    source = (
        "---\ntitle: The bridge\nlang: en\n---\n\n# News\n\nThe *council* [voted](http://x.org)\n"
        "on **Monday**.\n\n- It rains.\n\n```\ncode()\n```\n\n![](a.png)\n\n<b>It</b> snows.\n"
    )
    found = extract(source.encode(), MARKDOWN)
    assert found.text == "News\n\nThe council voted on Monday.\n\nIt rains.\n\nIt snows."
    assert (found.title, found.language) == ("The bridge", "en")
    assert extract(b"# News\n\nA text.", MARKDOWN).title == "News"


def test_an_email_is_what_its_writer_wrote() -> None:
    found = extract(samples.MAIL, MAIL)
    assert found.title == "The bridge – news"
    assert found.language == "en"
    assert found.text.endswith("million euros.\n\nWork starts in May.")


def test_an_email_of_html_alone_is_read_too() -> None:
    head = "Subject: News\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    found = extract(head.encode() + samples.PAGE.encode(), MAIL)
    assert found.title == "News"
    assert "Les travaux" in found.text
