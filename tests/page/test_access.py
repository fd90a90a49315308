"""The page is for everybody: by keyboard, by ear, in the dark, on a phone."""

from __future__ import annotations

import os
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.http import Server
from tests.support.looks import CONTRASTS, fits
from tests.support.visitor import MINUS, Visitor, choose_file, choose_models, finished, result

SIZES = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}
SCHEMES = ["light", "dark"]
NAMED = {
    "button",
    "textbox",
    "searchbox",
    "checkbox",
    "slider",
    "link",
    "image",
    "img",
    "progressbar",
    "DisclosureTriangle",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures of the page go: SCREENSHOTS, or nowhere that lasts."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def show_much(page: Page, file: Path) -> None:
    """A page with most of what it can have."""
    choose_models(page, "key:2", "beats", "loudness_ebur128:2", "waveform", "chords", "silence", "spectral_summary")
    choose_file(page, file)
    finished(page)


@pytest.mark.parametrize(
    ("size", "scheme"),
    [
        ("wide", "light"),
        ("phone", "dark"),
        pytest.param("wide", "dark", marks=pytest.mark.release),
        pytest.param("phone", "light", marks=pytest.mark.release),
    ],
)
def test_it_fits_and_can_be_looked_at(
    visitor: Visitor, server: Server, file: Path, folder: Path, size: str, scheme: str
) -> None:
    page = visitor.open(server, viewport=SIZES[size], color_scheme=scheme)
    page.screenshot(path=folder / f"first-{size}-{scheme}.png", full_page=True)
    fits(page)
    choose_file(page, file)
    finished(page)
    page.screenshot(path=folder / f"result-{size}-{scheme}.png", full_page=True)
    fits(page)
    choose_models(page, "chords", "silence", "spectral_summary", "onset_rate", "loudness_ebur128")
    page.get_by_text("Choose from").click()
    page.get_by_role("button", name="Analyse again").click()
    finished(page)
    page.locator("details.more, .addable details").first.evaluate("each => { each.open = true }")
    fits(page)
    notes = file.with_name("notes.txt")
    notes.write_bytes(b"no audio")
    choose_file(page, notes)
    expect(page.get_by_role("alert")).to_be_visible()
    page.screenshot(path=folder / f"problem-{size}-{scheme}.png")
    fits(page)
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor").startswith("rgb(24")
    assert light == (scheme == "light")


@pytest.mark.release
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_stands_out(visitor: Visitor, server: Server, file: Path, scheme: str) -> None:
    page = visitor.open(server, color_scheme=scheme)
    show_much(page, file)
    for details in page.locator("details").all()[:20]:
        details.evaluate("each => { each.open = true }")
    page.set_input_files("#file", {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no audio"})
    expect(page.get_by_role("alert")).to_be_visible()
    problem = page.evaluate(CONTRASTS)
    choose_file(page, file)
    finished(page)
    contrasts = [*problem, *page.evaluate(CONTRASTS)]
    assert len(contrasts) > 150
    assert {words for words, _ in contrasts} >= {
        "Choose files",
        "A minor",
        "Am",
        "8A",
        "Try again",
        "This could not be analysed",
    }
    assert [(words, round(ratio, 2)) for words, ratio in contrasts if ratio < 4.5] == []


@pytest.mark.release
@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_drawn_stands_out_too(visitor: Visitor, server: Server, scheme: str) -> None:
    page = visitor.open(server, color_scheme=scheme)
    pairs = [[mark, ground] for mark in ("--accent", "--drawn", "--ink") for ground in ("--paper", "--sheet")]
    page.evaluate(
        """pairs => pairs.forEach(([mark, ground]) => {
            const probe = document.createElement("p");
            probe.style.color = `var(${mark})`;
            probe.style.background = `var(${ground})`;
            probe.textContent = `${mark} on ${ground}`;
            document.body.append(probe);
        })""",
        pairs,
    )
    ratios = {words: ratio for words, ratio in page.evaluate(CONTRASTS) if words.startswith("--")}
    assert len(ratios) == len(pairs)
    assert {words: ratio for words, ratio in ratios.items() if ratio < 3} == {}


@pytest.mark.release
def test_everything_has_a_name_for_those_who_listen(visitor: Visitor, server: Server, file: Path) -> None:
    page = visitor.open(server)
    show_much(page, file)
    page.locator(".all-models").evaluate("each => { each.open = true }")
    nodes = tree(page)
    named = [(role(node), name(node)) for node in nodes if role(node) in NAMED]
    assert {kind for kind, _ in named} >= {"button", "textbox", "searchbox", "checkbox", "slider", "link", "image"}
    assert [node for node in named if not node[1]] == []
    names = {called for _, called in named}
    assert {"Choose files", "Position in the track", "Circle of fifths with A minor marked"} <= names
    (chart,) = [called for called in names if called.startswith("Loudness over 0:20")]
    assert re.search(rf"momentary loudness from {MINUS}[\d.]+ to {MINUS}[\d.]+ LUFS; short-term loudness from", chart)
    slider = next(node for node in nodes if role(node) == "slider")
    assert re.match(
        rf"Waveform of 0:20, highest sample {MINUS}3\.1 dBFS, \d+ beats, \d+ chords",
        slider["description"]["value"],
    )


@pytest.mark.release
def test_headings_and_landmarks_are_in_order(visitor: Visitor, server: Server, file: Path) -> None:
    page = visitor.open(server)
    show_much(page, file)
    levels = [
        (int(heading.evaluate("each => each.tagName.slice(1)")), heading.inner_text().replace("\xa0", " "))
        for heading in page.locator("h1, h2, h3, h4").all()
        if heading.is_visible()
    ]
    assert [words for level, words in levels if level == 1] == ["Drop a track. See what is in it."]
    assert [words for level, words in levels if level == 2] == ["a track.wav", "Models"]
    assert levels[0][0] == 1
    for (before, _), (after, words) in pairwise(levels):
        assert after <= before + 1, words
    roles = [role(node) for node in tree(page)]
    for landmark in ("banner", "main", "contentinfo", "navigation", "log"):
        assert roles.count(landmark) == 1, landmark
    assert page.locator("html").get_attribute("lang") == "en"
    ids = page.locator("[id]").evaluate_all("all => all.map(each => each.id)")
    assert len(ids) == len(set(ids))


def tree(page: Page) -> list[dict[str, Any]]:
    """The page as the browser tells it to a screen reader."""
    session = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [node for node in nodes if not node["ignored"]]


def role(node: dict[str, Any]) -> str:
    return str(node.get("role", {}).get("value", ""))


def name(node: dict[str, Any]) -> str:
    return str(node.get("name", {}).get("value", "")).strip()


@pytest.mark.release
def test_all_of_it_by_keyboard(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server)
    for words in (
        "Skip to content",
        "API explorer",
        "Documentation",
        "Choose files",
        "Choose a folder",
        "Try the sample",
    ):
        page.keyboard.press("Tab")
        assert focused(page) == words
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    finished(page)
    # The results have the focus, so that what follows is what was found.
    assert page.evaluate("document.activeElement.id") == "results"
    walked = walk(page, "Play")
    assert walked == [
        "JSON of File format",
        "Analyse again",
        "Copy as curl",
        "Copy the JSON",
        "Copy link",
        "Save …",
        "Play",
    ]
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_focused()
    page.keyboard.press("Enter")
    walk(page, "Position in the track")
    page.keyboard.press("ArrowRight")
    assert float(page.get_by_role("slider").get_attribute("aria-valuenow") or "nan") >= 5
    walk(page, "JSON of Key")
    page.keyboard.press("Enter")
    expect(result(page, "key:2").locator("pre")).to_be_visible()
    walk(page, "Choose from")
    page.keyboard.press("Enter")
    walk(page, "Find")
    page.keyboard.type("tuning")
    walk(page, "Tuning")
    page.keyboard.press("Space")
    expect(page.get_by_role("list", name="Selected models")).to_contain_text("Tuning")
    while focused(page) != "Analyse again":
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    finished(page)
    told = server.get("/v1/models")[1]
    assert next(card for card in told if card["name"] == "tuning_frequency")["title"] == "Tuning"
    expect(result(page, "tuning_frequency")).to_contain_text("Hz")


def focused(page: Page) -> str:
    return str(
        page.evaluate(
            """() => {
            const each = document.activeElement;
            return each.getAttribute("aria-label") ?? each.labels?.[0]?.textContent ?? each.textContent.trim();
            }"""
        )
    )


def walk(page: Page, to: str) -> list[str]:
    """Tab on to what is called so; what was passed on the way."""
    passed = []
    for _ in range(80):
        page.keyboard.press("Tab")
        passed.append(focused(page))
        if passed[-1].startswith(to):
            return passed
    raise AssertionError(f"no {to} among {passed}")


@pytest.mark.release
def test_little_movement_where_that_is_wanted(visitor: Visitor, server: Server) -> None:
    for motion, moves in [("reduce", False), ("no-preference", True)]:
        page = visitor.open(server, reduced_motion=motion)
        duration = page.locator(".arm").evaluate("each => parseFloat(getComputedStyle(each).transitionDuration)")
        assert (duration > 0) == moves
