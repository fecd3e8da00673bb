"""The page with services of stubs: progress, warnings, errors, scripts, keyboard, files."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from documents.protocols import Limits
from documents.reading import IsolatedReader
from models.protocols import DeadlineExceeded, Summary, SummarySentence, Translation
from models.stubs import StubSummariser, StubTranslator
from service.articles import ArticleSources
from service.settings import Settings
from tests.browser import check_accessibility, take_screenshot
from tests.service.conftest import ARTICLE
from tests.service.page.conftest import OpenPage, summarise
from tests.service.test_urls import URL, StubFetcher

SEEDS = Path(__file__).parents[3] / "seeds" / "articles"


def wait_until_done(page: Page) -> None:
    expect(page.locator("main")).to_have_attribute("data-state", "done")


class PatientTranslator(StubTranslator):
    """Translates when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = threading.Event()

    def translate(self, sentences, source, target, deadline=None):
        assert self.may_go_on.wait(30)
        return super().translate(sentences, source, target, deadline)


def check_evidence(page: Page) -> None:
    """Hold that the article is shown, and that a sentence lights up its evidence there."""
    expect(page.locator("#article")).to_have_text(ARTICLE)
    sentence = page.locator(".sentence").first
    sentence.hover()
    expect(page.locator("#article mark.active")).to_have_text(sentence.inner_text())


def test_the_policy_lets_nothing_in_from_outside(client: FlaskClient) -> None:
    for path in ("/", "/page/main.js"):
        response = client.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert response.status_code == 200
        assert policy.startswith("default-src 'none';")
        assert "unsafe" not in policy
        assert "http" not in policy
    assert client.get("/page/../app.py").status_code == 404


def test_summaries_are_read_before_the_translations_are_there(visit: OpenPage) -> None:
    translator = PatientTranslator()
    page = visit(translator=translator)
    summarise(page, ARTICLE, "fr", "de")
    expect(page.locator(".column[data-language=en]")).to_have_count(2)
    expect(page.locator(".steps .now")).to_have_text("French")
    expect(page.locator(".column[data-language=fr]")).to_have_count(0)
    take_screenshot(page, "working")
    translator.may_go_on.set()
    wait_until_done(page)
    expect(page.locator("#length-short h4")).to_have_text(["English", "French", "German"])


def test_stop_keeps_what_has_come(visit: OpenPage) -> None:
    translator = PatientTranslator()
    page = visit(translator=translator)
    summarise(page, ARTICLE, "fr")
    expect(page.locator(".column")).to_have_count(2)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#status")).to_have_text("Stopped.")
    expect(page.locator(".column")).to_have_count(2)
    translator.may_go_on.set()


def test_one_language_more_is_asked_for_without_a_new_paste(visit: OpenPage) -> None:
    page = visit()
    summarise(page, ARTICLE, "fr")
    wait_until_done(page)
    page.get_by_label("German").check()
    page.get_by_role("button", name="Summarise").click()
    expect(page.locator(".column[data-language=de]")).to_have_count(2)
    page.get_by_role("button", name="Edit").click()
    expect(page.locator("#text")).to_have_value(ARTICLE)


class DoubtfulSummariser(StubSummariser):
    def summarise(self, article, lengths, method="auto", deadline=None):
        span = article.sentences[0].span
        sentence = SummarySentence("Ines Varga paid 7 euros.", "abstractive", (span,), ("7",))
        return {length: Summary((sentence,), sentence.text) for length in lengths}


class DoubtfulTranslator(StubTranslator):
    def translate(self, sentences, source, target, deadline=None):
        return [Translation("Oui.", ("de",), ("numbers_changed",)) for _ in sentences]


def test_warnings_are_visible(visit: OpenPage) -> None:
    page = visit(DoubtfulSummariser(), DoubtfulTranslator())
    summarise(page, ARTICLE, "fr")
    wait_until_done(page)
    expect(page.locator(".column[data-language=en] .warnings").first).to_contain_text(
        "Not found in the article: 7."
    )
    expect(page.locator(".column[data-language=fr] .warnings").first).to_contain_text(
        "A number or a currency differs"
    )
    check_accessibility(page)
    take_screenshot(page, "warnings")


