"""A browser, and services of stubs for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from models.stubs import StubReader, StubSummariser, StubTranslator
from service.articles import ArticleSources
from service.context import LanguageModels
from service.settings import Settings
from tests.browser import open_browser, open_page
from tests.stub_server import serve

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[OpenPage]:
    """Open the page of a service of stubs, which may be replaced by argument."""
    with ExitStack() as stack:

        def open_stubs(
            summariser=None,
            translator=None,
            settings: Settings | None = None,
            sources: ArticleSources | None = None,
            **options: object,
        ) -> Page:
            models = LanguageModels(
                StubReader(), summariser or StubSummariser(), translator or StubTranslator()
            )
            served = serve(models, tmp_path / "cache", settings or Settings(), sources)
            url = stack.enter_context(served)
            return stack.enter_context(open_page(browser, url, **options))

        yield open_stubs


def summarise(page: Page, text: str, *targets: str) -> None:
    """Paste an article, choose targets and press the button."""
    page.locator("#text").fill(text)
    for target in targets:
        page.locator(f"#targets input[value={target}]").check()
    page.locator("#go").click()
