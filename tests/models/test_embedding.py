"""embedding:1 on tracks of known styles: the same for the same sound, whatever it is in, and apart for others."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from tools.similarity.variants import CODECS, in_codec, others

from tests.support.decoded import result
from tests.support.sounds import SOUNDS, wav
from tests.support.varied import RATE, varied

SECONDS = 8.0


@cache
def samples(number: int) -> NDArray[np.float32]:
    return varied(number, SECONDS).samples


def vector(data: bytes) -> NDArray[np.float64]:
    found = result(data, "embedding")
    assert found["reason"] is None
    return np.array(found["embedding"])


@cache
def of_track(number: int) -> NDArray[np.float64]:
    return vector(wav(samples(number)))


def test_has_unit_length() -> None:
    assert of_track(3).shape == (128,)
    assert np.linalg.norm(of_track(3)) == pytest.approx(1)


@pytest.mark.release
@pytest.mark.parametrize("version", [*CODECS, "mono", "12 dB less", "MP3, mono, 22 kHz"])
def test_is_the_same_within_bounds_in_every_format(version: str) -> None:
    """A cosine of 0.95 in any codec, which is that of a duplicate, and of 0.99 for what changes no spectrum."""
    in_version = in_codec if version in CODECS else lambda name, sound, rate: dict(others(sound, rate))[name]
    data = in_version(version, samples(3), RATE)
    assert vector(data) @ of_track(3) > (0.95 if version in CODECS else 0.99)


def test_the_key_hardly_changes_it() -> None:
    """Played faster by a semitone, which changes tempo and timbre a little too."""
    places = np.arange(0, samples(0).shape[1], 2 ** (1 / 12))
    higher = np.stack([np.interp(places, np.arange(samples(0).shape[1]), channel) for channel in samples(0)])
    assert vector(wav(higher)) @ of_track(0) > 0.8 > max(of_track(0) @ of_track(number) for number in (3, 4))


def test_silence_and_short_sound_have_none() -> None:
    assert result(SOUNDS["silence"], "embedding") == {"embedding": None, "reason": "It is silent."}
    for short in ("one sample", "1 s"):
        found = result(SOUNDS[short], "embedding")
        assert found["embedding"] is None
        assert found["reason"] in ("It is silent.", "It has less than 3 s of sound.")


def test_does_not_depend_on_how_the_audio_arrives() -> None:
    padded = np.pad(samples(4), ((0, 0), (round(1.3 * RATE), RATE)))
    assert vector(wav(padded)) @ of_track(4) > 0.99, "silence around it is not heard"
