"""A browser, and services of stubs on a socket for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from cache.embedded import EmbeddedStore
from cache.single_flight import SingleFlight
from models.stubs import StubReader, StubSummariser, StubTranslator
from service.app import create_app
from service.context import LanguageModels
from service.pipeline import Pipeline
from service.settings import Settings
from tests.browser import open_browser, open_page

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@contextmanager
def serve(models: LanguageModels, folder: Path, settings: Settings) -> Iterator[str]:
    """Serve the application on a free port of loopback; yields its address."""
    store = EmbeddedStore(folder)
    app = create_app(settings, Pipeline(lambda: models, store, SingleFlight(store)))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    store.close()


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[OpenPage]:
    """Open the page of a service of stubs, which may be replaced by argument."""
    with ExitStack() as stack:

        def open_stubs(
            summariser=None, translator=None, settings: Settings | None = None, **options: object
        ) -> Page:
            models = LanguageModels(
                StubReader(), summariser or StubSummariser(), translator or StubTranslator()
            )
            url = stack.enter_context(serve(models, tmp_path / "cache", settings or Settings()))
            return stack.enter_context(open_page(browser, url, **options))

        yield open_stubs


def summarise(page: Page, text: str, *targets: str) -> None:
    """Paste an article, choose targets and press the button."""
    page.locator("#text").fill(text)
    for target in targets:
        page.locator(f"#targets input[value={target}]").check()
    page.locator("#go").click()
