"""Tags and pictures of any size in front of the sound, or in an Ogg: the samples are the same without them."""

from __future__ import annotations

import io
import struct
from dataclasses import replace

import numpy as np
import pytest

from tests.support.media import BY_NAME, Format, encode, encoded, tones
from tonearm.audio.byte_stream import Stream
from tonearm.audio.decode import Decoder
from tonearm.audio.large_metadata import drop_large_metadata
from tonearm.protocol.caps import Caps

OGG_FLAC = Format("ogg-flac", "ogg", "flac", "s16")
WIDE = replace(OGG_FLAC, sample="s32", layout="5.1", options=(("frame_size", "8192"),))
RIFF = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + bytes(16)


def samples(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    decoder = Decoder(io.BytesIO(data).read, Caps())
    decoder.recognise()
    found = np.concatenate([block.copy() for block in decoder.blocks()], axis=1)
    assert decoder.warnings == ()
    return found


@pytest.mark.parametrize("size", [10_000, 60_000, 70_000, 1_500_000])
@pytest.mark.parametrize(
    "form", [*map(BY_NAME.get, ("wav-s16", "rf64", "aiff", "flac-16", "opus", "ogg-vorbis")), OGG_FLAC], ids=str
)
def test_the_samples_are_those_without_tags(form: Format, size: int) -> None:
    sound = tones(form.rate, 2, 1.0)
    tagged = encode(form, sound, "x" * size)
    assert len(tagged) > size
    assert np.array_equal(samples(tagged), samples(encoded(form, 1.0)))


def test_a_large_frame_of_flac_is_no_tag() -> None:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (6, 44_100)).astype(np.float32)
    ogg = encode(WIDE, noise)
    assert np.array_equal(samples(ogg), samples(encode(replace(WIDE, container="flac"), noise)))


@pytest.mark.parametrize("pad", [b"", b"\0"], ids=["without its pad byte", "padded"])
def test_large_chunks_are_dropped(pad: bytes) -> None:
    odd = 100_001
    large = b"LIST" + struct.pack("<I", odd) + b"x" * odd + pad
    small = b"LIST" + struct.pack("<I", 4) + b"INFO"
    stream = Stream(io.BytesIO(RIFF + large + small + b"data\0\0\0\0").read)
    drop_large_metadata(stream)
    assert stream.peek(1 << 20) == RIFF + small + b"data\0\0\0\0"


def flac_block(kind: int, size: int, last: bool = False) -> bytes:
    return bytes([kind | last << 7]) + size.to_bytes(3, "big") + bytes([kind]) * size


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([(0, 34)], [(0, 34)]),
        ([(0, 34), (4, 1000)], [(0, 34), (4, 1000)]),
        ([(0, 34), (4, 1 << 20)], [(0, 34)]),
        ([(0, 34), (6, 1 << 20), (4, 10), (6, 1 << 20)], [(0, 34), (4, 10)]),
        ([(0, 34), *[(1, 30_000)] * 5], [(0, 34), (1, 30_000), (1, 30_000)]),
    ],
)
def test_large_blocks_of_flac_are_dropped(blocks: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    def flac(blocks: list[tuple[int, int]]) -> bytes:
        *others, last = blocks
        return b"fLaC" + b"".join(flac_block(*block) for block in others) + flac_block(*last, last=True) + b"frames"

    stream = Stream(io.BytesIO(flac(blocks)).read)
    drop_large_metadata(stream)
    assert stream.peek(1 << 24) == flac(expected)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"fLa", b"fLaC", b"fLaC\0\0\0", b"fLaC\0\0\0\x22abc", RIFF[:20]])
def test_what_ends_early_is_left_as_it_is(data: bytes) -> None:
    stream = Stream(io.BytesIO(data).read)
    drop_large_metadata(stream)
    assert stream.peek(1 << 10) == data


def test_blocks_without_end_are_not_followed_for_ever() -> None:
    stream = Stream(lambda size: bytes(size))
    stream.put_back(b"fLaC")
    drop_large_metadata(stream)
    assert stream.received < 10_000
