"""Many tracks on the page: a table that fills row by row, and that this browser keeps."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.support.http import Server
from tests.support.visitor import MINUS, Visitor, choose_file, drop, finished, result
from tonearm.sample import sample_track

RATE = 44100
MODELS = "**/v1/models"


def faster(track: bytes, ratio: float) -> bytes:
    """The same WAV played faster, and so higher."""
    rate = round(RATE * ratio)
    return track[:24] + struct.pack("<II", rate, 4 * rate) + track[32:]


@pytest.fixture(scope="session")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minor at 120 bpm and 2 % faster, the same a semitone higher, what is no audio, and a note beside them."""
    folder = tmp_path_factory.mktemp("crate") / "album"
    (folder / "side b").mkdir(parents=True)
    track = sample_track(12)
    (folder / "2 second.wav").write_bytes(faster(track, 1.02))
    (folder / "10 tenth.wav").write_bytes(faster(track, 2 ** (1 / 12)))
    (folder / "side b" / "1 first.wav").write_bytes(track)
    (folder / "broken.mp3").write_bytes(b"no audio at all")
    (folder / "notes.txt").write_bytes(b"not for the crate")
    return folder


def row(page: Page, title: str) -> Locator:
    return page.locator("#crate tbody tr", has=page.get_by_role("button", name=title, exact=True))


def cell(row: Locator, column: str) -> str:
    return row.locator(f'[data-column="{column}"]').text_content() or ""


def titles(page: Page) -> list[str]:
    return page.locator("#crate tbody .open").all_text_contents()


def ready(page: Page, tracks: int = 4) -> None:
    expect(page.locator("#crate tbody tr")).to_have_count(tracks)
    expect(page.locator("#crate .progress")).to_be_hidden()
    expect(page.locator('#crate [data-state="running"], #crate [data-state="waiting"]')).to_have_count(0)


