"""`/docs` in a browser: the described calls can be made from it."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from models.stubs import StubReader, StubSummariser, StubTranslator
from service.context import LanguageModels
from service.settings import Settings
from tests.browser import take_screenshot
from tests.stub_server import serve


def test_the_examples_can_be_sent_as_they_stand(browser: Browser, tmp_path) -> None:
    models = LanguageModels(StubReader(), StubSummariser(), StubTranslator())
    with serve(models, tmp_path, Settings()) as url:
        page = browser.new_page()
        page.goto(url + "docs")
        blocks = page.locator(".opblock")
        expect(blocks.first).to_be_visible()
        for path in ("/v1/summaries", "/v1/translations", "/v1/languages"):
            block = blocks.filter(has=page.locator(f"[data-path='{path}']"))
            block.locator(".opblock-summary-control").click()
            block.get_by_role("button", name="Try it out").click()
            block.get_by_role("button", name="Execute").click()
            status = block.locator(".live-responses-table .response .response-col_status").first
            expect(status).to_have_text("200")
        take_screenshot(page, "docs")
        page.close()