def test_what_is_experimental_is_said_before_and_after(visit: OpenPage) -> None:
    page = visit()
    spanish = page.locator(".chip", has_text="Spanish")
    expect(spanish).to_contain_text("experimental")
    expect(page.locator(".chip", has_text="French")).not_to_contain_text("experimental")
    expect(page.get_by_text("Check such translations before you use them")).to_be_visible()
    summarise(page, ARTICLE, "es", "fr")
    wait_until_done(page)
    head = page.locator(".column[data-language=es] .column-head").first
    expect(head).to_contain_text("experimental")
    expect(page.locator(".column[data-language=es] .hint").first).to_contain_text("with care")
    expect(page.locator(".column[data-language=fr]").first).not_to_contain_text("experimental")


def open_options(page: Page) -> None:
    page.locator("#more > summary").click()


def test_terms_stand_as_the_reader_wants_them(visit: OpenPage) -> None:
    page = visit()
    open_options(page)
    page.get_by_label("French").check()
    page.get_by_label("Names that no translation changes").fill("Port Ellery, ferry")
    page.get_by_label("Terms in French").fill("council = conseil\n\nharbour bridge=pont du port")
    expect(page.locator("#more > summary")).to_contain_text("2 set")
    page.get_by_label("German").check()
    expect(page.get_by_label("Terms in French")).to_have_value(
        "council = conseil\n\nharbour bridge=pont du port"
    )
    check_accessibility(page)
    take_screenshot(page, "options")
    summarise(page, ARTICLE)
    wait_until_done(page)
    french = page.locator("#length-long .column[data-language=fr] .text")
    expect(french).to_contain_text("The conseil of Port Ellery voted on Monday to rebuild")
    expect(french).to_contain_text("the pont du port.")
    german = page.locator("#length-long .column[data-language=de] .text")
    expect(german).to_contain_text("harbour bridge")
    page.get_by_role("button", name="As curl").click()
    expect(page.locator("#curl-text")).to_contain_text('"glossary":{"fr":{"council":"conseil"')


def test_a_line_that_is_no_term_is_shown_to_its_writer(visit: OpenPage) -> None:
    page = visit()
    open_options(page)
    page.get_by_label("French").check()
    page.get_by_label("Terms in French").fill("council = conseil\nbridge")
    open_options(page)
    summarise(page, ARTICLE)
    expect(page.get_by_role("alert")).to_contain_text("“bridge” is no term")
    expect(page.get_by_label("Terms in French")).to_be_focused()
    page.get_by_label("Terms in French").fill("council = conseil")
    page.get_by_role("button", name="Summarise").click()
    wait_until_done(page)
    expect(page.get_by_role("alert")).to_be_hidden()


class DeafTranslator(StubTranslator):
    def translate(self, sentences, source, target, deadline=None):
        return [Translation("Oui.") for _ in sentences]


def test_a_term_that_was_missed_is_told(visit: OpenPage) -> None:
    page = visit(translator=DeafTranslator())
    open_options(page)
    page.get_by_label("Names that no translation changes").fill("Port Ellery")
    summarise(page, ARTICLE, "fr")
    wait_until_done(page)
    warnings = page.locator(".column[data-language=fr] .warnings").first
    expect(warnings).to_contain_text("“Port Ellery” does not stand as you asked")


def test_terms_go_with_a_file_too(visit: OpenPage, tmp_path: Path) -> None:
    page = visit()
    (tmp_path / "bridge.html").write_text(f"<p>{ARTICLE}</p>", encoding="utf-8")
    page.locator("#file").set_input_files(tmp_path / "bridge.html")
    page.get_by_label("French").check()
    open_options(page)
    page.get_by_label("Terms in French").fill("council = conseil")
    page.get_by_role("button", name="Summarise").click()
    wait_until_done(page)
    expect(page.locator(".column[data-language=fr] .text").first).to_contain_text("The conseil of")


