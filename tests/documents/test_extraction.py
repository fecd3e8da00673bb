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


def test_a_short_article_is_read_without_what_stands_around_it() -> None:
    page = (
        '<title>Road closed</title><div class="menu"><a href="/">Home</a> <a>Sport</a></div>'
        "<article><header><h1>Road closed</h1><p>Police ask for patience.</p></header>"
        "<p>A lorry fell over near Selby Cross.</p><button>Share</button></article>"
        '<div>More stories</div><div style="display: none">You have 3 articles left.</div>'
    )
    assert extract(page.encode(), HTML).text == (
        "Road closed\n\nPolice ask for patience.\n\nA lorry fell over near Selby Cross."
    )


@pytest.mark.parametrize("article", [samples.PAGE, "<p>A lorry fell over near Selby Cross."])
def test_what_asks_for_consent_is_no_article(article: str) -> None:
    asked = "We and our partners process personal data to deliver advertisements to you. " * 5
    banner = f'<div id="gdpr"><p>{asked}</p><button>Accept</button></div>'
    assert "partners" not in extract(f"<body>{banner}{article}".encode(), HTML).text


@pytest.mark.parametrize(
    ("named", "pressed"),
    [
        ('id="content" class="cookie-consent-given"', "<form><input></form>"),
        ('id="page" class="no-cookies"', "<button>Share</button>"),
    ],
)
@pytest.mark.parametrize("breaks", ["<p>", "<br><br>"])
def test_an_article_in_what_is_named_for_consent_is_read(
    named: str, pressed: str, breaks: str
) -> None:
    story = "The council voted to rebuild the bridge in the harbour of the town in"
    last = 2012 if breaks == "<p>" else 2025
    said = "".join(f"{breaks}{story} the year {year}." for year in range(2000, last + 1))
    page = f"<body><div {named}><h2>The bridge</h2>{said}{pressed}</div>"
    text = extract(page.encode(), HTML).text
    assert "the year 2000" in text
    assert f"the year {last}" in text


def test_raised_digits_join_no_number() -> None:
    page = (
        "<p>It stands since 1903<sup><a href='#note'>1</a></sup>, has 12 km<sup>2</sup> and"
        "<sup>*</sup> 5 × 10<sup>6</sup> litres on the 19<sup>th</sup>."
        "<sup><a href='#2'>[2]</a></sup>"
    )
    assert extract(page.encode(), HTML).text == (
        "It stands since 1903, has 12 km² and* 5 × 10⁶ litres on the 19th."
    )


def test_a_table_that_places_things_is_no_table() -> None:
    story = "The council voted on Monday to rebuild the bridge in the harbour of the town. " * 3
    row = f"<tr><td><h2>Bridge</h2><p>{story}</p><p>Work starts in May.</p></td></tr>"
    data = "<table><tr><td>Cost</td><td>42 million</td></tr></table>"
    page = f"<body><table><tr><td><table>{row}</table></td></tr></table><p>{story}</p>{data}"
    blocks = extract(page.encode(), HTML).text.split("\n\n")
    assert story.strip() in blocks
    assert "Work starts in May." in blocks
    assert "| Cost | 42 million |" in blocks


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


def test_a_heading_over_all_columns_does_not_part_sentences() -> None:
    heading = draw_text([(50, 810, "The council of the town votes to rebuild its bridge")], size=20)
    left = lay_lines("It was opened by the mayor, Dr.", "Ines Varga, and two former", "mayors.")
    found = extract(write_pdf([heading + b"\n" + draw_text(left)]), PDF)
    assert found.text.endswith("by the mayor, Dr. Ines Varga, and two former mayors.")


def test_a_running_head_on_both_of_two_pages_does_not_part_a_sentence() -> None:
    pages = [
        draw_text([(50, 820, "The Port Ellery Gazette"), *lay_lines("Total 12", *lines)])
        for lines in [
            ("It was good.", "The bridge is"),
            ("It was bad.", "new and wide.", "The end."),
        ]
    ]
    pages[1] = pages[1].replace(b"(Total 12) Tj", b"() Tj").replace(b"(It was bad.) Tj", b"() Tj")
    assert extract(write_pdf(pages), PDF).text == (
        "Total 12 It was good. The bridge is new and wide. The end."
    )


