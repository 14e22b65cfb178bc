"""A real browser that may read files and nothing else, and remembers whatever else a page asks for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass
class Visit:
    """A page in the browser, with what it asked of a network and what it complained of."""

    page: object
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: Path) -> None:
        self.page.goto(path.as_uri())

    def overflows(self) -> bool:
        return self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Return a browser, which ends with the file: its event loop would run on under the tests that follow."""
    executable = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if executable is None:
        pytest.skip(f"no browser on this machine: none of {', '.join(BROWSERS)} is on the path")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def visit(browser, request) -> Iterator[Visit]:
    """Return a page of a desk's width, then of a phone's; at the end nothing may have left or complained."""
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    page = context.new_page()
    seen = Visit(page)

    def on_request(route) -> None:
        address = route.request.url
        if address.startswith(("file:", "data:")):
            route.continue_()
        else:
            seen.requests.append(address)
            route.abort()

    page.route("**/*", on_request)
    page.on(
        "console",
        lambda message: seen.complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    yield seen
    context.close()
    assert seen.requests == []
    assert seen.complaints == []
