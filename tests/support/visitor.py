"""Somebody who opens the page in a real browser, and what they do there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

from tests.support.http import Server
from tests.support.waiting import PATIENCE_SECONDS

PATIENCE_MS = 1000 * PATIENCE_SECONDS
MINUS = "\N{MINUS SIGN}"

expect.set_options(timeout=PATIENCE_MS)


class Visitor:
    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(self, server: Server, **options: Any) -> Page:
        """The page, with its list of models unless the server wants a key first. Options are Playwright's."""
        page = self.blank(server, **options)
        page.goto(f"http://127.0.0.1:{server.port}/")
        expect(page.locator(".chips, #api-key").first).to_be_visible()
        return page

    def blank(self, server: Server, **options: Any) -> Page:
        # Little movement: what is looked at stands still.
        context = self._browser.new_context(**{"reduced_motion": "reduce", **options})
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", lambda request: self._asked(request, server))
        return page

    def leave(self) -> None:
        for context in self._contexts:
            context.close()
        assert not self.complaints, self.complaints

    def _heard(self, message: ConsoleMessage) -> None:
        """A broken content security policy is told here too; a refused request is what some tests are about."""
        refused = message.text.startswith("Failed to load resource") and "/v1/" in message.location["url"]
        refused |= message.text.startswith("WebSocket connection to ") and "/v1/analysis/live?" in message.text
        if message.type in {"error", "warning"} and not refused:
            self.complaints.append(f"{message.type}: {message.text} at {message.location}")

    def _asked(self, request: Request, server: Server) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"blob", "data"} and parts.netloc != f"127.0.0.1:{server.port}":
            self.complaints.append(f"asked for {request.url}")


def choose_models(page: Page, *names: str) -> None:
    """These and no other."""
    page.locator(".all-models").evaluate("each => { each.open = true }")
    chosen = page.locator("input[data-model]:checked")
    while chosen.count():
        chosen.first.uncheck()
    for name in names:
        page.locator(f'input[data-model="{name}"]').check()
    page.locator(".all-models").evaluate("each => { each.open = false }")


def choose_file(page: Page, file: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(file)


def drop(page: Page, *files: Path) -> None:
    """As when files are dragged in from outside the browser."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 200, "data": data})
    expect(page.locator("#drop")).to_have_class("drop over")
    session.send("Input.dispatchDragEvent", {"type": "drop", "x": 300, "y": 200, "data": data})
    expect(page.locator("#drop")).to_have_class("drop")
    session.detach()


def finished(page: Page) -> None:
    """Wait for the end of the analysis, however it ends."""
    expect(page.get_by_role("button", name="Analyse again")).to_be_visible()


def result(page: Page, model: str) -> Locator:
    return page.locator(f'[data-result="{model}"]')


def fact(place: Locator, name: str) -> str:
    """What stands beside a name."""
    return (
        place.locator("dl > div", has=place.page.locator("dt", has_text=re.compile(f"^{name}")))
        .locator("dd")
        .inner_text()
    )
