"""A headless Chromium of the system's, and the pages in it, held to what the page promises."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

SCREENSHOTS = Path(__file__).parent.parent / "var" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A busy machine is no failure.
PATIENCE_MILLISECONDS = 30_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def find_chromium() -> str:
    """Return the browser's path; `make setup-test` installs it."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise RuntimeError("no Chromium: `make setup-test` installs it or says what to do")
    return found


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start a browser; its sandbox needs rights that containers do not give."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_page(browser: Browser, url: str, **options: object) -> Iterator[Page]:
    """Open the page at `url`; it may ask nobody else, and its scripts may not fail."""
    context = browser.new_context(reduced_motion="reduce", **options)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MILLISECONDS)
    requests: list[str] = []
    failures: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda line: failures.append(line.text) if "Policy" in line.text else None)
    page.goto(url)
    page.locator("#go:enabled, #key-row:visible").first.wait_for()
    try:
        yield page
    finally:
        context.close()
    assert not failures
    assert {urlsplit(u).netloc for u in requests if not u.startswith("blob:")} == {
        urlsplit(url).netloc
    }


def check_accessibility(page: Page) -> None:
    """Run axe-core's rules for WCAG 2.2 AA and good practice; none may be broken."""
    results = Axe().run(page, options=RULES)
    assert results.violations_count == 0, results.generate_report()


def take_screenshot(page: Page, name: str) -> None:
    """Keep a picture under `var/screenshots`, an artefact of the tests."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
