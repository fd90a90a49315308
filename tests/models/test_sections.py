"""Sections of a form that is played here, without networks; and of sounds that have none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.decoded import result
from tests.support.progressions import RATE, played
from tests.support.sounds import SOUNDS, clicks, noise, wav
from tonearm.protocol.messages import STREAM_EVENT
from tonearm.results.analysis import Analysis
from tonearm.results.labels import Label, labels
from tonearm.sample import sample_track

BPM = 120.0
BAR = 4 * 60 / BPM
PARTS = {"A": (["C", "Am", "F", "G"], 0.3), "B": (["Ebm", "Abm", "B", "F#"], 1.0)}
"""The chords of each bar, over and over, and how loud the bars are."""
BARS = 8
BORDERS = [BARS * BAR, 2 * BARS * BAR]


def form(letters: str = "ABA") -> bytes:
    """Each for eight bars, over clicks on the beats, of which B has twice as many."""
    sounds = []
    for letter in letters:
        chords, level = PARTS[letter]
        sound = level * played(chords * (BARS // len(chords)), BAR)
        beats = clicks(BPM if letter == "A" else 2 * BPM, len(sound) / RATE)[: len(sound)]
        sounds.append(sound + 0.3 * level * np.pad(beats, (0, len(sound) - len(beats))))
    return wav(np.concatenate(sounds)[None])


@pytest.fixture(autouse=True)
def no_networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONEARM_MODELS_DIR", str(tmp_path))


def test_a_form_is_found() -> None:
    found = result(form(), "sections:1")
    sections = found["sections"]
    assert [each["label"] for each in sections] == ["A", "B", "A"]
    assert [each["start"] for each in sections[1:]] == pytest.approx(BORDERS, abs=1)
    assert sections[0]["start"] == 0
    assert sections[-1]["end"] == pytest.approx(3 * BARS * BAR, abs=0.01)
    assert sections[1]["energy"] > sections[0]["energy"] == sections[2]["energy"]
    # Without networks there are no bars to rely upon.
    assert (found["certainty"], found["method"]) == ("uncertain", "signal processing")
    assert found["reason"]
    assert found["last_phrase"] is None


@pytest.mark.parametrize(
    ("sound", "count"),
    [(SOUNDS["silence"], 0), (SOUNDS["one sample"], 1), (SOUNDS["1 s"], 1), (noise(40), 1), (sample_track(40), 1)],
    ids=["silence", "one sample", "1 s", "noise", "one loop"],
)
def test_what_has_no_sections_says_why(sound: bytes, count: int) -> None:
    found = result(sound, "sections:1")
    assert len(found["sections"]) == count
    assert (found["certainty"], found["confidence"]) == ("none", 0)
    assert found["reason"]


def test_sections_are_labels() -> None:
    sections = [
        {"start": 0.0, "end": 8.0, "label": "A", "energy": 3, "role": "intro", "confidence": 1.0},
        {"start": 8.0, "end": 20.0, "label": "B'", "energy": 8, "role": None, "confidence": 0.7},
    ]
    event = STREAM_EVENT.validate_python(
        {
            "status": "completed",
            "result": {
                "model_name": "sections",
                "model_version": "1",
                "correlation_id": "1",
                "results": {"sections": sections},
            },
        }
    )
    found = labels(Analysis.of([event], ["sections"]))
    assert found == [Label(0.0, 8.0, "A intro"), Label(8.0, 20.0, "B'")]
