"""The time line drawn larger and smaller, and what it tells of a moment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.http import Server
from tests.support.visitor import MINUS, Visitor, choose_file, choose_models, finished, result
from tonearm.sample import sample_track

SECONDS = 40
MODELS = "waveform(points=6000),beats,chords,loudness_ebur128:2(curves=true)"


@pytest.fixture(scope="module")
def longer() -> bytes:
    return sample_track(SECONDS)


@pytest.fixture
def page(visitor: Visitor, server: Server, tmp_path: Path, longer: bytes) -> Page:
    file = tmp_path / "longer.wav"
    file.write_bytes(longer)
    page = visitor.open(server)
    choose_models(page, "waveform", "beats", "chords", "loudness_ebur128:2")
    choose_file(page, file)
    finished(page)
    expect(page.locator(".close-up")).to_be_visible()
    return page


@pytest.fixture(scope="module")
def told(server: Server, longer: bytes) -> dict[str, Any]:
    return server.analyze(longer, MODELS).results


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Position in the track")


def shown(page: Page) -> tuple[float, float]:
    """The part that is drawn large, in seconds, as the frame on the whole track has it."""
    frame = page.locator(".slider .frame")
    width = float(page.locator(".slider .strip").evaluate("each => each.viewBox.baseVal.width"))
    x, wide = (float(frame.get_attribute(name) or "nan") for name in ("x", "width"))
    return x / width * SECONDS, (x + wide) / width * SECONDS


def point(page: Page, place: str, share: float) -> float:
    """Go there with the mouse; returns where that is."""
    box = page.locator(place).bounding_box()
    assert box
    x = box["x"] + share * box["width"]
    page.mouse.move(x, box["y"] + 20)
    return x


def moment(page: Page) -> dict[str, str]:
    parts = page.locator(".readout > div").all()
    return {part.locator("dt").inner_text(): part.locator("dd").inner_text().replace(MINUS, "-") for part in parts}


def test_buttons_and_keys_zoom(page: Page) -> None:
    assert shown(page) == pytest.approx((0, 12), abs=0.1)
    page.get_by_role("button", name="Zoom in").click()
    assert shown(page) == pytest.approx((0, 6), abs=0.1)
    slider(page).focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    # The play head at 15 s is in sight again, a whole page or two on.
    assert shown(page) == pytest.approx((12, 18), abs=0.1)
    page.keyboard.press("+")
    # It stays where it is.
    assert shown(page) == pytest.approx((13.5, 16.5), abs=0.1)
    page.keyboard.press("-")
    assert shown(page) == pytest.approx((12, 18), abs=0.1)
    page.keyboard.press("Shift+ArrowRight")
    assert shown(page) == pytest.approx((15, 21), abs=0.1)
    page.keyboard.press("0")
    expect(page.locator(".close-up")).to_be_hidden()
    expect(page.get_by_role("button", name="Zoom out")).to_have_attribute("aria-disabled", "true")
    for _ in range(8):
        page.keyboard.press("+")
    begin, end = shown(page)
    assert end - begin == pytest.approx(2, abs=0.1)
    expect(page.get_by_role("button", name="Zoom in")).to_have_attribute("aria-disabled", "true")
    assert re.fullmatch(r"\d:\d\d\.\d", page.locator(".close-up .axis text").first.text_content() or "")


@pytest.mark.release
def test_a_wheel_zooms_where_it_is_and_scrolls_sideways(page: Page) -> None:
    point(page, ".close-up", 0.5)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -140)
    page.keyboard.up("Control")
    assert shown(page) == pytest.approx((3, 9), abs=0.1)
    width = float(page.locator(".close-up").evaluate("each => each.clientWidth"))
    page.mouse.wheel(width, 0)
    assert shown(page) == pytest.approx((9, 15), abs=0.1)
    # It was moved away from the play head, which calls it back.
    slider(page).focus()
    page.keyboard.press("ArrowRight")
    assert shown(page) == pytest.approx((3, 9), abs=0.1)


@pytest.mark.release
def test_two_fingers_zoom_and_seek_nothing(page: Page) -> None:
    box = page.locator(".close-up").bounding_box()
    assert box
    middle, y = box["x"] + box["width"] / 2, box["y"] + 20
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, *places: float) -> None:
        points = [{"x": x, "y": y, "id": i} for i, x in enumerate(places)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", middle - 100)
    fingers("touchStart", middle - 100, middle + 100)
    fingers("touchMove", middle - 200, middle + 200)
    fingers("touchEnd")
    assert shown(page) == pytest.approx((3, 9), abs=0.2)
    assert slider(page).get_attribute("aria-valuenow") == "0.0"
    # One finger seeks where it leaves.
    fingers("touchStart", middle)
    fingers("touchEnd")
    assert float(slider(page).get_attribute("aria-valuenow") or "nan") == pytest.approx(6, abs=0.1)


def test_a_moment_is_told_under_the_pointer_and_at_the_play_head(page: Page, told: dict[str, Any]) -> None:
    point(page, ".slider", 0.5)
    there = moment(page)
    assert there["Time"] == "0:20.0"
    assert there["Beat"] == str(sum(each <= 20 for each in told["beats"]["beats"]))
    (chord,) = [each["chord"] for each in told["chords"]["chords"] if each["start"] <= 20 < each["end"]]
    assert there["Chord"] == chord
    level = float(there["Peak"].removesuffix(" dBFS"))
    points = len(told["waveform"]["high"])
    around = range(int(19.94 / SECONDS * points), int(20.06 / SECONDS * points) + 1)
    loud = max(max(told["waveform"]["high"][i], -told["waveform"]["low"][i]) for i in around)
    assert 10 ** (level / 20) == pytest.approx(loud, rel=0.2)
    page.mouse.move(0, 0)
    assert moment(page)["Time"] == "0:00.0"
    slider(page).focus()
    page.keyboard.press("PageUp")
    assert moment(page)["Time"] == "0:30.0"
    spoken = slider(page).get_attribute("aria-valuetext") or ""
    assert re.match(r"0:30 of 0:40, beat \d+, chord \w+$", spoken)


def test_bars_and_beats_are_counted_as_musicians_do(visitor: Visitor, server: Server) -> None:
    """A bar begins with its downbeat; what comes before the first belongs to none."""
    page = visitor.open(server)
    found = page.evaluate("""async () => {
        const { beatAt } = await import("/web/timeline/marks.js");
        const beats = [...Array(10).keys()].map((i) => 1 + i / 2);
        return [0.9, 1, 2, 2.4, 2.5, 3.6, 5.9, 6.1].map((time) => beatAt({ beats, downbeats: [2, 3.5, 5] }, time));
    }""")
    assert [each and (each["bar"], each["beat"]) for each in found] == [
        *(None, (None, 1), (1, 1), (1, 1), (1, 2), (2, 1), (3, 2), None),
    ]


@pytest.mark.release
def test_a_click_on_the_loudness_goes_there(page: Page, told: dict[str, Any]) -> None:
    chart = result(page, "loudness_ebur128:2").locator(".chart")
    chart.scroll_into_view_if_needed()
    line = chart.locator(".grid").first.bounding_box()
    assert line
    page.mouse.click(line["x"] + line["width"] / 2, line["y"] + 30)
    assert float(slider(page).get_attribute("aria-valuenow") or "nan") == pytest.approx(20, abs=0.2)
    assert moment(page)["Time"].startswith("0:20")


@pytest.mark.release
def test_the_bar_stays_in_sight(page: Page) -> None:
    expect(page.locator(".small-track")).to_be_hidden()
    result(page, "loudness_ebur128:2").locator(".targets").scroll_into_view_if_needed()
    page.mouse.wheel(0, 2000)
    expect(page.locator(".slider")).not_to_be_in_viewport()
    expect(page.get_by_role("button", name="Play")).to_be_in_viewport()
    expect(page.locator(".small-track .play-head")).to_be_in_viewport()
    box = page.locator(".small-track").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + 10)
    assert float(slider(page).get_attribute("aria-valuenow") or "nan") == pytest.approx(10, abs=0.2)