def test_the_mark_of_a_footnote_joins_no_number() -> None:
    mark = b"/F1 8 Tf 4 Ts (1) Tj /F1 12 Tf 0 Ts"
    line = b"BT /F1 12 Tf 50 700 Td (Open since 1903) Tj %s ( and free.) Tj ET" % mark
    assert extract(write_pdf([line]), PDF).text == "Open since 1903¹ and free."


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


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<w:del><w:r><w:delText>two</w:delText></w:r></w:del><w:ins>RUN</w:ins>", "three"),
        ("<w:sdt><w:sdtContent>RUN</w:sdtContent></w:sdt>", "three"),
        ('<w:fldSimple w:instr="REF x">RUN</w:fldSimple>', "three"),
        ('<w:smartTag w:element="x">RUN</w:smartTag>', "three"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>no</w:t></w:r>RUN", "three"),
        ('RUN<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>', "three²"),
    ],
)
def test_word_documents_are_read_as_they_are_shown(inside: str, text: str) -> None:
    runs = "<w:r><w:t xml:space='preserve'>It costs </w:t></w:r>" + inside.replace(
        "RUN", "<w:r><w:t>three</w:t></w:r>"
    )
    assert extract(samples.write_word_xml(f"<w:p>{runs}</w:p>"), WORD).text == f"It costs {text}"


def test_word_documents_are_read_in_controls_boxes_and_cells_too() -> None:
    def par(text: str, more: str = "") -> str:
        return f"<w:p><w:r><w:t>{text}</w:t>{more}</w:r></w:p>"

    def row(*cells: str) -> str:
        return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"

    contents = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
        f"</w:sdtPr><w:sdtContent>{par('Bridge 3')}</w:sdtContent></w:sdt>"
    )
    box = f"<w:pict><w:txbxContent>{par('In a box.')}</w:txbxContent></w:pict>"
    table = f"<w:tbl>{row(par('Inside.'))}</w:tbl>"
    found = extract(
        samples.write_word_xml(
            f"{contents}<w:sdt><w:sdtContent>{par('A control.', box)}</w:sdtContent></w:sdt>"
            f"<w:tbl>{row(par('Mask'), par('4m'), par('4m'))}"
            f"{row(table, par('One.') + par('Two.'))}</w:tbl>"
        ),
        WORD,
    )
    assert found.text.split("\n\n") == [
        "A control.",
        "In a box.",
        "Mask | 4m | 4m",
        "Inside.",
        "One.",
        "Two.",
    ]


def test_markdown_is_read_without_its_marks() -> None:
    source = (
        "---\ntitle: The bridge\nlang: en\n---\n\n# News\n\nThe *council* [voted](http://x.org)\n"
        "on **Monday**.\n\n- It rains.\n\n```\ncode()\n```\n\n![](a.png)\n\n<b>It</b> snows.\n"
    )
    found = extract(source.encode(), MARKDOWN)
    assert found.text == "News\n\nThe council voted on Monday.\n\nIt rains.\n\nIt snows."
    assert (found.title, found.language) == ("The bridge", "en")
    assert extract(b"# News\n\nA text.", MARKDOWN).title == "News"


def test_the_words_of_html_in_markdown_are_read() -> None:
    source = (
        '<div class="note"><p>It costs <b>3</b> euros.</p><p>It rains.</p></div>\n\n'
        "<!-- not this -->\n\n<script>\nnor(this)\n</script>\n\n"
        "<details>\n\nIt snows.\n\n</details>\n"
    )
    assert extract(source.encode(), MARKDOWN).text == "It costs 3 euros.\n\nIt rains.\n\nIt snows."


def test_the_cells_of_a_table_of_html_are_no_one_word() -> None:
    rows = "<tr><th>Name</th><th>Age</th></tr>\n<tr><td>Ann</td><td><p>12</p></td></tr>"
    found = extract(f"<table>\n{rows}\n</table>\n".encode(), MARKDOWN)
    assert found.text == "Name\n\nAge\n\nAnn\n\n12"


def test_what_is_struck_out_and_marks_of_footnotes_are_not_read() -> None:
    source = "It costs ~~12~~ 14 million[^1] and `[^a]`.\n\n[^1]: Says the mayor."
    found = extract(source.encode(), MARKDOWN)
    assert found.text == "It costs 14 million and [^a].\n\nSays the mayor."


@pytest.mark.parametrize(
    ("notes", "text"),
    [
        ("[^1]: https://example.org/a\n[^2]: Note two.", "https://example.org/a\n\nNote two."),
        ("> [^1]: https://example.org/a", "https://example.org/a"),
        ("[^1]: https://example.org/a\n[news]: https://example.org/b", "https://example.org/a"),
        ("[^1]: 1. Mai\n    2026", "1. Mai 2026"),
    ],
)
def test_a_footnote_that_is_an_address_is_no_link(notes: str, text: str) -> None:
    source = f"Text[^1] and[^2]. {'See the [news].' * ('news' in notes)}\n\n{notes}\n"
    seen = " See the news." if "news" in notes else ""
    assert extract(source.encode(), MARKDOWN).text == f"Text and.{seen}\n\n{text}"


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


