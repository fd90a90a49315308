"""The documentation as pages: each document's Markdown as HTML, in the style of the page."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from string import Template
from urllib.parse import urlsplit, urlunsplit

from markdown_it import MarkdownIt

from tonearm.web.assets import Asset, asset

START = "index"
DOCUMENTS = (
    *(
        START,
        "page",
        "api",
        "cli",
        "catalogues",
        "similar",
        "client",
        "mcp",
        "beets",
        "from-essentia-api",
        "from-spotify",
        "accuracy",
        "sections",
        "sonara",
    ),
    *("glossary", "networks", "writing-a-model", "operating", "replicas", "ray", "security"),
    *("contributing", "architecture"),
)
"""In the order of the menu, which is that of the site that `make docs` builds."""
_GRAFANA = "grafana.json"
_COMMENT = re.compile(r"^<!--.*-->\n", re.MULTILINE)
"""A mark for who writes a part of a document, and nothing for who reads it."""


@cache
def document(path: str) -> Asset | None:
    """What is at a path below /docs/: "" is the first document, others have their names; None for anything else."""
    if path == _GRAFANA:
        return asset((_folder() / _GRAFANA).read_bytes(), "application/json")
    name = path or START
    if name not in DOCUMENTS or path == START:
        return None
    frame = Template((files("tonearm.web") / "document.html").read_text(encoding="utf-8"))
    page = frame.substitute(title=escape(_title(name)), menu=_menu(name), content=_rendered(_text(name)))
    return asset(page.encode(), "text/html; charset=utf-8")


def _folder() -> Traversable:
    """In the package where it is installed; in a clone, where people write it."""
    packaged = files("tonearm.web") / "docs"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "docs"


def _text(name: str) -> str:
    return (_folder() / f"{name}.md").read_text(encoding="utf-8")


def _title(name: str) -> str:
    """Its heading, which is the first line of a document."""
    return _text(name).partition("\n")[0].removeprefix("# ")


def _menu(current: str) -> str:
    marks = {current: ' aria-current="page"'}
    return "\n        ".join(
        f'<li><a href="{_address(name)}"{marks.get(name, "")}>{escape(_title(name))}</a></li>' for name in DOCUMENTS
    )


def _rendered(text: str) -> str:
    """As HTML, with headings that can be linked to, and links to the pages of other documents."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(_COMMENT.sub("", text))
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            words = (child.content for child in following.children or ())
            token.attrSet("id", _anchor("".join(words)))
    for link in (child for token in tokens for child in token.children or () if child.type == "link_open"):
        link.attrSet("href", _target(str(link.attrGet("href"))))
    html = str(markdown.renderer.render(tokens, markdown.options, {}))
    # A wide table is scrolled by itself.
    return html.replace("<table>", '<div class="scrolling"><table>').replace("</table>", "</table></div>")


def _target(link: str) -> str:
    """api.md#events is api#events here; other addresses stay as they are."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path.endswith(".md"):
        return link
    return urlunsplit(parts._replace(path=_address(parts.path.removesuffix(".md"))))


def _address(name: str) -> str:
    """Beside the other documents."""
    return "./" if name == START else name


def _anchor(heading: str) -> str:
    """As on the site, and as in a repository's own view of a document: GET /v1/models is get-v1models."""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip())