def posts(page: Page) -> list[str]:
    """The analyses that the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    return asked


def test_a_folder_becomes_a_table_that_stays(visitor: Visitor, server: Server, album: Path) -> None:
    page = visitor.open(server)
    asked = posts(page)
    drop(page, album)
    ready(page)
    assert titles(page) == ["2 second", "10 tenth", "broken", "1 first"]
    assert len(asked) == 4
    expect(row(page, "broken")).to_contain_text("This is text, not audio.")
    told = results(server, (album / "side b" / "1 first.wav").read_bytes())
    first = row(page, "1 first")
    assert (told["key"]["certainty"], told["beats"]["certainty"]) == ("certain", "certain")
    assert cell(first, "Key") == f"{told['key']['key']} {told['key']['scale']}" == "A minor"
    assert cell(first, "Camelot") == told["key"]["camelot"]
    assert cell(first, "BPM") == f"{told['beats']['tempo']:.1f}"
    assert cell(first, "LUFS") == f"{told['loudness_ebur128']['integrated_lufs']:.1f}".replace("-", MINUS)
    assert cell(first, "True peak") == f"{told['loudness_ebur128']['true_peak_dbtp']:.1f}".replace("-", MINUS)
    assert cell(first, "Length") == "0:12"
    shown = page.locator("#crate tbody").text_content()
    page.reload()
    ready(page)
    assert page.locator("#crate tbody").text_content() == shown
    # What is known is not asked for again, unless somebody wants to.
    asked.clear()
    choose_folder(page, album)
    expect(page.locator(".said", has_text="3 tracks were here already.")).to_be_visible()
    ready(page)
    assert len(asked) == 1
    page.locator("#crate").get_by_role("button", name="Analyse again", exact=True).click()
    ready(page)
    assert len(asked) == 4


def results(server: Server, audio: bytes) -> dict[str, Any]:
    return server.analyze(audio, "key:2,beats,loudness_ebur128:2").results


def choose_folder(page: Page, folder: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(folder)


@pytest.mark.release
def test_a_row_opens_what_was_found(visitor: Visitor, server: Server, album: Path) -> None:
    page = visitor.open(server)
    drop(page, album)
    ready(page)
    row(page, "1 first").locator("[data-column=BPM]").click()
    expect(page.locator("#results-title")).to_have_text("album/side b/1 first.wav")
    expect(result(page, "key:2").locator(".headline")).to_have_text("A minor")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.get_by_role("button", name="Back to the crate").click()
    expect(page.get_by_role("button", name="1 first", exact=True)).to_be_focused()
    # A track may be opened before the list of models is there.
    held: list[Route] = []
    page.route(MODELS, lambda route: held.append(route))
    page.reload()
    ready(page)
    page.get_by_role("button", name="2 second", exact=True).press("Enter")
    held.pop().continue_()
    page.unroute(MODELS)
    expect(result(page, "key:2").locator(".headline")).to_have_text("A minor")
    expect(page.locator(".strip .wave .peaks").first).to_be_attached()
    # Its sound is not kept.
    expect(page.get_by_role("button", name="Play")).to_have_count(0)
    expect(page.get_by_role("button", name="Analyse again", exact=True)).to_have_count(0)
    # The results of a track by itself are not in the way of it.
    choose_file(page, album / "2 second.wav")
    finished(page)
    expect(page.get_by_role("button", name="Back to the crate")).to_have_count(0)


def test_it_is_sorted_and_searched(visitor: Visitor, server: Server, album: Path) -> None:
    page = visitor.open(server)
    drop(page, album)
    ready(page)

    def heading(name: str) -> Locator:
        return page.get_by_role("columnheader", name=re.compile(f"^{name}"))

    heading("BPM").get_by_role("button").click()
    expect(heading("BPM")).to_have_attribute("aria-sort", "ascending")
    assert titles(page) == ["1 first", "2 second", "10 tenth", "broken"]
    page.keyboard.press("Enter")
    expect(heading("BPM")).to_have_attribute("aria-sort", "descending")
    assert titles(page) == ["10 tenth", "2 second", "1 first", "broken"]
    heading("Camelot").get_by_role("button").click()
    assert heading("BPM").get_attribute("aria-sort") is None
    assert titles(page)[0] == "10 tenth"
    heading("Track").get_by_role("button").click()
    assert titles(page) == ["1 first", "2 second", "10 tenth", "broken"]
    find = page.locator("#crate").get_by_label("Find")
    for words, found in [("8a", ["1 first", "2 second"]), ("minor seco", ["2 second"]), ("x y", [])]:
        find.fill(words)
        assert titles(page) == found
    expect(page.get_by_text("No matching track.")).to_be_visible()


def test_it_is_saved_in_the_order_of_keys(visitor: Visitor, server: Server, album: Path) -> None:
    page = visitor.open(server)
    drop(page, album)
    ready(page)
    saved = {}
    for kind in ("CSV", "M3U"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save as {kind}").click()
        saved[download.value.suggested_filename] = Path(download.value.path()).read_text(encoding="utf-8")
    paths = ["album/10 tenth.wav", "album/side b/1 first.wav", "album/2 second.wav"]
    rows = saved["crate.csv"].splitlines()[1:]
    assert [row.partition(",")[0] for row in rows] == [*paths, "album/broken.mp3"]
    assert [line for line in saved["crate.m3u8"].splitlines() if not line.startswith("#")] == paths


@pytest.mark.release
def test_what_mixes_is_marked(visitor: Visitor, server: Server, album: Path) -> None:
    page = visitor.open(server)
    drop(page, album)
    ready(page)
    page.get_by_role("button", name="What mixes with 1 first").click()
    expect(page.locator(".said", has_text="1 track mixes with 1 first")).to_be_visible()
    expect(row(page, "2 second").locator(".mix")).to_have_text(f"8A to 8A, {MINUS}2.0 %")
    expect(row(page, "10 tenth").locator(".mix")).to_be_hidden()
    expect(page.get_by_role("button", name="What mixes with broken")).to_have_count(0)
    page.get_by_label("Only these").check()
    assert titles(page) == ["2 second", "1 first"]
    page.get_by_role("button", name="What mixes with 1 first").click()
    assert len(titles(page)) == 4


@pytest.mark.release
def test_it_is_walked_through_and_emptied_by_keyboard(visitor: Visitor, server: Server, album: Path) -> None:
    page = visitor.open(server)
    drop(page, album)
    ready(page)
    page.get_by_role("button", name="2 second", exact=True).focus()
    for key, title in [("ArrowDown", "10 tenth"), ("End", "1 first"), ("ArrowUp", "broken"), ("Delete", "1 first")]:
        page.keyboard.press(key)
        expect(page.get_by_role("button", name=title, exact=True)).to_be_focused()
    # One row of all is on the way of the Tab key.
    assert page.locator('#crate tbody .open[tabindex="0"]').all_text_contents() == ["1 first"]
    page.get_by_role("button", name="Empty the crate").press("Enter")
    page.get_by_role("button", name="Keep it").press("Enter")
    assert len(titles(page)) == 3
    page.get_by_role("button", name="Empty the crate").press("Enter")
    page.get_by_role("button", name="Empty it").press("Enter")
    expect(page.locator("#crate")).to_be_hidden()
    page.reload()
    expect(page.locator(".chips")).to_be_visible()
    expect(page.locator("#crate")).to_be_hidden()
