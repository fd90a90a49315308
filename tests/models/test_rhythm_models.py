"""Tempo, beats, onsets and danceability against Essentia on the same samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.decoded import EVERY_RECORDING, data_of, mono, result, seeded
from tests.support.filter import run
from tests.support.sounds import SOUNDS, wav
from tonearm.models.danceability_dfa import DanceabilityDfa
from tonearm.sample import BPM


@pytest.mark.release
@pytest.mark.parametrize("sound", EVERY_RECORDING)
def test_bpm_multifeature(sound: str | Path) -> None:
    """Nearly all beats are the very same.

    Two recordings of a violin end in digital silence, of 7 and 19 s. Beats are found there, too, by chance (rounding
    errors, in Essentia), and their agreement counts.
    """
    import essentia.standard as es

    ours = result(data_of(sound), "bpm_multifeature")
    samples = mono(data_of(sound))
    extractor = es.RhythmExtractor2013(method="multifeature")
    seeded()
    bpm, beats, confidence, _, _ = extractor(samples)
    assert ours["bpm"] == pytest.approx(bpm, rel=2e-3)
    assert ours["confidence"] == pytest.approx(max(0, confidence), abs=0.02)
    first, last = np.flatnonzero(np.abs(samples) > 1e-4)[[0, -1]] / 44_100
    sounding = beats[(beats >= first) & (beats <= last)]
    found = np.array(ours["beat_positions"])
    assert (np.abs(sounding[:, None] - found).min(axis=1) < 0.012).mean() >= 0.98


@pytest.mark.release
@pytest.mark.parametrize("sound", EVERY_RECORDING)
def test_bpm_percival(sound: str | Path) -> None:
    import essentia.standard as es

    assert result(data_of(sound), "bpm_percival")["bpm"] == es.PercivalBpmEstimator()(mono(data_of(sound)))


@pytest.mark.parametrize("sound", EVERY_RECORDING)
def test_onset_rate(sound: str | Path) -> None:
    import essentia.standard as es

    ours = result(data_of(sound), "onset_rate")
    onsets, rate = es.OnsetRate()(mono(data_of(sound)))
    assert ours["onset_rate"] == pytest.approx(rate, rel=1e-6)
    assert ours["onsets"] == onsets.tolist()


def test_the_synthesised_track_has_its_tempo_and_onsets() -> None:
    """120 bpm, a hit each half beat."""
    data = data_of("music")
    assert result(data, "bpm_multifeature")["bpm"] == pytest.approx(BPM, rel=0.01)
    assert result(data, "bpm_multifeature")["confidence"] > 1.5
    assert result(data, "bpm_percival")["bpm"] == pytest.approx(BPM, rel=0.01)
    onsets = result(data, "onset_rate")
    assert onsets["onset_rate"] == pytest.approx(4, abs=0.1)
    np.testing.assert_allclose(onsets["onsets"], np.arange(len(onsets["onsets"])) / 4, atol=0.03)


@pytest.mark.parametrize("sound", EVERY_RECORDING)
def test_danceability(sound: str | Path) -> None:
    """Essentia subtracts sums of squares in single precision, which costs its exponents the third digit."""
    import essentia.standard as es

    ours = result(data_of(sound), "danceability_dfa")
    danceability, exponents = es.Danceability()(mono(data_of(sound)))
    assert ours["danceability"] == pytest.approx(danceability, rel=1e-4)
    found = len(ours["dfa_exponents"])
    np.testing.assert_allclose(ours["dfa_exponents"], exponents[:found], atol=5e-3)
    assert not exponents[found:].any()
    assert len(ours["segments"]) == found


def test_a_short_track_has_fewer_exponents() -> None:
    """1 s has segments of 0.31 to 0.96 s, 13 of them, and so 12 exponents."""
    ours = result(SOUNDS["1 s"], "danceability_dfa")
    assert len(ours["dfa_exponents"]) == len(ours["segments"]) == 12
    assert max(ours["segments"]) < 1
    assert len(result(data_of("music"), "danceability_dfa")["segments"]) == 35


def test_danceability_needs_two_segments() -> None:
    (error,) = run(SOUNDS["0.1 s"], DanceabilityDfa.name).errors
    assert "at least 0.35 s" in error["error"]


@pytest.mark.parametrize("sound", [SOUNDS["silence"], wav(np.zeros((1, 1)))], ids=["5 s", "one sample"])
def test_silence_has_no_rhythm(sound: bytes) -> None:
    """Essentia finds 738 bpm in it."""
    assert result(sound, "bpm_multifeature") == {"bpm": 0, "confidence": 0, "beat_positions": []}
    assert result(sound, "bpm_percival") == {"bpm": 0}
    assert result(sound, "bpm_degara") == {"bpm": 0, "beat_positions": []}
    assert result(sound, "onset_rate") == {"onset_rate": 0, "onsets": []}
    assert result(SOUNDS["silence"], "danceability_dfa")["danceability"] == 0
