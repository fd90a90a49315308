"""The form of a track as a strip of sections, on the time line and in the labels."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.http import Server
from tests.support.visitor import Visitor

SECTIONS = [
    {"start": 0.0, "end": 16.0, "label": "A", "energy": 3, "role": "intro", "confidence": 1.0},
    {"start": 16.0, "end": 48.0, "label": "B", "energy": 9, "role": "drop", "confidence": 0.7},
    {"start": 48.0, "end": 64.0, "label": "A'", "energy": 4, "role": None, "confidence": 0.6},
]
FORM = {
    "sections": SECTIONS,
    "certainty": "certain",
    "confidence": 0.65,
    "reason": None,
    "grid": "bars",
    "first_beat": 0.1,
    "first_downbeat": 0.6,
    "last_phrase": 48.0,
    "method": "networks",
}
DRAW = """async (result) => {
    const { drawSections } = await import("/web/views/sections.js");
    const { drawEnergy } = await import("/web/views/energy.js");
    const { labelsOf } = await import("/web/export/labels.js");
    const { Timeline } = await import("/web/timeline/timeline.js");
    const { Player } = await import("/web/player.js");
    const timeline = new Timeline(new Player(), new AbortController().signal);
    timeline.show({ duration: 64 });
    window.sought = [];
    timeline.seek = (time) => window.sought.push(time);
    const views = [drawSections(result, { timeline }), drawEnergy({ energy: 0.5, curve: [0, 0.5, 1] }, { timeline })];
    document.querySelector("#results").hidden = false;
    const figures = views.map((view) => view.figure);
    document.querySelector("#results-body").replaceChildren(timeline.bar, timeline.element, ...figures);
    return [...views.map((view) => view.summary), JSON.stringify(labelsOf(timeline.track).map(([kind]) => kind))];
}"""


@pytest.mark.release
def test_each_section_is_as_long_and_as_high_as_it_should_be_and_seeks(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server)
    told = page.evaluate(DRAW, FORM)
    assert told == ["3 sections, A B A'", "0.50 of 1", '["sections"]']
    buttons = page.locator(".form-strip button")
    expect(buttons).to_have_count(3)
    boxes = [buttons.nth(i).bounding_box() for i in range(3)]
    widths = [box["width"] for box in boxes if box]
    assert abs(widths[1] / widths[0] - 2) < 0.1
    heights = page.locator(".form-strip .bar").evaluate_all("all => all.map(each => each.offsetHeight)")
    assert abs(heights[1] / heights[0] - 3) < 0.2
    assert buttons.nth(1).get_attribute("aria-label") == "B, 0:16 to 0:48, drop, energy 9 of 10"
    buttons.nth(1).click()
    page.get_by_role("button", name="0:48.0").click()
    assert page.evaluate("window.sought") == [16, 48]
    # The same letter has the same colour, its variants too.
    colours = page.locator(".form-strip .bar").evaluate_all(
        "all => all.map(each => getComputedStyle(each).backgroundColor)"
    )
    assert colours[0] == colours[2] != colours[1]
    expect(page.locator(".slider .sections rect")).to_have_count(3)
    expect(page.locator("#timeline-caption")).to_contain_text("3 sections")
    box = page.locator(".energy-curve").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert abs(page.evaluate("window.sought.at(-1)") - 1.5) < 0.1


def test_what_has_no_sections_says_why(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server)
    none = {"certainty": "none", "sections": [], "reason": "It is silent.", "confidence": 0}
    assert page.evaluate(DRAW, FORM | none)[0] == "none found: It is silent."
    expect(page.locator("#results-body .reason")).to_have_text("It is silent.")
