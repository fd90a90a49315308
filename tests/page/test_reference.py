"""The API reference at /docs: all of the OpenAPI document, and nothing from other servers."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from tests.support.http import Server
from tonearm.web.reference import reference


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in {"href", "src"} and value]

    def handle_data(self, data: str) -> None:
        self.words += f" {data}"


def get(server: Server, path: str) -> tuple[int, str, str]:
    with server.open() as exchange:
        exchange.request("GET", path)
        answer = exchange.answer()
        return answer.status, answer.header("Content-Security-Policy"), answer.body().decode()


def test_it_has_what_the_document_has(server: Server) -> None:
    status, policy, body = get(server, "/docs")
    assert status == 200
    assert policy.startswith("default-src 'none'; script-src 'self'")
    page = Page(body)
    _, document = server.get("/openapi.json")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}" in page.words
            assert operation["summary"] in page.words
            assert {f"{each['name']} ({each['in']})" in page.words for each in operation.get("parameters", ())} <= {
                True
            }
            assert set(operation["responses"]) <= set(page.words.split())
    assert "`" not in page.words.partition("{")[0]


def test_it_loads_and_links_to_this_server_alone(server: Server) -> None:
    page = Page(get(server, "/docs")[2])
    assert "script" not in page.tags
    assert {get(server, urljoin("/docs", address))[0] for address in page.addresses} == {200}
    # Those of FastAPI, which load scripts of others.
    assert [get(server, path)[0] for path in ("/redoc", "/docs/oauth2-redirect")] == [404, 404]


def test_words_are_no_markup() -> None:
    sly = "<script>alert(1)</script>"
    response = {"description": sly, "headers": {sly: {"description": sly}}, "content": {sly: {"x": sly}}}
    body = {"content": {sly: {"schema": {"x": sly}}}, "description": sly}
    parameter = {"name": sly, "in": sly, "description": sly}
    operation = {"summary": sly, "parameters": [parameter], "requestBody": body, "responses": {sly: response}}
    document: dict[str, Any] = {
        "info": {"title": sly, "version": sly, "description": sly},
        "paths": {f"/{sly}": {"get": operation}},
        "components": {"schemas": {sly: {"x": sly}}},
    }
    assert "script" not in Page(reference(document)).tags
