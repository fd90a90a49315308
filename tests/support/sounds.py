"""Sounds that are easy and sounds that are hard to analyse, made here."""

from __future__ import annotations

import io
import wave

import numpy as np
from numpy.typing import NDArray

from tests.support.media import tones
from tonearm.audio.decode import Decoder
from tonearm.protocol.caps import Caps
from tonearm.sample import sample_track


def wav(samples: NDArray[np.float64] | NDArray[np.float32], rate: int = 44_100) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(len(samples))
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes((samples.T * 32767).astype("<i2").tobytes())
    return file.getvalue()


SOUNDS = {
    "music": sample_track(12),
    "silence": wav(np.zeros((2, 44_100 * 5))),
    "one sample": wav(np.ones((2, 1)) * 0.5),
    "0.1 s": wav(tones(44_100, 2, 0.1)),
    "1 s": wav(tones(44_100, 2, 1.0)),
    "mono": wav(tones(44_100, 1, 4.0)),
    "5.1": wav(tones(48_000, 6, 4.0), 48_000),
    "8 kHz": wav(tones(8_000, 1, 4.0), 8_000),
    "192 kHz": wav(tones(192_000, 2, 1.0), 192_000),
    "full scale": wav(np.sign(tones(44_100, 2, 4.0))),
    "cut off": sample_track(12)[:700_001],
}


def noise(seconds: float) -> bytes:
    """White, in one channel; 30 s of it have neither a key nor a tempo."""
    return wav(np.random.default_rng(0).normal(0, 0.1, (1, round(44_100 * seconds))))


def music(seconds: float) -> NDArray[np.float32]:
    """The left channel of the sample track, shape (n,), at 44.1 kHz."""
    decoder = Decoder(io.BytesIO(sample_track(seconds)).read, Caps())
    decoder.recognise()
    return np.concatenate([block[0].copy() for block in decoder.blocks()])


def clicks(bpm: float, seconds: float) -> NDArray[np.float32]:
    """A short tone on every beat from the first sample on, shape (n,), at 44.1 kHz."""
    times = np.arange(2000)
    click = np.exp(-times / 200) * np.sin(2 * np.pi * 1000 * times / 44_100)
    signal = np.zeros(round(44_100 * seconds) + len(times))
    for beat in np.arange(0, seconds, 60 / bpm):
        start = round(44_100 * beat)
        signal[start : start + len(times)] += 0.8 * click
    return signal[: round(44_100 * seconds)].astype(np.float32)
