"""The melody as notes, and speech as stretches, on the time line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.support.http import Server
from tests.support.sounds import wav
from tests.support.visitor import Visitor, choose_file, choose_models, fact, finished, result

RATE = 44_100
TONES = {"C4": 261.63, "E4": 329.63, "G4": 392.0, "C5": 523.25, "B4": 493.88}
"""Of the scale in equal temperament at A4 = 440 Hz, as tables of ISO 16 print it."""
ORDER = ("C4", "E4", "G4", "C5", "B4", "G4", "E4", "C4")
SECONDS = 0.5
NONE = "\N{EN DASH}"


def melody() -> bytes:
    time = np.arange(round(SECONDS * RATE)) / RATE
    edges = np.minimum(1, np.minimum(time, time[::-1]) / 0.02)
    tones = [
        sum((np.sin(2 * np.pi * TONES[name] * h * time) / h for h in range(1, 9)), np.zeros(len(time))) * edges
        for name in ORDER
    ]
    return wav(0.2 * np.concatenate(tones)[np.newaxis], RATE)


@pytest.mark.release
def test_a_melody_is_drawn_as_the_notes_it_has(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "melody.wav"
    file.write_bytes(melody())
    page = visitor.open(server)
    choose_models(page, "pitch_melody", "waveform")
    choose_file(page, file)
    finished(page)
    notes = page.locator(".slider .notes rect")
    expect(notes.first).to_be_attached()
    card = result(page, "pitch_melody")
    # The lower tones at both ends are not of the melody that the algorithm finds.
    assert card.locator(".figure").inner_text() == "4 notes"
    assert fact(card, "Range") == "G4 to C5"
    # In the middle of each tone its name is read.
    box = page.locator(".slider").bounding_box()
    assert box
    read = []
    for i in range(len(ORDER)):
        page.mouse.move(box["x"] + (i + 0.5) / len(ORDER) * box["width"], box["y"] + 20)
        read.append(page.locator('.readout [data-part="Note"] dd').inner_text())
    assert read == [NONE, NONE, *ORDER[2:6], NONE, NONE]


SPEECH = """async (result) => {
    const { drawSpeech } = await import("/web/views/stretches.js");
    const { Timeline } = await import("/web/timeline/timeline.js");
    const { Player } = await import("/web/player.js");
    const timeline = new Timeline(new Player(), new AbortController().signal);
    timeline.show({ duration: 10 });
    const view = drawSpeech(result, { timeline });
    document.querySelector("#results").hidden = false;
    document.querySelector("#results-body").replaceChildren(timeline.bar, timeline.element, view.figure);
    return view.summary;
}"""


def test_speech_is_drawn_where_it_is(visitor: Visitor, server: Server) -> None:
    """The network for it is not installed where the tests run: a result in the shape of its schema."""
    page = visitor.open(server)
    segments = [{"start": 1.0, "end": 3.0, "probability": 0.9}, {"start": 5.0, "end": 9.5, "probability": 0.8}]
    assert page.evaluate(SPEECH, {"share": 0.65, "segments": segments}) == "65 % speech"
    strip = page.locator(".slider .strip")
    expect(strip.locator(".speech rect")).to_have_count(2)
    width = strip.evaluate("each => each.viewBox.baseVal.width")
    places = strip.locator(".speech rect").evaluate_all("all => all.map(each => each.x.baseVal.value)")
    assert [x / width * 10 for x in places] == pytest.approx([1, 5], abs=0.01)
    expect(page.locator("#timeline-caption")).to_have_text("Timeline of 0:10, 2 stretches of speech.")
