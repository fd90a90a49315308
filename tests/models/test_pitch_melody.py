"""The melody against Essentia's PredominantPitchMelodia on the same samples.

From the salience of pitches on, every step is Essentia's to the last bit (tests/algorithms/melody). The spectra differ
in their last bits, and a peak that lies between two bins or at a threshold then falls on the other side.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support import shared
from tests.support.decoded import SYNTHESISED, data_of, mono, result
from tests.support.sounds import SOUNDS, wav
from tonearm.errors import ModelError
from tonearm.model import PcmFormat
from tonearm.models import pitch_melody

RATE = 44_100
FIRST = shared.ROOT / "audio" / "key" / "essentia_359628__mtg__sax-tenor-d-minor.flac"
RECORDINGS = [
    pytest.param(
        path, id=path.name, marks=[pytest.mark.timeout(900), *([] if path == FIRST else [pytest.mark.release])]
    )
    for path in sorted((shared.ROOT / "audio").rglob("*"))
    if path.suffix in {".flac", ".mp3", ".ogg"}
]
"""One of them in every run of the tests, and all of them before a release."""


def glide(seconds: float = 3, start: float = 110, end: float = 880) -> NDArray[np.float64]:
    """A tone with ten harmonics that rises evenly, shape (n,)."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * start * seconds / np.log(end / start) * ((end / start) ** (time / seconds) - 1)
    return np.asarray(sum(0.2 * np.sin(h * phase) / h for h in range(1, 11)))


def tone(pitch: float, seconds: float) -> NDArray[np.float64]:
    return np.asarray(0.3 * np.sin(2 * np.pi * pitch * np.arange(round(seconds * RATE)) / RATE))


EDGES: dict[str, Callable[[], NDArray[np.float64]]] = {
    "silence": lambda: np.zeros(RATE),
    "one sample": lambda: np.full(1, 0.5),
    "one frame": lambda: tone(440, 0.001),
    "34 frames": lambda: tone(440, 34 * 128 / RATE),
    "pure tone": lambda: tone(440, 2),
    "an octave apart": lambda: tone(220, 2) + tone(440, 2),
    "glide": glide,
    "constant": lambda: np.full(RATE, 0.5),
    "a tone in silence": lambda: np.concatenate((np.zeros(RATE), tone(300, 0.5), np.zeros(RATE))),
}


EXACT = [name for name in SYNTHESISED if name != "48 kHz"]
"""There a contour is as salient as the threshold to seven digits."""
LOOPS = dict.fromkeys(("lmms_briff01_140bpm_x12.flac", "lmms_rave_hihat02_180bpm_x8.flac"), 0.94)
"""The same contours again and again, and as near to the threshold."""


def assert_same(data: bytes, share: float = 0.98) -> None:
    """The melody is Essentia's within a bin in a share of the frames that either hears one in.

    The two hear one, or none, in the same share of all frames.
    """
    import essentia.standard as es

    ours = result(data, "pitch_melody(hop=0.0029)")
    pitch, confidence = es.PredominantPitchMelodia()(es.EqualLoudness()(mono(data)))
    found, certainty = np.array(ours["pitch"]), np.array(ours["confidence"])
    assert len(found) == len(pitch)
    assert ours["hop"] == pytest.approx(128 / RATE)
    assert ((found > 0) == (pitch > 0)).mean() >= share
    either, both = (found > 0) | (pitch > 0), (found > 0) & (pitch > 0)
    same = np.abs(1200 * np.log2(found[both] / pitch[both])) < 10.1
    same &= np.abs(certainty[both] - confidence[both]) < 0.0001
    assert same.sum() >= share * either.sum()
    assert ours["voiced"] == pytest.approx((pitch > 0).mean(), abs=1 - share)
    if both.any():
        assert ours["median_pitch"] == pytest.approx(np.median(pitch[pitch > 0]), rel=0.006)
    else:
        assert ours["median_pitch"] is None


@pytest.mark.release
@pytest.mark.parametrize("sound", [*EXACT, *EDGES])
def test_equals_essentia(sound: str) -> None:
    assert_same(wav(EDGES[sound]()[None]) if sound in EDGES else data_of(sound))


@pytest.mark.parametrize("recording", RECORDINGS)
def test_recordings_equal_essentia(recording: Path) -> None:
    assert_same(recording.read_bytes(), LOOPS.get(recording.name, 0.98))


def test_it_is_given_as_finely_as_asked_for() -> None:
    fine = result(data_of("tones"), "pitch_melody(hop=0.0029)")
    usual, coarse = (result(data_of("tones"), f"pitch_melody{hop}") for hop in ("", "(hop=0.5)"))
    assert usual["hop"] == pytest.approx(0.02, abs=0.0015)
    assert usual["pitch"] == fine["pitch"][:: round(usual["hop"] / fine["hop"])]
    assert coarse["confidence"] == fine["confidence"][:: round(coarse["hop"] / fine["hop"])]
    assert coarse["hop"] == pytest.approx(0.5, abs=0.0015)
    assert usual["median_pitch"] == coarse["median_pitch"] == fine["median_pitch"]


def test_pitch_of_a_known_tone() -> None:
    data = wav(tone(329.63, 4)[None])
    ours = result(data, "pitch_melody")
    assert ours["median_pitch"] == pytest.approx(329.63, rel=0.006)
    assert ours["voiced"] > 0.9


def test_silence_has_no_melody() -> None:
    ours = result(SOUNDS["silence"], "pitch_melody")
    assert (ours["median_pitch"], ours["voiced"]) == (None, 0)
    assert set(ours["pitch"]) == set(ours["confidence"]) == {0}


def test_more_values_than_a_result_may_have_are_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pitch_melody, "_MOST_VALUES", 100)
    model = pitch_melody.PitchMelody
    made = model(PcmFormat(RATE, ("FC",)), model.parameters())
    frames = np.zeros((700, 600), np.float32)
    made.feed(model.features[0], frames)
    with pytest.raises(ModelError, match="more than 100 values"):
        made.feed(model.features[0], frames[:1])
