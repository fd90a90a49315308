"""The code blocks of a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
"""All that people write. Those of the models are made, and looked at where that is tested."""


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    language: str
    title: str | None
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path, text: str | None = None) -> list[Block]:
    """Every fenced block of a page, those within lists too. An indented one has no language, and is found as such."""
    found = []
    for token in MarkdownIt().parse(page.read_text() if text is None else text):
        if token.type in {"fence", "code_block"}:
            language = token.info.split()[0] if token.info else ""
            title = re.search(r'title="([^"]*)"', token.info)
            line = token.map[0] + 1 if token.map else 0
            found.append(Block(page, line, language, title[1] if title else None, token.content))
    return found


def one(page: str, language: str) -> str:
    """The text of the only block of a language on a page of docs/."""
    (found,) = (block.text for block in blocks(ROOT / "docs" / page) if block.language == language)
    return found