def test_an_article_is_fetched_from_its_address(visit: OpenPage) -> None:
    sources = ArticleSources(IsolatedReader(Limits()), StubFetcher())
    page = visit(settings=Settings(fetch_urls=True), sources=sources)
    page.get_by_label("or the address of an article").fill(f"{URL}.txt")
    check_accessibility(page)
    page.get_by_role("button", name="Summarise").click()
    wait_until_done(page)
    check_evidence(page)


def test_an_address_that_is_refused_is_told(visit: OpenPage) -> None:
    sources = ArticleSources(IsolatedReader(Limits()), StubFetcher())
    page = visit(settings=Settings(fetch_urls=True), sources=sources)
    page.get_by_label("or the address of an article").fill("http://localhost/")
    page.get_by_role("button", name="Summarise").click()
    expect(page.get_by_role("alert")).to_contain_text("no public address")


def test_there_is_no_field_for_addresses_where_they_are_off(visit: OpenPage) -> None:
    expect(visit().locator("#address")).to_be_hidden()


def test_evidence_counts_code_points(visit: OpenPage) -> None:
    page = visit()
    text = "😀👩‍🚀 The bridge 🌉 was closed on Monday. " + ARTICLE
    summarise(page, text)
    wait_until_done(page)
    for sentence in page.locator(".sentence").all():
        sentence.hover()
        lit = page.locator("#article mark.active").all_inner_texts()
        assert "".join(lit).strip() == sentence.inner_text().strip()
    assert page.locator("#article").inner_text() == text


@pytest.mark.parametrize(
    ("article", "options", "message"),
    [
        ("", {}, "There is no article yet"),
        (ARTICLE, {"lengths": []}, "Choose at least one length"),
        ("Der Rat stimmte am Montag für den Bau der Brücke.", {"target": "fr"}, "'de'"),
        ("x" * 2000, {}, "limit is 1000"),
    ],
    ids=["nothing", "no length", "no way", "too long"],
)
def test_what_is_wrong_is_said(visit: OpenPage, article: str, options: dict, message: str) -> None:
    page = visit(settings=Settings(max_characters=1000))
    for length in ("Short", "Long") if "lengths" in options else ():
        page.get_by_label(length, exact=True).uncheck()
    summarise(page, article, *([options["target"]] if "target" in options else []))
    expect(page.get_by_role("alert")).to_contain_text(message)
    check_accessibility(page)


def test_a_service_that_is_gone_is_told_from_a_wrong_request(visit: OpenPage) -> None:
    page = visit()
    page.context.set_offline(True)
    summarise(page, ARTICLE)
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    page.get_by_role("button", name="Summarise").click()
    wait_until_done(page)
    expect(page.get_by_role("alert")).to_be_hidden()


class LateTranslator(StubTranslator):
    def translate(self, *_args):
        raise DeadlineExceeded("too late")


def test_what_fails_on_the_way_leaves_what_was_there(visit: OpenPage) -> None:
    page = visit(translator=LateTranslator())
    summarise(page, ARTICLE, "fr")
    expect(page.get_by_role("alert")).to_contain_text("time limit")
    expect(page.locator(".column[data-language=en]")).to_have_count(2)
    take_screenshot(page, "problem")


def test_a_key_is_asked_for_where_one_is_needed(visit: OpenPage) -> None:
    page = visit(settings=Settings(api_keys="hush"))
    expect(page.get_by_role("alert")).to_contain_text("key")
    page.get_by_label("API key").fill("wrong")
    page.get_by_label("API key").press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("not known")
    page.get_by_label("API key").fill("hush")
    page.get_by_label("API key").press("Tab")
    expect(page.get_by_role("alert")).to_be_hidden()
    summarise(page, ARTICLE, "fr")
    wait_until_done(page)
    page.get_by_role("button", name="As curl").click()
    assert "hush" not in page.locator("#curl-text").inner_text()