OLD = "The bridge was to cost 12 million euros, the mayor told us on Sunday, and nobody knew when. "


def write_mail(body: str, subject: str = "Re: News", kind: str = "plain") -> bytes:
    head = f"Subject: {subject}\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n"
    return (head + body).encode()


@pytest.mark.parametrize(
    "quoted",
    [
        '<div class="gmail_quote"><div class="gmail_attr">On 3 Mar, B wrote:</div>'
        '<blockquote class="gmail_quote">OLD</blockquote></div>',
        '<blockquote type="cite">On 3 Mar, B wrote: OLD</blockquote>',
        '<p class="moz-cite-prefix">On 3 Mar, B wrote:</p><blockquote type="cite">OLD</blockquote>',
        '<div id="divRplyFwdMsg"><b>From:</b> B<br><b>Sent:</b> Monday</div><div>OLD</div>',
        "<div><p><b>From:</b> B<br><b>Sent:</b> Monday<br><b>To:</b> A</p></div><p>OLD</p>",
    ],
)
@pytest.mark.parametrize("times", [1, 5])
def test_what_an_email_of_html_quotes_is_left_out(quoted: str, times: int) -> None:
    new = "The council of the town voted on Monday to rebuild the bridge for 42 million euros. "
    page = f"<html><body><p>{new * times}</p>{quoted.replace('OLD', OLD * times)}</body></html>"
    assert extract(write_mail(page, kind="html"), MAIL).text == (new * times).strip()
    assert OLD.strip() in extract(write_mail(page, "Fwd: News", "html"), MAIL).text


@pytest.mark.parametrize(
    "quoted",
    [
        "On Tue, 3 Mar 2026 at 10:12, Bernard Long of the News <\nb@example.org> wrote:\n\n> OLD",
        "-----Original Message-----\nFrom: B\n\nOLD",
        "________________________________\nVon: B <b@example.org>\nGesendet: Montag\n\nOLD",
        "De: B <b@example.org>\nEnviado el: lunes, 2 de marzo de 2026 10:12\nPara: A\n\nOLD",
        "De : B <b@example.org>\nEnvoyé : lundi 2 mars 2026 10:12\n\nOLD",
        "On Tue, 3 Mar 2026, B wrote:\n\n\n> OLD",
    ],
)
def test_what_an_email_quotes_is_left_out(quoted: str) -> None:
    mail = write_mail(f"The bridge will cost 42 million.\n\n{quoted.replace('OLD', OLD)}")
    assert extract(mail, MAIL).text == "The bridge will cost 42 million."


def test_what_an_email_forwards_is_read() -> None:
    body = f"FYI\n-- \nA\n\n-----Original Message-----\nFrom: B\n\n> {OLD}"
    assert extract(write_mail(body, "FW: News"), MAIL).text.endswith(f"From: B\n\n{OLD.strip()}")


@pytest.mark.parametrize("named", ["", "; charset=us-ascii", "; charset=x-none", "; charset=utf-8"])
@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_an_email_that_names_no_charset_or_a_wrong_one_keeps_its_letters(
    kind: str, charset: str, named: str
) -> None:
    text = "Die Brücke über die Elbe wird in Größnitz für 42 Millionen Euro erneuert."
    head = f"Subject: News\r\nContent-Type: text/{kind}{named}\r\n\r\n"
    assert extract(head.encode() + text.encode(charset), MAIL).text == text


def write_parts(kind: str, *parts: tuple[str, str]) -> bytes:
    head = f"Subject: News\r\nMIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary=x\r\n"
    shown = [f"\r\n--x\r\nContent-Type: {head}\r\n\r\n{body}" for head, body in parts]
    return "".join((head, *shown, "\r\n--x--\r\n")).encode()


def test_an_email_whose_plain_part_is_empty_is_read_from_the_other() -> None:
    mail = write_parts("alternative", ("text/plain", " "), ("text/html", "<p>It rains.</p>"))
    assert extract(mail, MAIL).text == "It rains."


def test_an_email_is_read_to_its_end_around_what_is_attached() -> None:
    note = "text/plain\r\nContent-Disposition: attachment"
    mail = write_parts("mixed", ("text/plain", "One."), (note, "No."), ("text/plain", "Two."))
    assert extract(mail, MAIL).text == "One.\n\nTwo."
