"""A page of another site that uses the server, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support.http import Server
from tests.support.web import Web
from tonearm import api_keys

KEY, ENTRY = api_keys.create("app")
# As a program of a page does: send, then read the events while they arrive.
ANALYSE = """
async ([server, path, headers]) => {
    const track = await (await fetch("/track.wav")).arrayBuffer();
    const answer = await fetch(server + path, {method: "POST", headers, body: track});
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
        const {done, value} = await reader.read();
        if (done) return {status: answer.status, text, headers: Object.fromEntries(answer.headers)};
        text += value;
    }
}
"""
PATH = "/v1/analysis/stream?models=key"


@contextmanager
def elsewhere(browser: Browser, track: bytes) -> Iterator[tuple[Page, str]]:
    """A page of another site than the server, and its origin."""
    with Web.started({"/": b"<!doctype html><title>elsewhere</title>", "/track.wav": track}) as web:
        origin = f"http://localhost:{web.port}"
        page = browser.new_page()
        page.goto(origin)
        yield page, origin
        page.close()


def analyse(page: Page, server: Server, headers: dict[str, str] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(ANALYSE, [f"http://127.0.0.1:{server.port}", PATH, headers or {}])
    return found


def fails(page: Page, expression: str, argument: object) -> bool:
    """Whether the browser keeps the page from it."""
    told: str = page.evaluate(f"x => ({expression})(x).then(() => '', error => error.name)", argument)
    assert told in {"", "TypeError"}
    return bool(told)


@pytest.mark.release
def test_an_allowed_page_uses_all_of_the_api(browser: Browser, track: bytes) -> None:
    with (
        elsewhere(browser, track) as (page, origin),
        Server.started(
            TONEARM_WORKERS="1",
            TONEARM_API_KEYS=ENTRY,
            TONEARM_CORS_ORIGINS=origin,
            TONEARM_RATE_LIMIT="2/hour",
            TONEARM_AUDIO_URL="off",
        ) as server,
    ):
        found = analyse(page, server)
        assert found["status"] == 401
        assert "requires an API key" in found["text"]
        key = {"Authorization": f"Bearer {KEY}"}
        found = analyse(page, server, {**key, "filename": "track.wav"})
        assert '"key":["A"]' in found["text"]
        assert found["text"].count("data: ") == 3
        assert found["headers"].keys() >= {"x-correlation-id", "ratelimit", "ratelimit-policy"}
        found = analyse(page, server, {**key, "audio-url": "https://example.com/track.mp3"})
        assert found["status"] == 400
        found = analyse(page, server, key)
        assert found["status"] == 429
        assert int(found["headers"]["retry-after"]) > 1
        here = f"http://127.0.0.1:{server.port}"
        assert page.evaluate("async x => (await fetch(...x)).status", [f"{here}/v1/models", {"headers": key}]) == 200
        assert fails(page, "x => fetch(x)", f"{here}/metrics")
        # A page of another origin on the same machine is another page.
        page.goto(origin.replace("localhost", "127.0.0.1"))
        assert fails(page, ANALYSE, [here, PATH, key])


def test_a_page_that_is_not_allowed_gets_nothing(browser: Browser, server: Server, track: bytes) -> None:
    with elsewhere(browser, track) as (page, _):
        here = f"http://127.0.0.1:{server.port}"
        assert fails(page, ANALYSE, [here, PATH, {}])
        assert fails(page, "x => fetch(x)", f"{here}/v1/models")


@pytest.mark.release
def test_any_page_may_be_allowed(browser: Browser, track: bytes) -> None:
    with (
        elsewhere(browser, track) as (page, _),
        Server.started(TONEARM_WORKERS="1", TONEARM_CORS_ORIGINS="*") as server,
    ):
        assert '"key":["A"]' in analyse(page, server, {"filename": "track.wav"})["text"]
