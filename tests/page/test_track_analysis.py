"""`<track-analysis>`, one track's results on a page of another site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.documents.blocks import one
from tests.support.http import Server
from tests.support.visitor import PATIENCE_MS
from tests.support.web import Web
from tonearm import Client
from tonearm.sample import sample_track

TRACK = sample_track(10)


@contextmanager
def embedded(browser: Browser, allowed: bool, tracks: str) -> Iterator[tuple[Page, Server]]:
    """A page of another site with what the documents say, and `tracks` in the place of theirs."""
    pages: dict[str, bytes] = {"/track.wav": TRACK, "/words.wav": b"these are no samples at all" * 99}
    with Web.started(pages) as web:
        origin = f"http://localhost:{web.port}"
        with Server.started(TONEARM_WORKERS="1", TONEARM_CORS_ORIGINS=origin if allowed else "") as server:
            script, _, _ = one("client.md", "html").partition("\n")
            script = script.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
            pages["/"] = f"<!doctype html><title>elsewhere</title>{script}{tracks}".encode()
            page = browser.new_page()
            page.goto(origin)
            yield page, server
            page.close()


@pytest.mark.release
def test_a_page_of_an_allowed_site_shows_what_the_server_finds(browser: Browser) -> None:
    tracks = '<track-analysis src="track.wav" name="Sample"></track-analysis><track-analysis src="words.wav">'
    with embedded(browser, allowed=True, tracks=tracks) as (page, server):
        shown, refused = page.locator("track-analysis").all()
        expect(shown.locator("figcaption")).to_have_text("Sample")
        expect(shown.locator("dl")).to_be_visible(timeout=PATIENCE_MS)
        results = Client(f"http://127.0.0.1:{server.port}").analyze(TRACK, "key:2,beats,loudness_ebur128:2").results
        key, beats = results["key"], results["beats"]
        loudness = results["loudness_ebur128"]["integrated_lufs"]
        told = dict(zip(shown.locator("dt").all_inner_texts(), shown.locator("dd").all_inner_texts(), strict=True))
        assert told["Key"] == f"{key['key']} {key['scale']} · {key['camelot']}"
        assert told["Tempo"].startswith(f"{beats['tempo']:.1f} bpm")
        assert told["Loudness"] == f"{loudness:.1f} LUFS".replace("-", "\N{MINUS SIGN}")
        assert told["Length"] == "0:10"
        shown.get_by_role("button", name="Play").click()
        expect(shown.get_by_role("button", name="Pause")).to_be_visible()
        shown.get_by_role("slider", name="Place").fill("5")
        expect(shown.get_by_role("slider", name="Place")).to_have_attribute("aria-valuetext", "0:05 of 0:10")
        expect(refused.get_by_role("status")).to_contain_text("not audio", timeout=PATIENCE_MS)


@pytest.mark.release
def test_a_page_of_another_site_is_told_why_not(browser: Browser) -> None:
    with embedded(browser, allowed=False, tracks='<track-analysis src="track.wav">') as (page, _):
        words = page.locator("track-analysis").get_by_role("status")
        expect(words).to_contain_text("TONEARM_CORS_ORIGINS", timeout=PATIENCE_MS)
