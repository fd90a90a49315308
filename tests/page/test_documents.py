"""The documentation that a server has at /docs/."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import expect

from tests.support.asking import POLICY, ask
from tests.support.http import Server
from tests.support.visitor import Visitor
from tonearm.web.documents import DOCUMENTS

ROOT = Path(__file__).parents[2]


class Html(HTMLParser):
    """What a page loads, where its links lead, and what in it can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.anchors += [given["id"]] if "id" in given else []
        if tag == "a":
            self.links.append(given["href"])
        else:
            self.loaded += [given[name] for name in ("src", "href") if name in given]


def test_every_link_leads_somewhere(server: Server) -> None:
    """From the page on, through all documents, to what they link to."""
    waiting, pages = ["/", "/docs"], dict[str, Html]()
    wanted: list[tuple[str, str]] = []
    while waiting:
        path = waiting.pop()
        if path in pages:
            continue
        answer = ask(server, path)
        assert answer.status == 200, path
        html = answer.header("Content-Type").startswith("text/html")
        pages[path] = Html(answer.body.decode() if html else "")
        for link in [*pages[path].links, *pages[path].loaded]:
            parts = urlsplit(urljoin(path, link))
            if not parts.scheme and not parts.netloc:
                waiting.append(parts.path)
                wanted.append((parts.path, parts.fragment))
    for path, page in pages.items():
        assert not [each for each in page.loaded if urlsplit(each).netloc], path
        assert len(page.anchors) == len(set(page.anchors)), path
    for path, fragment in wanted:
        assert not fragment or fragment in pages[path].anchors, f"{path}#{fragment}"
    assert {"/docs/", *(f"/docs/{name}" for name in DOCUMENTS[1:]), "/docs/grafana.json"} <= pages.keys()


def test_marks_for_programs_are_not_shown(server: Server) -> None:
    assert "<!-- Written by" in (ROOT / "docs" / "accuracy.md").read_text()
    for name in DOCUMENTS[1:]:
        assert "&lt;!--" not in ask(server, f"/docs/{name}").body.decode(), name


def test_they_are_the_documents_in_the_order_of_the_site() -> None:
    menu = re.findall(r'= "([\w-]+)\.md"', (ROOT / "zensical.toml").read_text())
    assert list(DOCUMENTS) == menu
    assert set(DOCUMENTS) == {path.stem for path in (ROOT / "docs").glob("*.md")}


def test_a_document_is_served_as_the_page_is(server: Server) -> None:
    answer = ask(server, "/docs/operating")
    assert answer.header("Content-Type") == "text/html; charset=utf-8"
    assert answer.header("Content-Security-Policy") == POLICY
    assert ask(server, "/docs/operating", headers={"If-None-Match": answer.header("ETag")}).status == 304
    text = answer.body.decode()
    assert "<td><code>TONEARM_PORT</code></td>" in text
    assert '<h2 id="behind-a-proxy">Behind a proxy</h2>' in text
    assert "<title>Operating · Tonearm</title>" in text


@pytest.mark.parametrize("path", ["/docs/index", "/docs/api.md", "/docs/../pyproject.toml", "/docs/nothing", "/redoc"])
def test_there_is_nothing_else(server: Server, path: str) -> None:
    assert ask(server, path).status == 404


def test_an_installed_package_has_its_own(tmp_path: Path) -> None:
    """As a wheel lays them out; the clone's are out of reach."""
    shutil.copytree(ROOT / "src" / "tonearm", tmp_path / "tonearm", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tonearm" / "web" / "docs").mkdir()
    for name in DOCUMENTS:
        (tmp_path / "tonearm" / "web" / "docs" / f"{name}.md").write_text(f"# {name} of the package\n")
    code = "from tonearm.web.documents import document; print(document('api').body.decode())"
    printed = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert '<h1 id="api-of-the-package">api of the package</h1>' in printed.stdout


@pytest.mark.release
@pytest.mark.parametrize("width", [1280, 360])
def test_they_can_be_read_on_any_screen(visitor: Visitor, server: Server, width: int) -> None:
    page = visitor.open(server, viewport={"width": width, "height": 800})
    page.get_by_role("link", name="Documentation").click()
    page.get_by_role("navigation", name="Documents").get_by_role("link", name="Security").click()
    expect(page.get_by_role("heading", name="Security", level=1)).to_be_visible()
    for name in DOCUMENTS[1:]:
        page.goto(f"http://127.0.0.1:{server.port}/docs/{name}")
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, name
        expect(page.locator('[aria-current="page"]')).to_have_count(1)
