"""The page with the real service and its weights: from the sample to what is taken away."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.server import Server
from tests.browser import check_accessibility, open_page, take_screenshot

DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 375, "height": 812}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Server() as server:
        yield f"http://127.0.0.1:{server.port}/"


def go(page: Page) -> None:
    """Summarise the sample, in French and Spanish too."""
    page.get_by_role("button", name="Try a sample").click()
    expect(page.locator("#text")).not_to_have_value("")
    page.get_by_label("French").check()
    page.get_by_label("Spanish").check()
    page.get_by_role("button", name="Summarise").click()
    expect(page.locator("main")).to_have_attribute("data-state", "done")


def take_answer(page: Page) -> dict:
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").click()
    return json.loads(download.value.path().read_text(encoding="utf-8"))


def test_from_the_sample_to_what_is_taken_away(browser: Browser, url: str) -> None:
    with open_page(browser, url, viewport=DESKTOP) as page:
        article = page.request.get(url + "page/sample.txt").text()
        go(page)
        answer = take_answer(page)
        for length, summary in answer["summaries"].items():
            section = page.locator(f"#length-{length}")
            shown = section.locator(".column").first.locator(".sentence").all_inner_texts()
            assert shown == [sentence["text"] for sentence in summary["sentences"]]
            for language in ("fr", "es"):
                column = section.locator(f".column[data-language={language}] .sentence")
                assert column.all_inner_texts() == summary["translations"][language]["sentences"]
        check_evidence(page, answer, article)
        check_markdown(page, answer)
        check_curl(page, answer)


def check_evidence(page: Page, answer: dict, article: str) -> None:
    """A sentence that is pointed at, in either language, lights its evidence up."""
    for number, sentence in enumerate(answer["summaries"]["long"]["sentences"]):
        for language in ("en", "fr", "es"):
            column = page.locator(f"#length-long .column[data-language={language}]")
            column.locator(".sentence").nth(number).hover()
            lit = page.locator("#article mark.active").all_inner_texts()
            assert "".join(lit) == "".join(
                article[e["start"] : e["end"]] for e in sentence["evidence"]
            )
    page.evaluate("scrollTo(0, 0)")
    page.locator("#length-short .column[data-language=fr] .sentence").last.hover()
    take_screenshot(page, "page")


def check_markdown(page: Page, answer: dict) -> None:
    with page.expect_download() as download:
        page.get_by_role("button", name="Markdown").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.startswith("## Short summary\n")
    assert "### French\n\n" + answer["summaries"]["long"]["translations"]["fr"]["text"] in text
    assert "[^long-1]: The library of Brindle Bay" in text


def check_curl(page: Page, answer: dict) -> None:
    """The command, run by a shell, gets the answer that is shown."""
    page.get_by_role("button", name="As curl").click()
    command = page.locator("#curl-text").inner_text()
    take_screenshot(page, "curl")
    ran = subprocess.run(["bash", "-c", command], capture_output=True, check=True, timeout=60)
    assert json.loads(ran.stdout) == answer | {"cache": "hit"}
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#curl-dialog")).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("light", {"viewport": DESKTOP, "color_scheme": "light"}),
        ("dark", {"viewport": DESKTOP, "color_scheme": "dark"}),
        ("phone", {"viewport": PHONE, "has_touch": True}),
        ("dark-phone", {"viewport": PHONE, "has_touch": True, "color_scheme": "dark"}),
    ],
)
def test_every_state_is_accessible(browser: Browser, url: str, name: str, options: dict) -> None:
    with open_page(browser, url, **options) as page:
        check_accessibility(page)
        take_screenshot(page, f"{name}-start")
        page.get_by_role("button", name="Summarise").click()  # there is no article yet
        page.locator("#more > summary").click()
        check_accessibility(page)
        check_width(page)
        take_screenshot(page, f"{name}-options")
        page.locator("#more > summary").click()
        go(page)
        page.locator(".sentence").first.click()
        check_accessibility(page)
        take_screenshot(page, f"{name}-done")
        check_width(page)
        page.get_by_role("button", name="As curl").click()
        check_accessibility(page)
        check_width(page)


def check_width(page: Page) -> None:
    """Nothing may stand out of the window at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_phone_shows_the_evidence_of_a_pressed_sentence(browser: Browser, url: str) -> None:
    with open_page(browser, url, viewport=PHONE, has_touch=True) as page:
        go(page)
        page.locator(".sentence").first.tap()
        expect(page.locator("#evidence")).to_be_in_viewport()
        expect(page.locator("#evidence-text")).to_contain_text("The library of Brindle Bay")
        page.get_by_role("button", name="Close").click()
        expect(page.locator("#evidence")).to_be_hidden()
