"""The site that `make docs` builds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.documents.blocks import ROOT, blocks
from tonearm.networks.published import published
from tonearm.pipeline.registry import catalog


class Page(HTMLParser):
    """What an HTML page loads, where its links lead, and what in it can be linked to."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(file.read_text())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.anchors.add(given.get("id", ""))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and given.get("rel") not in {"canonical", "next", "prev"}:
            self.loaded.append(given["href"])
        elif "src" in given:
            self.loaded.append(given["src"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documents with the pages of the models, built."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("models", "__pycache__"))
    shutil.copyfile(ROOT / "zensical.toml", folder / "zensical.toml")
    subprocess.run([sys.executable, folder / "docs" / "model_pages.py"], check=True)
    done = build(folder)
    assert done.returncode == 0, done.stderr
    return folder


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    zensical = Path(sys.executable).with_name("zensical")
    return subprocess.run([zensical, "build", "--strict"], cwd=folder, capture_output=True, text=True)


def pages(folder: Path) -> Iterator[tuple[Path, Page]]:
    for file in (folder / "site").rglob("*.html"):
        yield file, Page(file)


def test_it_asks_for_nothing_from_elsewhere(folder: Path) -> None:
    for file, page in pages(folder):
        assert page.loaded
        assert not [each for each in page.loaded if urlsplit(each).netloc], file
    for style in (folder / "site").rglob("*.css"):
        assert not re.search(r"""(url\(|@import)\s*["']?(https?:)?//""", style.read_text()), style


def test_every_link_leads_somewhere(folder: Path) -> None:
    site = folder / "site"
    known = dict(pages(folder))
    for file, page in known.items():
        if file.name == "404.html":
            continue  # its links are from the root of wherever the site will be
        for link in (*page.links, *page.loaded):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            target = target / "index.html" if target.is_dir() else target
            assert target.is_file(), f"{file.relative_to(site)}: {link}"
            assert not parts.fragment or unquote(parts.fragment) in known[target].anchors, f"{file.name}: {link}"


def test_every_document_is_in_the_menu() -> None:
    named = re.findall(r'= "([\w/-]+\.md)"', (ROOT / "zensical.toml").read_text())
    written = [document.name for document in (ROOT / "docs").glob("*.md")]
    assert sorted(named) == sorted([*written, "models/index.md", "models/networks.md"])


@pytest.mark.release
@pytest.mark.parametrize("fault", ["[gone](gone.md)", "[gone](api.md#gone)", "[gone][nowhere]"])
def test_a_fault_ends_the_build(folder: Path, tmp_path: Path, fault: str) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken, ignore=shutil.ignore_patterns("site", ".cache"))
    page = broken / "docs" / "index.md"
    page.write_text(f"{page.read_text()}\n{fault}\n")
    done = build(broken)
    assert done.returncode != 0
    assert "gone" in re.sub(r"\x1b\[[\d;]*m", "", done.stderr)


def test_every_model_has_a_page_that_says_all_that_it_declares(folder: Path) -> None:
    cards = [card for card in catalog().cards if card.unavailable is None]
    for card in cards:
        file = folder / "docs" / "models" / f"{card.name}.md"
        text = file.read_text()
        assert all(alias in text for alias in card.aliases)
        # Up to the next version.
        text = re.split(r"^## Version \d+$", text, flags=re.MULTILINE)[card.version]
        for words in (card.title, card.description, card.citation, card.licence):
            assert words in text
        for name, field in card.result_schema["properties"].items():
            (row,) = {line for line in text.splitlines() if line.startswith(f"| `{name}` | {field.get('unit', '')}")}
            assert field["description"] in row
        for name, field in card.parameters_schema["properties"].items():
            (row,) = [
                line for line in text.splitlines() if line.startswith(f"| `{name}` | `{json.dumps(field['default'])}`")
            ]
            assert field["description"] in row
        for block in blocks(file):
            json.loads(block.text)


def test_every_network_is_listed(folder: Path) -> None:
    text = (folder / "docs" / "models" / "networks.md").read_text()
    assert not [network.stem for network in published() if f" {network.stem} |" not in text]


def test_no_document_was_left_in_the_middle_of_a_merge() -> None:
    for file in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        assert not re.search(r"^(<{7}|={7}|>{7})( |$)", file.read_text(), re.MULTILINE), file.name


def test_every_link_leads_to_a_file_of_the_repository() -> None:
    for file in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\(([^)#]+)", file.read_text()):
            generated = (file.parent / link).resolve().is_relative_to(ROOT / "docs" / "models")
            assert urlsplit(link).scheme or (file.parent / link).exists(), f"{file.name}: {link}"
            assert not generated, f"{file.name}: {link}"
