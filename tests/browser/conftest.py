"""A headless Chromium driven by Playwright: what a page asks for, logs and shows."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import pytest
from playwright.sync_api import Error, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import BrowserContext, ConsoleMessage
    from playwright.sync_api import Page as Tab

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Without these a browser calls its maker at every start.
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")
PATIENCE = 30_000


@dataclass
class Page:
    """One tab: `requests` are the URLs it asked for, `complaints` what it logged as wrong."""

    tab: Tab
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tab.on("request", lambda request: self.requests.append(request.url))
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "assert"):
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression; promises are awaited."""
        return self.tab.evaluate(script)

    def until(self, condition: str) -> None:
        """Wait until an expression is truthy; the pages' security policy forbids Playwright's own wait."""
        end = time.monotonic() + PATIENCE / 1000
        while not self._holds(condition):
            assert time.monotonic() < end, f"never true: {condition}; {self.complaints}"
            self.tab.wait_for_timeout(30)

    def _holds(self, condition: str) -> bool:
        try:
            return bool(self.run(f"Boolean({condition})"))
        except Error as error:
            if "Execution context was destroyed" in str(error):
                return False  # the page is being left for another
            raise

    def settle(self) -> None:
        """Wait until the page has asked for nothing for a while."""
        asked = -1
        while asked != len(self.requests):
            asked = len(self.requests)
            self.tab.wait_for_timeout(150)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.tab.close()


@dataclass
class Browser:
    """One profile of the browser."""

    context: BrowserContext

    def open(self, url: str, width: int = 1280, height: int = 900) -> Page:
        """A new tab at `url`, watched from its first request."""
        tab = self.context.new_page()
        tab.set_viewport_size({"width": width, "height": height})
        tab.set_default_timeout(PATIENCE)
        page = Page(tab)
        tab.goto(url)
        return page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """A running browser; of a module, as other tests run event loops of their own."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture
def browser(chromium: Chromium) -> Iterator[Browser]:
    """The browser with an empty profile."""
    with chromium.new_context() as context:
        yield Browser(context)
