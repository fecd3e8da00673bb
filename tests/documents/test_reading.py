"""Documents are read in a process with limits, and what cannot be read is told clearly."""

from __future__ import annotations

import io
import zipfile
import zlib
from contextlib import suppress

import pytest

from documents.protocols import (
    HTML,
    MAIL,
    MARKDOWN,
    PDF,
    WORD,
    DocumentError,
    DocumentsBusy,
    Limits,
)
from documents.reading import IsolatedReader
from tests.documents import samples
from tests.documents.samples import draw_picture, draw_text, write_pdf, write_word

READER = IsolatedReader(Limits(pages=3, characters=1000, seconds=15))


def zip_bomb() -> bytes:
    out = io.BytesIO(write_word(["A."]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/bomb.xml", bytes(120_000_000))
    return out.getvalue()


def deflated_page() -> bytes:
    """Return a PDF of some kilobytes whose page unpacks to 300 megabytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(300)) + packer.flush()
    whole = write_pdf([packed])
    return whole.replace(
        b"<< /Length %d >>" % len(packed), b"<< /Length %d /Filter /FlateDecode >>" % len(packed)
    )


def test_what_was_found_comes_back_with_the_title_on_top() -> None:
    found = READER.read(write_word(["The bridge is new."], title="News"), WORD)
    assert found.text.startswith("News\n\nThe bridge is new.")
    found = READER.read(samples.PAGE.encode("latin-1"), HTML, "latin-1")
    assert found.text.count("Le pont sera reconstruit") == 1


@pytest.mark.parametrize(
    ("data", "media_type", "code"),
    [
        (b"", PDF, "document_empty"),
        (b"<html></html>", HTML, "document_without_text"),
        (b"<!-- -->", HTML, "document_empty"),
        (write_word([]), WORD, "document_without_text"),
        (b"# \n\n![](a.png)", MARKDOWN, "document_without_text"),
        (b"\xff\xfe\xff", MARKDOWN, "document_damaged"),
        (b"Subject: x\r\n\r\n", MAIL, "document_without_text"),
        (b"no headers here", MAIL, "document_damaged"),
        (write_pdf([draw_picture()]), PDF, "document_without_text"),
        (write_pdf([]), PDF, "document_damaged"),
        (write_pdf([draw_text([(50, 700, "A text.")])])[:200], PDF, "document_damaged"),
        (b"nothing of the kind", PDF, "document_damaged"),
        (b"PK\x03\x04 nothing", WORD, "document_damaged"),
        (write_word(["A."])[:-100], WORD, "document_damaged"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), WORD, "document_encrypted"),
        (samples.write_encrypted_pdf(), PDF, "document_encrypted"),
        (write_pdf([draw_text([(50, 700, "A.")])] * 4), PDF, "document_too_complex"),
        (write_word(["a" * 1001]), WORD, "document_too_long"),
        (zip_bomb(), WORD, "document_too_complex"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_has_a_code(data: bytes, media_type: str, code: str) -> None:
    with pytest.raises(DocumentError) as caught:
        READER.read(data, media_type)
    assert caught.value.code == code
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"<div>" * 200_000 + b"A text.", HTML),
        (b"> " * 50_000 + b"A text.", MARKDOWN),
        (b"[" * 50_000, MARKDOWN),
        (b"[^" * 50_000, MARKDOWN),
        (deflated_page(), PDF),
    ],
    ids=["nested", "quoted", "brackets", "notes", "deflated"],
)
def test_what_is_like_a_bomb_ends_within_its_limits(data: bytes, media_type: str) -> None:
    """Be it read or refused: the process that reads it holds to its memory and time."""
    reader = IsolatedReader(Limits(seconds=8, memory_bytes=400_000_000))
    with suppress(DocumentError):
        assert reader.read(data, media_type).text


@pytest.mark.parametrize(
    "body",
    ["1" * 100_000, "1 a\n" + "@" * 100_000, "A:" + "\n" * 100_000 + "B"],
    ids=["digits", "addresses", "lines"],
)
def test_an_email_of_much_that_may_introduce_what_it_quotes_is_read(body: str) -> None:
    reader = IsolatedReader(Limits(seconds=15))
    assert body in reader.read(f"Subject: A\n\n{body}".encode(), MAIL).text


def test_too_much_time_or_memory_is_an_error_of_the_document() -> None:
    for limits in (Limits(seconds=0.01), Limits(memory_bytes=30_000_000)):
        with pytest.raises(DocumentError) as caught:
            IsolatedReader(limits).read(samples.PAGE.encode(), HTML)
        assert caught.value.code == "document_too_complex"


def test_only_so_many_are_read_at_once() -> None:
    reader = IsolatedReader(Limits(seconds=0.01, at_once=1))
    reader._turns.acquire()
    with pytest.raises(DocumentsBusy):
        reader.read(b"A text.", MARKDOWN)
