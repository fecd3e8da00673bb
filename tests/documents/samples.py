"""Small documents made on the spot: PDFs by hand, since that takes no library."""

from __future__ import annotations

import io

import docx
from docx.oxml import parse_xml

Placed = tuple[float, float, str]


def _encode(text: str) -> bytes:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return escaped.encode("cp1252")


def draw_text(lines: list[Placed], size: int = 12) -> bytes:
    """Return page content with each line at its x and y."""
    shown = [
        b"BT /F1 %d Tf %g %g Td (%s) Tj ET" % (size, x, y, _encode(text)) for x, y, text in lines
    ]
    return b"\n".join(shown)


def draw_han(lines: list[Placed], size: int = 12) -> bytes:
    """Return page content likewise, in the font for Chinese, which readers bring themselves."""
    shown = [
        b"BT /F2 %d Tf %g %g Td <%s> Tj ET" % (size, x, y, text.encode("utf-16-be").hex().encode())
        for x, y, text in lines
    ]
    return b"\n".join(shown)


def draw_picture() -> bytes:
    """Return page content with a picture and no text."""
    return b"q 500 0 0 700 50 50 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x7f EI Q"


def write_pdf(pages: list[bytes], trailer: bytes = b"", catalog: bytes = b"") -> bytes:
    """Return a PDF of these page contents."""
    kids = b" ".join(b"%d 0 R" % (6 + 2 * i) for i in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
        b"/DescendantFonts [5 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /CIDSystemInfo "
        b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
    ]
    for number, content in enumerate(pages):
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % (7 + 2 * number),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        ]
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def write_encrypted_pdf() -> bytes:
    """Return a PDF that asks for a password nobody knows."""
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (
        b"11" * 32,
        b"22" * 32,
    )
    return write_pdf([draw_text([(50, 700, "Secret.")])], trailer=lock)


def write_word(paragraphs: list[str], title: str = "", language: str = "") -> bytes:
    """Return a .docx of paragraphs, and a table after the first one."""
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.language = language
    for number, paragraph in enumerate(paragraphs):
        document.add_paragraph(paragraph)
        if number == 0:
            table = document.add_table(rows=1, cols=2)
            table.cell(0, 0).text, table.cell(0, 1).text = "Cost", "42 million"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def write_word_xml(body: str) -> bytes:
    """Return a .docx with this as the XML of its body."""
    document = docx.Document()
    space = document.element.nsmap["w"]
    new = parse_xml(f'<w:body xmlns:w="{space}">{body}</w:body>')
    document.element.replace(document.element.body, new)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


PAGE = """<!doctype html><html lang="fr"><head><title>Le pont | Le Journal</title></head><body>
<nav><a href="/">Accueil</a> <a href="/sport">Sport</a></nav>
<article><h1>Le pont sera reconstruit</h1>
<p>Le conseil a voté lundi pour reconstruire le pont du port de la ville.</p>
<p>Les travaux coûteront 42 millions d'euros et dureront deux ans, a dit la mairesse.</p></article>
<footer>Tous droits réservés</footer></body></html>"""

MAIL = b"""From: a@example.org\r
To: b@example.org\r
Subject: =?utf-8?q?The_bridge_=E2=80=93_news?=\r
Content-Language: en\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary=x\r
\r
--x\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: quoted-printable\r
\r
The council voted to rebuild the bridge. It will cost 42=C2=A0million euros.\r
\r
Work starts in May.\r
\r
On Monday, B wrote:\r
> What about the bridge?\r
-- \r
A, Port Ellery\r
--x\r
Content-Type: text/html; charset=utf-8\r
\r
<p>Not this one.</p>\r
--x--\r
"""
