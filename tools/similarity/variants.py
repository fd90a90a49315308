"""One sound as people have it: in the usual formats, quieter, in mono, and mastered once more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from tests.support.media import BY_NAME, Format, encode

from tools.similarity.recordings import Sound, at_rate

RATE = 44_100
CODECS = {
    "FLAC": BY_NAME["flac-16"],
    "MP3": replace(BY_NAME["mp3-cbr"], options=(("compression_level", "7"),)),
    "AAC": replace(BY_NAME["m4a-aac"], options=(("aac_coder", "fast"),)),
    "Opus": Format("opus-96", "ogg", "libopus", "flt", rate=48_000, exact=False, bit_rate=96_000),
    "Vorbis": BY_NAME["ogg-vorbis"],
    "WMA": BY_NAME["wma"],
}
"""MP3 and AAC with 128 kbit/s, Opus with 96, by the encoders' quicker ways."""
_DRIVE = 2.5
_TREBLE = 0.25


def in_codec(name: str, samples: Sound, rate: int) -> bytes:
    form = CODECS[name]
    return encode(form, _clipped(at_rate(samples, rate, form.rate)))


def others(samples: Sound, rate: int) -> Iterator[tuple[str, bytes]]:
    """What is no matter of the codec, each with its name."""
    plain = at_rate(samples, rate, RATE)
    yield "mono", encode(BY_NAME["wav-mono"], _middle(plain))
    yield "12 dB less", encode(BY_NAME["wav-s16"], np.asarray(plain / 4, np.float32))
    low = _middle(at_rate(samples, rate, 22_050))
    yield "MP3, mono, 22 kHz", encode(BY_NAME["mp3-mono-22k"], low)
    yield "master", encode(BY_NAME["wav-s16"], mastered(plain))


def mastered(samples: Sound) -> Sound:
    """Limited softly, louder, and with more treble."""
    limited = 0.9 * np.tanh(_DRIVE * samples / max(float(np.abs(samples).max()), 1e-6))
    treble = limited - _TREBLE * np.pad(limited, ((0, 0), (1, 0)))[:, :-1]
    return _clipped(treble)


def _middle(samples: Sound) -> Sound:
    return np.asarray(samples.mean(axis=0, keepdims=True), np.float32)


def _clipped(samples: NDArray[np.floating]) -> Sound:
    return np.asarray(np.clip(samples, -1, 1), np.float32)
