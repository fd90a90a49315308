"""What is told to be uncertain, on sounds whose key and tempo are known, or that have none."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support import shared
from tests.support.certainty import STATES, beats_result, key_result
from tests.support.filter import run
from tests.support.media import tones
from tests.support.sounds import noise, wav
from tonearm.results.certainty import CERTAIN_STRENGTH, key_is_certain, tempo_is_certain
from tonearm.sample import sample_track

FLATS = {"C#": "Db", "D#": "Eb", "F#": "Gb", "G#": "Ab", "A#": "Bb"}
WITHOUT_KEY = {"speech", "non_music"}
UNPULSED = "recording: solo violin, real performance"
"""Free in time."""


@cache
def results(path: str) -> dict[str, Any]:
    return run(Path(path).read_bytes(), "key,bpm_degara").results


def key_of(path: str) -> dict[str, Any]:
    found: dict[str, Any] = results(path)["key:1"]
    return found


def tempo_of(path: str) -> dict[str, Any]:
    found: dict[str, Any] = results(path)["bpm_degara:1"]
    return found


def in_flats(key: str) -> str:
    tonic, scale = key.split()
    return f"{FLATS.get(tonic, tonic)} {scale}"


def is_right(row: dict[str, str]) -> bool:
    found = key_of(row["path"])
    return in_flats(f"{found['key'][0]} {found['scale'][0]}") == in_flats(row["key"])


def share(outcomes: list[bool]) -> float:
    return sum(outcomes) / len(outcomes)


def test_music_is_certain() -> None:
    found = run(sample_track(12), "key,bpm_degara,bpm_multifeature").results
    assert key_is_certain(found["key:1"])
    assert tempo_is_certain(found["bpm_degara:1"])
    assert tempo_is_certain(found["bpm_multifeature:1"])


@pytest.mark.parametrize("hertz", [220.0, 261.63, 3000.0])
def test_a_single_tone_has_no_key(hertz: float) -> None:
    sine = np.sin(2 * np.pi * hertz * np.arange(44_100 * 6) / 44_100)[None] / 2
    assert not key_is_certain(run(wav(sine), "key").results["key:1"])


def test_noise_has_neither_key_nor_tempo() -> None:
    found = run(noise(30), "key,bpm_degara,bpm_multifeature").results
    assert not key_is_certain(found["key:1"])
    assert not tempo_is_certain(found["bpm_degara:1"])
    assert not tempo_is_certain(found["bpm_multifeature:1"])


def test_a_tempo_of_few_beats_is_uncertain() -> None:
    assert not tempo_is_certain(run(sample_track(3), "bpm_degara").results["bpm_degara:1"])
    assert not tempo_is_certain(run(wav(tones(44_100, 2, 1.0)), "bpm_degara").results["bpm_degara:1"])


@pytest.mark.parametrize(("late", "certain"), [(0.012, True), (0.014, False)])
def test_beats_may_differ_by_a_twentieth(late: float, certain: bool) -> None:
    """Every other beat late: one interval is that much longer, and the next one shorter."""
    beats = [0.5 * index + late * (index % 2) for index in range(20)]
    assert tempo_is_certain({"bpm": 120.0, "beat_positions": beats}) is certain


def test_what_a_model_says_of_itself_counts() -> None:
    for state in STATES:
        assert key_is_certain(key_result(state)) is (state == "certain")
        # Its beats are even in each state, and its confidence is a probability.
        assert tempo_is_certain(beats_result(state)) is (state == "certain")


def test_a_tempo_without_beats_or_confidence_is_believed() -> None:
    assert tempo_is_certain({"bpm": 120.0})
    assert not tempo_is_certain({"bpm": 120.0, "confidence": 1.5})


SPEECH = [row["path"] for row in shared.table("voice") if row["label"] in WITHOUT_KEY]


@shared.needed
@pytest.mark.parametrize("path", SPEECH, ids=[Path(path).stem for path in SPEECH])
def test_speech_and_animals_have_neither_key_nor_tempo(path: str) -> None:
    assert not key_is_certain(key_of(path))
    assert not tempo_is_certain(tempo_of(path))


@shared.needed
@pytest.mark.release
@pytest.mark.timeout(500)
def test_the_strength_tells_right_keys_from_wrong_ones() -> None:
    rows = shared.table("key")
    certain, uncertain = (
        [is_right(row) for row in rows if key_is_certain(key_of(row["path"])) is wanted] for wanted in (True, False)
    )
    assert len(certain) >= 40
    assert share(certain) >= 0.8
    assert len(uncertain) >= 5
    assert share(uncertain) <= 0.3
    # Nor would a little less or more be better.
    strengths = {row["path"]: key_of(row["path"])["strength"][0] for row in rows}
    near = [row for row in rows if abs(strengths[row["path"]] - CERTAIN_STRENGTH) < 0.03]
    assert len(near) <= 2


@shared.needed
@pytest.mark.release
@pytest.mark.timeout(500)
def test_steady_beats_tell_right_tempi_from_wrong_ones() -> None:
    rows = [row for row in shared.table("tempo") if row["kind"] in {"song", "looped"}]
    assert len(rows) >= 12
    assert all(tempo_is_certain(tempo_of(row["path"])) for row in rows)
    certain = [row for row in shared.table("tempo") if tempo_is_certain(tempo_of(row["path"]))]
    ratios = [tempo_of(row["path"])["bpm"] / float(row["bpm"]) for row in certain]
    assert share([min(abs(ratio / octave - 1) for octave in (0.5, 1, 2)) < 0.04 for ratio in ratios]) >= 0.9
    free = [row for row in shared.table("key") if row["kind"] == UNPULSED]
    assert len(free) >= 5
    assert not any(tempo_is_certain(tempo_of(row["path"])) for row in free)
