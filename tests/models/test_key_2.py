"""Key, version 2, on recordings and scores whose keys people named, and on sounds without one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support import shared
from tests.support.filter import run
from tests.support.http import Server
from tests.support.sounds import SOUNDS, noise, wav
from tonearm.algorithms.key_profiles import PITCH_CLASSES
from tonearm.results.music import Key
from tonearm.sample import sample_track

RATE = 44_100
FLATS = {"D#": "Eb", "G#": "Ab", "A#": "Bb"}
WITHOUT_KEY = {"speech", "non_music"}
RECORDINGS = [row for row in shared.table("key") if row["kind"].startswith("recording")]
SCORES = [
    row for row in shared.table("key") if row["kind"] == "rendered score" and not row["file"].startswith("winterreise")
]
FEW = [row for row in [*RECORDINGS, *SCORES] if float(row["duration_s"]) < 60]


def found(data: bytes) -> dict[str, Any]:
    result: dict[str, Any] = run(data, "key:2").results["key:2"]
    return result


@cache
def of_file(path: str) -> dict[str, Any]:
    return found(Path(path).read_bytes())


def key_of(row: dict[str, str]) -> Key:
    tonic, scale = row["key"].split()
    return Key(FLATS.get(tonic, tonic), scale)


def weighted(row: dict[str, str]) -> float:
    """The score of MIREX: 1 for the key, 0.5 for the one a fifth above, 0.3 for the relative, 0.2 for the parallel."""
    result, expected = of_file(row["path"]), key_of(row)
    if result["key"] is None:
        return 0
    answer = Key(result["key"], result["scale"])
    if answer == expected:
        return 1
    _, above, relative = expected.mixes_with
    parallel = answer.tonic == expected.tonic
    return 0.5 if answer == above else 0.3 if answer == relative else 0.2 if parallel else 0


def cadence(tonic: int, times: int, cents: float = 0) -> NDArray[np.float64]:
    """I, IV, V and I of a major key, a second each, so many times; `tonic` is in semitones above A."""
    chords = []
    for root in (0, 5, 7, 0):
        time = np.arange(RATE) / RATE
        notes = [tonic + root - 24, *(tonic + root - 12 + step for step in (0, 4, 7))]
        pitches = [440 * 2 ** (note / 12 + cents / 1200) for note in notes]
        waves = [np.sin(2 * np.pi * pitch * harmonic * time) / harmonic for pitch in pitches for harmonic in (1, 2, 3)]
        chords.append(0.05 * np.sum(waves, axis=0) * np.exp(-time))
    return np.tile(np.concatenate(chords), times)


@pytest.mark.parametrize("tonic", range(12))
def test_a_cadence_is_in_its_key(tonic: int) -> None:
    result = found(wav(cadence(tonic, 4)[None]))
    assert (result["key"], result["scale"], result["certainty"]) == (PITCH_CLASSES[tonic], "major", "certain")
    named = Key(result["key"], "major")
    assert (result["camelot"], result["open_key"]) == (named.camelot, named.open_key)
    assert result["reason"] is None
    assert [(part["start"], part["end"], part["key"]) for part in result["sections"]] == [(0, 16, result["key"])]
    assert result["sections"][0]["probability"] == result["probability"]


def test_alternatives_are_ranked_and_share_what_is_left() -> None:
    result = found(sample_track(20))
    assert (result["key"], result["scale"]) == ("A", "minor")
    probabilities = [result["probability"], *(other["probability"] for other in result["alternatives"])]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) <= 1
    names = [(other["key"], other["scale"]) for other in result["alternatives"]]
    assert len({*names, ("A", "minor")}) == len(names) + 1


@pytest.mark.parametrize("hertz", [432.0, 440.0, 446.0])
def test_tuning_and_a_key_that_does_not_depend_on_it(hertz: float) -> None:
    cents = 1200 * np.log2(hertz / 440)
    result = found(wav(cadence(3, 4, cents)[None]))
    assert result["tuning"] == pytest.approx(cents, abs=3)
    assert (result["key"], result["scale"]) == ("C", "major")


def test_the_key_over_time() -> None:
    result = found(wav(np.concatenate((cadence(3, 10), cadence(9, 8), cadence(1, 9)))[None]))
    parts = result["sections"]
    assert [(part["key"], part["scale"]) for part in parts] == [("C", "major"), ("F#", "major"), ("Bb", "major")]
    assert parts[0]["start"] == 0
    assert parts[1]["start"] == pytest.approx(40, abs=6)
    assert parts[2]["start"] == pytest.approx(72, abs=6)
    assert parts[2]["end"] == pytest.approx(108, abs=0.01)
    assert all(one["end"] == other["start"] for one, other in pairwise(parts))


@pytest.mark.parametrize("sound", ["silence", "one sample"])
def test_silence_has_no_key(sound: str) -> None:
    result = found(SOUNDS[sound])
    assert (result["certainty"], result["key"], result["camelot"], result["probability"]) == ("none", None, None, 0)
    assert result["reason"]
    assert result["sections"] == result["alternatives"] == []


def test_noise_tones_and_drones_have_no_certain_key() -> None:
    time = np.arange(RATE * 15) / RATE
    generator = np.random.default_rng(2)
    sounds = [noise(20), wav(np.cumsum(generator.normal(0, 1e-3, RATE * 15)).clip(-1, 1)[None])]
    for hertz in (55.0, 261.63, 440.0, 2000.0):
        sounds.append(wav(np.sin(2 * np.pi * hertz * time)[None] / 2))
    for hertz in (82.4, 110.0, 146.8):
        drone = sum(np.sin(2 * np.pi * hertz * harmonic * time) / harmonic for harmonic in range(1, 12))
        fifth = sum(np.sin(3 * np.pi * hertz * harmonic * time) / harmonic for harmonic in range(1, 8))
        sounds += [wav(0.2 * np.array([drone])), wav(0.1 * np.array([drone + fifth]))]
    for sound in sounds:
        result = found(sound)
        assert result["certainty"] != "certain"
        assert result["reason"]


def test_silence_around_music_changes_nothing() -> None:
    music = cadence(5, 5)
    alone, among = found(wav(music[None])), found(wav(np.pad(music, (RATE * 30, RATE * 30))[None]))
    assert (among["key"], among["scale"], among["certainty"]) == ("D", "major", "certain")
    assert among["probability"] == pytest.approx(alone["probability"], abs=0.1)


def test_the_server_gives_it(server: Server) -> None:
    music = wav(cadence(7, 3)[None])
    assert server.analyze(music, "key:2").results["key"] == found(music)


@shared.needed
def test_speech_and_animals_have_no_certain_key() -> None:
    rows = [row for row in shared.table("voice") if row["label"] in WITHOUT_KEY]
    assert len(rows) >= 4
    # A robin whistles.
    assert {row["label"] for row in rows if of_file(row["path"])["certainty"] == "certain"} <= {"non_music"}


@shared.needed
def test_short_recordings_and_scores() -> None:
    assert len(FEW) >= 7
    assert np.mean([weighted(row) for row in FEW]) >= 0.8


@shared.needed
@pytest.mark.release
def test_all_recordings_and_scores(record_property: Callable[[str, object], None]) -> None:
    rows = [*RECORDINGS, *SCORES]
    scores = [weighted(row) for row in rows]
    record_property("key:2 without the network, weighted score of MIREX", f"{np.mean(scores):.3f} of {len(rows)}")
    assert np.mean(scores) >= 0.85
    certain = [score for row, score in zip(rows, scores, strict=True) if of_file(row["path"])["certainty"] == "certain"]
    assert len(certain) >= 0.75 * len(rows)
    assert np.mean([score == 1 for score in certain]) >= 0.85
    # Nobody should be told more than is true.
    stated = np.mean([of_file(row["path"])["probability"] for row in rows])
    assert stated <= np.mean([score == 1 for score in scores]) + 0.1
