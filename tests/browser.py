"""A real Chromium for the tests of pages: drawn without a display, in software. Nothing is installed here."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--enable-unsafe-swiftshader")
TOLD = "GPU stall due to ReadPixels"  # Chromium's own remark on drawing in software


@contextmanager
def chromium() -> Iterator:
    """A browser of playwright; the test is skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is missing: pip install -e '.[dev]'")
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=found, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Watched:
    """An open page, with all that went wrong in it and all that it asked for."""

    def __init__(self, browser, path: Path, width: int = 640, height: int = 400, **options):
        self.page = browser.new_page(viewport={"width": width, "height": height}, **options)
        self.troubles: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.set_default_timeout(60_000)
        self.page.goto(path.as_uri())
        self.address = path.as_uri()

    def _heard(self, message) -> None:
        if message.type in ("error", "warning") and TOLD not in message.text:
            self.troubles.append(message.text)

    def until(self, condition: str) -> None:
        """Waits until a condition holds."""
        self.page.wait_for_function(condition)

    def ask(self, code: str):
        """The value of an expression in the page."""
        return self.page.evaluate(code)

    def quiet(self) -> bool:
        """Nothing was complained of, and nothing was fetched but the page itself (and what it made itself)."""
        asked = [url for url in self.requests if url.split("#")[0] != self.address and not url.startswith(("data:", "blob:"))]
        assert self.troubles == []
        assert asked == []
        return True
