"""Many tracks on their way: a few at a time, as the server takes them, until somebody ends it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.page.test_crate import posts, ready, row, titles
from tests.support.http import Server
from tests.support.visitor import Visitor, drop
from tonearm import api_keys
from tonearm.sample import sample_track

ANALYSIS = "**/v1/analysis/stream*"


@pytest.fixture
def four(tmp_path: Path) -> list[Path]:
    return tracks(tmp_path, 4)


def tracks(folder: Path, many: int) -> list[Path]:
    """Short ones that differ by their names alone."""
    audio = sample_track(2)
    files = [folder / f"{number} track.wav" for number in range(1, many + 1)]
    for file in files:
        file.write_bytes(audio)
    return files


def hold(page: Page) -> list[Route]:
    """Keep every analysis from the server."""
    held: list[Route] = []
    page.route(ANALYSIS, lambda route: held.append(route))
    return held


def cancel(page: Page) -> None:
    page.locator("#crate").get_by_role("button", name="Cancel").click()


def test_two_at_a_time_until_it_is_cancelled(visitor: Visitor, server: Server, four: list[Path]) -> None:
    page = visitor.open(server)
    held = hold(page)
    drop(page, *four)
    expect(page.locator('#crate [data-state="running"]')).to_have_count(2)
    expect(page.locator('#crate [data-state="waiting"]')).to_have_count(2)
    expect(page.locator("#crate .counted")).to_have_text("0 of 4 tracks")
    held[0].continue_()
    expect(page.locator('#crate [data-state="done"]')).to_have_count(1)
    expect(page.locator('#crate [data-state="running"]')).to_have_count(2)
    assert len(held) == 3
    cancel(page)
    expect(page.locator('#crate [data-state="waiting"]')).to_have_count(3)
    expect(page.locator(".said", has_text="3 tracks not analysed.")).to_be_visible()
    page.unroute(ANALYSIS)
    page.get_by_role("button", name="Analyse the rest").click()
    ready(page)
    assert len(page.locator('#crate [data-state="done"]').all()) == 4


@pytest.mark.release
def test_a_busy_server_is_left_alone_as_long_as_it_says(visitor: Visitor, four: list[Path]) -> None:
    with Server.started(TONEARM_RATE_LIMIT="1/3 seconds") as server:
        page = visitor.open(server)
        statuses: list[int] = []
        page.on("response", lambda answer: statuses.append(answer.status) if "/v1/analysis" in answer.url else None)
        drop(page, *four[:3])
        expect(page.locator("#crate .counted")).to_contain_text("The server is busy and takes more in 0:0")
        ready(page, 3)
        assert len(page.locator('#crate [data-state="done"]').all()) == 3
        assert set(statuses) == {200, 429}
        assert statuses.count(200) == 3


@pytest.mark.release
def test_a_server_that_is_gone_ends_it_for_all(visitor: Visitor, server: Server, four: list[Path]) -> None:
    page = visitor.open(server)
    page.route(ANALYSIS, lambda route: route.abort())
    asked = posts(page)
    drop(page, *four)
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached")
    expect(page.locator('#crate [data-state="waiting"]')).to_have_count(4)
    assert len(asked) <= 3
    page.unroute(ANALYSIS)
    page.get_by_role("button", name="Try again").click()
    ready(page)
    assert len(page.locator('#crate [data-state="done"]').all()) == 4


@pytest.mark.release
def test_a_file_that_went_away_is_a_row_that_says_so(visitor: Visitor, server: Server, four: list[Path]) -> None:
    page = visitor.open(server)
    hold(page)
    drop(page, *four)
    expect(page.locator('#crate [data-state="running"]')).to_have_count(2)
    four[3].unlink()
    page.unroute(ANALYSIS)
    ready(page)
    expect(row(page, "4 track")).to_contain_text("The file cannot be read any more.")
    assert len(page.locator('#crate [data-state="done"]').all()) == 3


@pytest.mark.release
def test_a_key_is_asked_for(visitor: Visitor, four: list[Path]) -> None:
    key, entry = api_keys.create("tester")
    with Server.started(TONEARM_API_KEYS=entry) as server:
        page = visitor.open(server)
        page.get_by_label("API key").fill(key)
        page.get_by_role("button", name="Use this key").click()
        expect(page.locator(".chips")).to_be_visible()
        drop(page, *four)
        ready(page)
        assert len(page.locator('#crate [data-state="done"]').all()) == 4
        # Kept is what was found, and never the key.
        kept = page.evaluate("""async () => {
            const base = await new Promise((resolve) => {
                indexedDB.open("tonearm").onsuccess = ({ target }) => resolve(target.result);
            });
            const all = (name) => new Promise((resolve) => {
                base.transaction(name).objectStore(name).getAll().onsuccess = ({ target }) => resolve(target.result);
            });
            return JSON.stringify([await all("crate"), await all("events")]);
        }""")
        assert "4 track" in kept
        assert key not in kept


@pytest.mark.release
def test_a_browser_that_keeps_nothing_has_a_crate_all_the_same(
    visitor: Visitor, server: Server, four: list[Path]
) -> None:
    page = visitor.blank(server)
    page.add_init_script("""IDBFactory.prototype.open = () => { throw new DOMException("no", "SecurityError"); }""")
    page.goto(f"http://127.0.0.1:{server.port}/")
    expect(page.locator(".chips")).to_be_visible()
    drop(page, *four)
    ready(page)
    expect(page.get_by_text("This browser keeps nothing")).to_be_visible()
    page.get_by_role("button", name="2 track", exact=True).click()
    expect(page.locator("#results-title")).to_have_text("2 track.wav")
    expect(page.locator(".strip .wave .peaks").first).to_be_attached()


@pytest.mark.release
def test_five_hundred_tracks(visitor: Visitor, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    with Server.started(TONEARM_WORKERS="2") as server:
        page = visitor.open(server)
        page.evaluate("""() => {
            window.long = [];
            new PerformanceObserver((list) => window.long.push(...list.getEntries().map(({ duration }) => duration)))
                .observe({ type: "longtask" });
        }""")
        tracks(tmp_path, 500)
        drop(page, tmp_path)
        ready(page, 500)
        assert len(page.locator('#crate [data-state="done"]').all()) == 500
        assert titles(page)[-1] == "500 track"
        # It is said aloud how far it is, and not five hundred times.
        spoken = page.locator("#news p").all_inner_texts()
        assert [words for words in spoken if words.endswith("of the crate")] == [
            f"{number} of 500 tracks of the crate" for number in (125, 250, 375)
        ]
        record_property("longest task of the page with 500 tracks in ms", max(page.evaluate("long"), default=0))
        page.reload()
        expect(page.locator("#crate tbody tr")).to_have_count(500)
