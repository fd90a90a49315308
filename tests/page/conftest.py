from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.support.http import Server
from tests.support.visitor import Visitor

_ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


# Not for the whole session: Playwright's event loop would be in the way of the tests that run one of their own.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium(playwright) as browser:
        yield browser


@contextmanager
def chromium(playwright: Playwright, *arguments: str, **options: Any) -> Iterator[Browser]:
    """The browser of this machine, with arguments of its own besides. Options are Playwright's."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    browser = playwright.chromium.launch(executable_path=program, args=[*_ARGUMENTS, *arguments], **options)
    yield browser
    browser.close()


@pytest.fixture
def file(tmp_path: Path, track: bytes) -> Path:
    file = tmp_path / "a track.wav"
    file.write_bytes(track)
    return file


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Opens pages; at the end of the test none may have complained or asked for anything elsewhere."""
    visitor = Visitor(browser)
    yield visitor
    visitor.leave()


@pytest.fixture(scope="module")
def calm_page(browser: Browser, server: Server) -> Iterator[Page]:
    """One page for all tests of a file: they call its modules and draw by themselves, and none needs a new one."""
    visitor = Visitor(browser)
    yield visitor.open(server)
    visitor.leave()
