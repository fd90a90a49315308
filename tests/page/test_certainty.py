"""What the page says of results that are certain, uncertain and none at all: its drawings by themselves."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.certainty import REASONS, STATES, beats_result, key_result
from tests.support.http import Server
from tests.support.visitor import MINUS, Visitor, fact

DRAW = """async ([module, name, result]) => {
  const views = await import(`/web/views/${module}`);
  const { Timeline } = await import("/web/timeline/timeline.js");
  const { Player } = await import("/web/player.js");
  const signal = new AbortController().signal;
  const player = new Player();
  const timeline = new Timeline(player, signal);
  timeline.show({ duration: 20 });
  const view = views[name](result, { player, timeline, signal, heading: document.createElement("div") });
  document.querySelector("#results").hidden = false;
  document.querySelector("#results-body").replaceChildren(timeline.element, view.figure);
  view.figure.id = "drawn";
  return view.summary;
}"""


@pytest.fixture
def page(calm_page: Page) -> Page:
    return calm_page


def key_drawn(page: Page, result: dict[str, Any]) -> tuple[Locator, str]:
    """The figure, and the words that sum it up."""
    summary = page.evaluate(DRAW, ["key.js", "drawKey", result])
    return page.locator("#drawn"), summary


def beats_drawn(page: Page, result: dict[str, Any]) -> tuple[Locator, str]:
    summary = page.evaluate(DRAW, ["beats.js", "drawBeats", result])
    return page.locator("#drawn"), summary


def bars(figure: Locator) -> list[str]:
    return [" ".join(text.split()) for text in figure.locator(".bars li").all_inner_texts()]


def test_a_certain_key_says_how_sure_it_is_and_what_mixes_with_it(page: Page) -> None:
    figure, summary = key_drawn(page, key_result("certain"))
    assert summary == "A minor, 8A"
    assert figure.locator(".headline").inner_text() == "A minor"
    assert fact(figure, "Camelot") == "8A"
    assert fact(figure, "Open Key") == "1m"
    assert fact(figure, "Probability") == "89 %, likely"
    assert fact(figure, "Tuning") == f"{MINUS}7 cents from A4 = 440 Hz"
    assert fact(figure, "Mixes with") == "7A, 9A, 8B"
    assert sorted(figure.locator(".wedge.near .code").all_text_contents()) == ["7A", "8B", "9A"]
    others = figure.locator(".alternatives .bars")
    expect(others).to_be_hidden()
    figure.get_by_text("Other keys").click()
    expect(others).to_be_visible()
    assert bars(figure) == ["C major (8B, 1d) 6.0 %", "F♯ minor (11A, 4m) 2.0 %"]
    expect(figure.locator(".method")).to_have_text("Found by networks.")
    assert figure.locator(".over-time").count() == 0


def test_an_uncertain_key_gives_no_advice(page: Page) -> None:
    figure, summary = key_drawn(page, key_result("uncertain"))
    assert summary == f"A minor, uncertain: {REASONS['uncertain']}"
    assert figure.locator(".headline").inner_text().split() == ["A", "minor", "uncertain"]
    expect(figure.get_by_text(str(REASONS["uncertain"]))).to_be_visible()
    assert fact(figure, "Probability") == "37 %, about as likely as not"
    # What else it may be is seen at once.
    assert bars(figure) == ["C major 6.0 %", "F♯ minor 2.0 %"]
    words = figure.inner_text()
    assert not any(advice in words for advice in ("Camelot", "Open Key", "Mixes", "8A", "1m", "8B", "11A"))
    assert figure.locator(".circle").count() == 0


def test_a_tempo_says_how_sure_it_is(page: Page) -> None:
    figure, summary = beats_drawn(page, beats_result("certain"))
    assert summary == "120.0 bpm, 40 beats"
    assert figure.locator(".figure").inner_text() == "120.0 bpm"
    assert fact(figure, "Probability") == "93 %, very likely"
    assert fact(figure, "Metre") == "4 beats in a bar"
    assert fact(figure, "Beats") == "40, from 0:00 to 0:19"
    assert fact(figure, "Bars") == "10, from 0:00 to 0:18"
    assert fact(figure, "Over time") == "constant"
    figure.get_by_text("Other tempi").click()
    assert bars(figure) == ["60.0 bpm, half 5.0 %", "80.0 bpm, two thirds 1.0 %"]
    expect(page.locator(".caption")).to_have_text("Timeline of 0:20, 40 beats in 10 bars.")
    lines = {name: str(page.locator(f".slider .{name}:not(.through)").get_attribute("d")) for name in CLASSES}
    assert {name: path.count("M") for name, path in lines.items()} == {"beats": 40, "downbeats": 10}
    expect(page.locator(".slider .bar-numbers text")).to_have_text([str(bar) for bar in range(1, 11)])
    assert page.locator(".doubtful").count() == 0


CLASSES = ("beats", "downbeats")


def test_an_uncertain_tempo_is_marked_on_the_timeline_too(page: Page) -> None:
    figure, summary = beats_drawn(page, beats_result("uncertain"))
    assert summary == f"120.0 bpm, 40 beats, uncertain: {REASONS['uncertain']}"
    assert figure.locator(".figure").inner_text().split() == ["120.0", "bpm", "uncertain"]
    expect(figure.get_by_text(str(REASONS["uncertain"]))).to_be_visible()
    assert fact(figure, "Probability") == "41 %, about as likely as not"
    assert figure.locator("dt").all_inner_texts() == ["Probability", "Beats"]
    assert bars(figure) == ["60.0 bpm, half 5.0 %", "80.0 bpm, two thirds 1.0 %"]
    expect(page.locator(".caption")).to_have_text("Timeline of 0:20, 40 beats, uncertain.")
    assert page.locator(".slider .doubtful .beats").count() > 0


def test_none_is_none_with_the_reason(page: Page) -> None:
    for draw, result, words in (
        (key_drawn, key_result("none"), "No key was found."),
        (beats_drawn, beats_result("none"), "No tempo was found."),
    ):
        figure, summary = draw(page, result)
        assert summary == f"none found: {REASONS['none']}"
        assert figure.locator("p").all_inner_texts()[:2] == [words, REASONS["none"]]
        assert figure.locator("dl, svg, details").count() == 0
        # Signal processing did it, and this is how networks would.
        expect(figure.locator(".method")).to_contain_text("tonearm models pull")


def test_a_key_and_a_tempo_that_change_are_drawn_over_time(page: Page) -> None:
    later = {"start": 12.0, "end": 20.0, "key": "Bb", "scale": "major", "probability": 0.7}
    sections = [{"start": 0.0, "end": 12.0, "key": "A", "scale": "minor", "probability": 0.9}, later]
    figure, _ = key_drawn(page, key_result("certain", sections=sections))
    assert fact(figure, "0:00 to 0:12") == "A minor, 90 %"
    assert fact(figure, "0:12 to 0:20") == "B♭ major, 70 %"
    expect(page.locator(".slider .keys text")).to_have_text(["Am", "B♭"])
    expect(page.locator(".caption")).to_have_text("Timeline of 0:20, 2 keys.")
    curve = [{"time": 0.0, "tempo": 118.0}, {"time": 10.0, "tempo": 121.5}]
    figure, _ = beats_drawn(page, beats_result("certain", tempo_curve=curve))
    assert fact(figure, "Over time") == "118.0 to 121.5 bpm"
    assert figure.locator(".spark").count() == 1


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (1.0, "100 %, virtually certain"),
        (0.9, "90 %, very likely"),
        (0.66, "66 %, likely"),
        (0.5, "50 %, about as likely as not"),
        (0.2, "20 %, unlikely"),
        (0.0, "0 %, very unlikely"),
    ],
)
def test_a_probability_is_told_in_words(page: Page, probability: float, words: str) -> None:
    figure, _ = beats_drawn(page, beats_result("uncertain", confidence=probability))
    assert fact(figure, "Probability") == words


def test_beats_that_are_too_close_are_thinned_by_the_bar(page: Page) -> None:
    times = [0.05 * index for index in range(400)]
    beats_drawn(page, beats_result("certain", beats=times, downbeats=times[::4], beat_numbers=[], bar_numbers=[]))
    expect(page.locator(".caption")).to_contain_text("400 beats in 100 bars, every bar marked")
    assert page.locator(".slider .beats").count() == 0
    assert str(page.locator(".slider .downbeats").get_attribute("d")).count("M") == 100


def test_without_bars_beats_that_are_too_close_are_thinned(page: Page) -> None:
    times = [0.04 * index for index in range(500)]
    beats_drawn(page, beats_result("uncertain", beats=times))
    expect(page.locator(".caption")).to_contain_text("500 beats")
    words = page.locator(".caption").inner_text()
    every = re.fullmatch(r"Timeline of 0:20, 500 beats, uncertain, every (\d+)(th|nd) beat marked\.", words)
    assert every
    drawn = str(page.locator(".slider .beats:not(.through)").get_attribute("d"))
    assert drawn.count("M") == len(times[:: int(every[1])])


@pytest.mark.release
@pytest.mark.parametrize("state", STATES)
def test_it_is_all_there_on_a_phone(visitor: Visitor, server: Server, state: str) -> None:
    page = visitor.open(server, viewport={"width": 360, "height": 740})
    for draw, result in ((key_drawn, key_result(state)), (beats_drawn, beats_result(state))):
        draw(page, result)
        assert page.evaluate("document.documentElement.scrollWidth") == 360
