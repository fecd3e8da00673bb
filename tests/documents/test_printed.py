"""PDFs as a browser prints them: scripts from right to left, columns, heads, broken words."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from documents.process import extract
from documents.protocols import PDF
from tests.browser import open_browser

SEEDS = Path(__file__).parents[2] / "seeds" / "articles"
HEBREW = (
    "המועצה של העיר הצביעה ביום שני לבנות מחדש את הגשר בנמל. העבודה תעלה 12 מיליון אירו "
    "(כ-13.5 מיליון דולר) ותימשך שנתיים, אמרה ראש העיר.\n\n"
    "ראש העיר אינס ורגה אמרה ל-Reuters שהמעבורת תפעל בלילה. הדייגים ביקשו זאת כבר בשנת 2019, "
    "והנהג של IKEA (שוודיה) הסכים [1]: «כן»."
)
GERMAN = (
    "Der Stadtrat hat am Montag beschlossen, die Hafen\u00adbrücke wieder\u00adauf\u00adzubauen. "
    "Die Bau\u00adarbeiten kosten vor\u00adaus\u00adsichtlich zwölf Millionen Euro und dauern zwei "
    "Jahre, sagte die Bürger\u00admeisterin."
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


def read(name: str) -> str:
    return (SEEDS / name).read_text(encoding="utf-8").strip()


def print_text(browser: Browser, text: str, style: str = "", **options: object) -> bytes:
    """Return a PDF of a text's paragraphs, justified, as `style` lays them out."""
    paragraphs = "".join(f"<p dir=auto>{escape(part)}</p>" for part in text.split("\n\n"))
    page = browser.new_page()
    try:
        page.set_content(
            f"<!doctype html><style>body {{ text-align: justify; {style} }}</style>{paragraphs}"
        )
        return page.pdf(format="A4", **options)
    finally:
        page.close()


@pytest.mark.parametrize("style", ["", "columns: 2", "columns: 3; font-size: 12px"])
@pytest.mark.parametrize("text", [read("ar-solar-wells.txt"), HEBREW], ids=["Arabic", "Hebrew"])
def test_what_runs_from_right_to_left_is_read_so(browser: Browser, text: str, style: str) -> None:
    assert extract(print_text(browser, text, style), PDF).text == text


def test_a_paragraph_in_another_direction_is_read_its_own_way(browser: Browser) -> None:
    text = f"The word is שלום (peace), she said in 2019.\n\n{HEBREW}\n\nThat is all."
    assert extract(print_text(browser, text), PDF).text == text


def test_columns_pages_heads_and_feet_do_not_part_a_sentence(browser: Browser) -> None:
    articles = map(read, ("en-harbour-bridge.txt", "en-river-of-light.txt"))
    paragraphs = [part for article in articles for part in article.split("\n\n")]
    # At the end of a column nothing but a full stop tells a heading from a sentence that goes on.
    text = "\n\n".join(part for part in paragraphs if part.endswith((".", '."')))
    small = '<div style="font-size: 9px; width: 100%; text-align: center">'
    printed = print_text(
        browser,
        text,
        "columns: 2; font-size: 32px",
        display_header_footer=True,
        header_template=f"{small}The Port Ellery Gazette</div>",
        footer_template=f"{small}Page <span class=pageNumber></span></div>",
        margin={"top": "80px", "bottom": "80px", "left": "60px", "right": "60px"},
    )
    found = extract(printed, PDF)
    assert found.pages >= 3
    assert found.text.split() == text.split()
    assert all(part.endswith((".", '."')) for part in found.text.split("\n\n"))


@pytest.mark.parametrize("width", [180, 210, 240, 270])
def test_words_that_were_broken_are_whole(browser: Browser, width: int) -> None:
    printed = print_text(browser, GERMAN, f"width: {width}px; hyphens: manual")
    assert extract(printed, PDF).text == GERMAN.replace("\u00ad", "")