def test_right_to_left_scripts_run_right_to_left(visit: OpenPage) -> None:
    page = visit()
    summarise(page, (SEEDS / "ar-solar-wells.txt").read_text(encoding="utf-8"))
    wait_until_done(page)
    for shown in (page.locator("#article"), page.locator(".text").first):
        expect(shown).to_have_attribute("dir", "rtl")
        expect(shown).to_have_attribute("lang", "ar")
    box, first = page.locator(".text").last.bounding_box(), page.locator(".text").last
    word = first.locator(".sentence").first.bounding_box()
    assert word["x"] + word["width"] > box["x"] + box["width"] - 5
    check_accessibility(page)
    take_screenshot(page, "right-to-left")


def test_everything_is_done_by_keyboard_alone(visit: OpenPage) -> None:
    page = visit()
    press = page.keyboard.press
    reach(page, "#text")
    page.keyboard.insert_text(ARTICLE)
    reach(page, "[name=targets][value=fr]")
    press("Space")
    reach(page, "#more > summary")
    press("Enter")
    reach(page, "#terms-fr")
    page.keyboard.insert_text("council = conseil")
    press("Control+Enter")
    wait_until_done(page)
    expect(page.locator(".column[data-language=fr]").first).to_contain_text("The conseil of")
    reach(page, "#length-long .sentence")
    press("ArrowRight")
    expect(page.locator("#length-long .sentence").nth(1)).to_be_focused()
    lit = page.locator("#article mark.active").inner_text()
    assert lit.strip() == page.locator("#length-long .sentence").nth(1).inner_text().strip()
    press("Enter")
    press("Home")
    press("Shift+Tab")
    expect(page.locator("#length-long .sentence[aria-pressed=true]").first).to_have_text(lit)
    press("Escape")
    expect(page.locator(".sentence[aria-pressed=true]")).to_have_count(0)
    reach(page, "#curl", "Shift+Tab")
    press("Enter")
    expect(page.locator("#curl-dialog")).to_be_visible()
    press("Escape")
    expect(page.locator("#curl")).to_be_focused()


def reach(page: Page, selector: str, key: str = "Tab") -> None:
    """Press `key` until the first element of `selector` has the focus."""
    wanted = page.locator(selector).first
    for _ in range(60):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} cannot be reached with {key}")


def test_a_sentence_tells_its_evidence_to_a_screen_reader(visit: OpenPage) -> None:
    page = visit()
    summarise(page, ARTICLE)
    wait_until_done(page)
    sentence = page.locator(".sentence").first
    expect(sentence).to_have_accessible_description(
        f"from the article; evidence: “{sentence.inner_text()}”"
    )


def test_a_text_file_is_read_and_others_are_refused(visit: OpenPage, tmp_path: Path) -> None:
    page = visit()
    files = {"good.txt": ARTICLE.encode(), "bad.txt": b"caf\xe9", "sheet.xlsx": b"PK"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    page.locator("#file").set_input_files(tmp_path / "good.txt")
    expect(page.locator("#text")).to_have_value(ARTICLE)
    page.locator("#file").set_input_files(tmp_path / "bad.txt")
    expect(page.get_by_role("alert")).to_contain_text("bad.txt is not a text in UTF-8")
    page.locator("#file").set_input_files(tmp_path / "sheet.xlsx")
    expect(page.get_by_role("alert")).to_contain_text("sheet.xlsx cannot be read here")


def test_a_document_is_shown_as_it_was_read(visit: OpenPage, tmp_path: Path) -> None:
    page = visit()
    paragraphs = "".join(f"<p>{part}</p>" for part in ARTICLE.split("\n\n"))
    html = f"<html><body><nav>Home</nav><article>{paragraphs}</article></body></html>"
    (tmp_path / "bridge.html").write_text(html, encoding="utf-8")
    page.locator("#file").set_input_files(tmp_path / "bridge.html")
    expect(page.locator("#chosen-file")).to_contain_text("bridge.html")
    page.get_by_role("button", name="Summarise").click()
    wait_until_done(page)
    check_evidence(page)
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#text")).to_be_visible()


def test_a_document_that_cannot_be_read_is_told(visit: OpenPage, tmp_path: Path) -> None:
    page = visit()
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 and then nothing")
    page.locator("#file").set_input_files(tmp_path / "broken.pdf")
    page.get_by_role("button", name="Summarise").click()
    expect(page.get_by_role("alert")).to_contain_text("PDF")
