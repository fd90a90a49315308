"""The track plays on this device, and the drawings follow it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.http import Server
from tests.support.media import BY_NAME, encoded
from tests.support.visitor import Visitor, choose_file, choose_models, finished, result
from tonearm.sample import sample_track


@pytest.fixture
def page(visitor: Visitor, server: Server, tmp_path: Path, track: bytes) -> Page:
    """A page that shows the synthesised track of 20 s."""
    file = tmp_path / "track.wav"
    file.write_bytes(track)
    page = visitor.open(server)
    choose_file(page, file)
    finished(page)
    return page


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Position in the track")


def now(page: Page) -> float:
    return float(slider(page).get_attribute("aria-valuenow") or "nan")


def head(page: Page, strip: str) -> float:
    """Where the play head stands, as a share of the width."""
    x = re.search(r"translate\(([\d.]+)", page.locator(f"{strip} .play-head").get_attribute("transform") or "")
    assert x
    return float(x[1]) / float(page.locator(f"{strip} .strip").evaluate("each => each.viewBox.baseVal.width"))


@pytest.mark.release
@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_play_head_follows_the_sound(page: Page, motion: str) -> None:
    page.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(slider(page)).to_have_attribute("aria-valuenow", re.compile(r"^([1-9]|0\.[5-9])"))
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    stopped = now(page)
    assert head(page, ".slider") == pytest.approx(stopped / 20, abs=0.01)
    # The value is rounded to a tenth, the clock shows whole seconds.
    assert (slider(page).get_attribute("aria-valuetext") or "").split(",")[0] in {
        f"0:{int(second):02} of 0:20" for second in (stopped - 0.05, stopped + 0.05)
    }
    # What has been played is coloured, and the same line goes over the loudness.
    box = page.locator(".slider clipPath rect")
    width = float(page.locator(".slider .strip").evaluate("each => each.viewBox.baseVal.width"))
    assert float(box.get_attribute("width") or "nan") / width == pytest.approx(stopped / 20, abs=0.01)
    chart = page.locator(".chart-head")
    assert "away" not in (chart.get_attribute("class") or "")
    assert chart.get_attribute("transform")


def test_keys_move_the_play_head(page: Page) -> None:
    slider(page).focus()
    for key, expected in [
        ("ArrowRight", 5),
        ("ArrowRight", 10),
        ("ArrowLeft", 5),
        ("End", 20),
        ("ArrowRight", 20),
        ("PageDown", 0),
        ("ArrowUp", 5),
        ("Home", 0),
        ("ArrowLeft", 0),
    ]:
        page.keyboard.press(key)
        assert now(page) == pytest.approx(expected, abs=0.1)
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_click_or_a_drag_goes_there(page: Page) -> None:
    box = slider(page).bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + 20)
    assert now(page) == pytest.approx(5, abs=0.1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.up()
    assert now(page) == pytest.approx(10, abs=0.1)
    page.mouse.move(box["x"] + 10, box["y"] + 20)
    assert now(page) == pytest.approx(10, abs=0.1)


@pytest.mark.release
def test_a_longer_track_has_a_close_up_that_turns_its_pages(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "longer.wav"
    file.write_bytes(sample_track(40))
    page = visitor.open(server)
    choose_models(page, "waveform", "beats")
    choose_file(page, file)
    finished(page)
    labels = page.locator(".close-up .axis text")
    assert (labels.first.text_content(), labels.last.text_content()) == ("0:00", "0:12")
    assert page.locator(".close-up .beats.through").count() == 1
    slider(page).focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert (labels.first.text_content(), labels.last.text_content()) == ("0:12", "0:24")
    assert head(page, ".close-up") == pytest.approx((15 - 12) / 12, abs=0.01)
    # A click in the close-up goes to what is seen there.
    box = page.locator(".close-up").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    assert now(page) == pytest.approx(18, abs=0.1)


def test_the_next_track_is_silent_until_it_is_played(page: Page) -> None:
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("button", name="Analyse again").click()
    finished(page)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert now(page) == 0


@pytest.mark.release
def test_what_the_browser_cannot_play_is_drawn_all_the_same(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "track.wma"
    file.write_bytes(encoded(BY_NAME["wma"]))
    page = visitor.open(server)
    choose_file(page, file)
    finished(page)
    expect(page.get_by_text("This browser cannot play this format.")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_have_count(0)
    # What is where can be read all the same.
    slider(page).focus()
    page.keyboard.press("End")
    assert now(page) == pytest.approx(3, abs=0.1)
    assert head(page, ".slider") == pytest.approx(1, abs=0.01)
    expect(result(page, "beats").locator("h3")).to_be_visible()
