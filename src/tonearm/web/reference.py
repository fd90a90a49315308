"""The OpenAPI document as a page to read: HTML without scripts, which loads nothing from other servers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

Document = Mapping[str, Any]
"""An OpenAPI document, or a part of it, as parsed from JSON."""

_STYLES = ("theme", "base", "page", "views/table", "json", "reference")
_CODE = re.compile(r"`([^`]+)`")


def reference(document: Document) -> str:
    """The page. Its links are relative: it may be served below any path."""
    info = document["info"]
    styles = "".join(f'<link rel="stylesheet" href="web/{name}.css">' for name in _STYLES)
    operations = (
        _operation(f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    schemas = document.get("components", {}).get("schemas", {})
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}: API reference</title>"
        f'<link rel="icon" href="web/icon.svg" type="image/svg+xml">{styles}</head><body>'
        '<header class="top"><p class="brand"><img src="web/icon.svg" alt="" width="28" height="28">'
        f'<a href="./">{escape(info["title"])}</a> {escape(info["version"])}</p>'
        '<nav aria-label="For programs"><a href="openapi.json">OpenAPI document</a></nav></header>'
        f"<main><h1>API reference</h1>{_text(info['description'])}{''.join(operations)}"
        f"<section><h2>Schemas</h2>{''.join(_json(name, schema) for name, schema in schemas.items())}</section>"
        "</main></body></html>\n"
    )


def _operation(title: str, operation: Document) -> str:
    parts = [f"<section><h2><code>{escape(title)}</code></h2>", _text(operation.get("summary", ""))]
    parts.append(_text(operation.get("description", "")))
    if "security" in operation:
        parts.append(_text("Needs an API key: `Authorization: Bearer ta_...`."))
    if "parameters" in operation:
        rows = ((f"{each['name']} ({each['in']})", _text(each["description"])) for each in operation["parameters"])
        parts.append(_table("parameter", rows))
    if body := operation.get("requestBody"):
        parts.append(_text(body.get("description", "")) + _table("body", _contents(body)))
    parts.append(_table("response", _responses(operation["responses"])))
    return "".join((*parts, "</section>"))


def _responses(responses: Document) -> Iterator[tuple[str, str]]:
    for status, response in responses.items():
        headers = (f"`{name}`: {header['description']}" for name, header in response.get("headers", {}).items())
        content = "".join(_json(media_type, shape) for media_type, shape in response.get("content", {}).items())
        yield status, _text("\n\n".join((response["description"], *headers))) + content


def _contents(body: Document) -> Iterator[tuple[str, str]]:
    for media_type, shape in body.get("content", {}).items():
        yield media_type, _json("schema", shape.get("schema", {}))


def _table(heading: str, rows: Iterator[tuple[str, str]]) -> str:
    """Of names, and of what is said about them, in HTML."""
    cells = "".join(f'<tr><th scope="row"><code>{escape(name)}</code></th><td>{said}</td></tr>' for name, said in rows)
    return f'<table><thead><tr><th scope="col">{heading}</th><th scope="col"></th></tr></thead>{cells}</table>'


def _json(title: str, value: object) -> str:
    text = escape(json.dumps(value, indent=2, ensure_ascii=False))
    return f'<details class="json"><summary>{escape(title)}</summary><pre>{text}</pre></details>'


def _text(words: str) -> str:
    """Paragraphs, with code between backticks."""
    paragraphs = (_CODE.sub(r"<code>\1</code>", escape(each.strip())) for each in words.split("\n\n"))
    return "".join(f"<p>{each}</p>" for each in paragraphs if each)
