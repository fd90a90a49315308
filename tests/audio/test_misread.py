"""PCM in another size, byte order or scale than its header says: put right where the header can tell, else told."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support import shared
from tests.support.media import BY_NAME, encode, tones
from tests.support.sounds import wav
from tonearm.audio.decode import Decoder
from tonearm.errors import AudioError
from tonearm.protocol.caps import Caps
from tonearm.protocol.warnings import AudioWarning
from tonearm.sample import sample_track

RATE = 44_100
SOUND = tones(RATE, 2, 4.0)
S16 = (SOUND.T * 32767).astype("<i2")
S32 = (SOUND.T * (2**31 - 256)).astype("<i4")
S24 = S32.reshape(-1).view(np.uint8).reshape(-1, 4)[:, 1:]
F32 = SOUND.T.astype("<f4")


def decode(data: bytes) -> tuple[NDArray[np.float32], tuple[AudioWarning, ...]]:
    decoder = Decoder(io.BytesIO(data).read, Caps())
    decoder.recognise()
    return np.concatenate([block.copy() for block in decoder.blocks()], axis=1), decoder.warnings


def riff(
    samples: bytes, bits: int, block: int | None = None, rate: int | None = None, code: int = 1, channels: int = 2
) -> bytes:
    """A WAV; `block` and `rate` are the bytes per block and per second that its header tells."""
    block = channels * -(-bits // 8) if block is None else block
    form = struct.pack("<HHIIHH", code, channels, RATE, block * RATE if rate is None else rate, block, bits)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


@pytest.mark.parametrize(
    ("samples", "bits", "block", "rate", "code"),
    [
        (S16, 24, 4, None, 1),
        (S16, 8, 4, None, 1),
        (S16, 0, 4, None, 1),
        (S16, 12, 4, None, 1),
        (S24, 16, 6, None, 1),
        (S24, 32, 6, None, 1),
        (S24, 20, 6, None, 1),
        (S32, 16, 8, None, 1),
        (F32, 16, 8, None, 3),
        # One field against two.
        (S16, 16, 0, 4 * RATE, 1),
        (S16, 16, 6, 4 * RATE, 1),
        (S16, 16, 4, 0, 1),
        (S16, 16, 4, 2 * RATE, 1),
        (S24, 24, 6, 4 * RATE, 1),
        # Nothing else is said twice: the bits are right.
        (S16, 16, 0, 0, 1),
        (S16, 16, 6, 8 * RATE, 1),
    ],
)
def test_samples_have_the_size_that_most_of_the_header_says(
    samples: NDArray[np.generic], bits: int, block: int, rate: int | None, code: int
) -> None:
    decoded, warnings = decode(riff(samples.tobytes(), bits, block, rate, code))
    np.testing.assert_allclose(decoded, SOUND, atol=1e-4)
    assert warnings == ()


@pytest.mark.parametrize("bits", [40, 100, 65_535])
def test_samples_of_a_size_that_none_have_are_refused(bits: int) -> None:
    with pytest.raises(AudioError):
        decode(riff(S16.tobytes(), bits, 0))


def test_24_bits_in_32_without_a_word_are_not_quietly_taken_for_others() -> None:
    """One program writes floating-point numbers so, and FFmpeg reads them as such."""
    with pytest.raises(AudioError, match="invalid samples"):
        decode(riff(S32.tobytes(), 24, 8))
    scaled, warnings = decode(riff((F32 * 2**23).tobytes(), 24, 8))
    np.testing.assert_allclose(scaled, SOUND, atol=1e-4)
    assert warnings == ()


TIME = np.arange(4 * RATE) / RATE
MISREAD = {
    "the other byte order": riff(S16.byteswap().tobytes(), 16),
    "the other byte order, compressed": encode(BY_NAME["flac-16"], (S16.byteswap().T / 32768).astype(np.float32)),
    "one byte too many in front": riff(b"\0" + S16.tobytes()[:-1], 16),
    "16 bits as 24": riff(S16.tobytes(), 24),
    "24 bits as 16": riff(S24.tobytes(), 16),
    "16 bits as 8": riff(S16.tobytes(), 8),
    "floating-point numbers as 16 bits": riff(F32.tobytes(), 16),
    "in units of 16 bits": riff((F32 * 32768).tobytes(), 32, code=3),
    "9 dB over full scale": riff((F32 / np.abs(F32).max() * 2.8).astype("<f4").tobytes(), 32, code=3),
    "amplified without end": wav(np.sign(SOUND + 1e-3)),
}


@pytest.mark.parametrize("name", MISREAD)
def test_samples_that_no_recording_has_are_told(name: str) -> None:
    _, warnings = decode(MISREAD[name])
    (warning,) = (each for each in warnings if each.code == "implausible-samples")
    assert warning.start == 0
    assert warning.end is not None
    assert warning.end > 2


PLAUSIBLE = {
    "music": sample_track(8),
    "music with its peaks cut off": wav(np.clip(4 * SOUND, -1, 1)),
    "a tone at full scale": wav(np.sin(2 * np.pi * 440 * TIME)[None]),
    "a high tone at full scale": wav(np.sin(2 * np.pi * 11_025 * TIME + 0.5)[None]),
    "noise": wav(np.random.default_rng(1).normal(0, 0.2, (2, 4 * RATE)).clip(-1, 1)),
    "a peak 5 dB over full scale": riff(
        (F32 + 1.3 * np.eye(len(F32), 1, -RATE // 8)).astype("<f4").tobytes(), 32, code=3
    ),
    "silence": wav(np.zeros((2, RATE))),
    "a click": wav(np.eye(1, RATE, 500)),
}


@pytest.mark.parametrize("name", PLAUSIBLE)
def test_loud_sound_is_no_mistake(name: str) -> None:
    assert decode(PLAUSIBLE[name])[1] == ()


@shared.needed
@pytest.mark.release
@pytest.mark.parametrize("path", sorted((shared.ROOT / "audio").glob("*/*.[mofw]*")), ids=lambda path: path.name)
def test_no_recording_is_implausible(path: Path) -> None:
    assert "implausible-samples" not in {warning.code for warning in decode(path.read_bytes())[1]}
