"""Chords with sevenths: progressions that are played here, without networks."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.decoded import result
from tests.support.progressions import played, share_found
from tests.support.sounds import SOUNDS, noise, wav
from tonearm.algorithms.harmony.vocabulary import CHORDS, QUALITIES, ROOTS
from tonearm.sample import sample_track

SECONDS = 2.0


@pytest.fixture
def no_networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONEARM_MODELS_DIR", str(tmp_path))


def progression(quality: str) -> list[str]:
    """On six roots; between them another quality, so that nothing is held."""
    other = "m" if quality == "" else ""
    return [chord for step in range(6) for chord in (ROOTS[2 * step] + quality, ROOTS[(2 * step + 5) % 12] + other)]


@pytest.mark.release
@pytest.mark.usefixtures("no_networks")
@pytest.mark.parametrize("quality", QUALITIES)
def test_every_quality_is_told(quality: str) -> None:
    chords = progression(quality)
    found = result(wav(played(chords, SECONDS)[None]), "chords:2")
    assert share_found(found["chords"], chords, SECONDS) > 0.75
    named = {each["chord"] for each in found["chords"]}
    assert sum(root + quality in named for root in ROOTS[::2]) >= 5
    assert found["method"] == "signal processing"


@pytest.mark.usefixtures("no_networks")
def test_what_is_tuned_otherwise_is_found_as_well() -> None:
    chords = progression("7")
    found = result(wav(played(chords, SECONDS, 450.0)[None]), "chords:2")
    assert share_found(found["chords"], chords, SECONDS) > 0.75


@pytest.mark.usefixtures("no_networks")
@pytest.mark.parametrize("sound", ["silence", "noise"])
def test_without_tones_there_is_no_chord(sound: str) -> None:
    data = SOUNDS["silence"] if sound == "silence" else noise(10)
    assert [each["chord"] for each in result(data, "chords:2")["chords"]] == ["N"]


@pytest.mark.usefixtures("no_networks")
def test_a_pause_is_no_chord() -> None:
    chords = ["C", "Am", "N", "N", "F", "G7"]
    found = result(wav(played(chords, SECONDS)[None]), "chords:2")["chords"]
    assert share_found(found, chords, SECONDS) > 0.75
    assert "N" in {each["chord"] for each in found}


@pytest.mark.usefixtures("no_networks")
def test_chords_follow_one_another_to_the_end() -> None:
    found = result(sample_track(20), "chords:2")["chords"]
    assert found[0]["start"] == 0
    assert found[-1]["end"] == pytest.approx(20, abs=1e-3)
    for one, following in pairwise(found):
        assert one["end"] == following["start"]
        assert one["chord"] != following["chord"]
    assert {each["chord"] for each in found} <= set(CHORDS)
