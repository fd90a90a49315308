from __future__ import annotations

import io

import numpy as np
import pytest

from tests.support.media import BY_NAME, encoded
from tonearm.audio.byte_stream import HeldStream, RecentStream, Stream, needs_seeking


def test_the_end_stays_the_end() -> None:
    answers = iter([b"ab", b"", b"never"])
    stream = Stream(lambda size: next(answers))
    assert [stream.read(8), stream.read(8), stream.read(8)] == [b"ab", b"", b""]


def test_what_was_peeked_at_is_read_again() -> None:
    stream = Stream(io.BytesIO(b"abcdef").read)
    assert stream.peek(4) == b"abcd"
    assert stream.read(2) + stream.read(9) + stream.read(9) == b"abcdef"
    assert stream.received == 6


def test_a_held_stream_is_read_from_anywhere() -> None:
    data = bytes(range(256)) * 1000
    held = HeldStream(Stream(io.BytesIO(data).read))
    assert held.seek(200_000) == 200_000
    assert held.read(10) == data[200_000:200_010]
    held.seek(5)
    assert held.read(3) == data[5:8]
    held.seek(2, 1)
    assert held.tell() == 10
    assert held.seek(0, 2) == len(data)
    assert held.read(1) == b""


def test_a_recent_stream_goes_back_a_mebibyte_and_forgets_what_is_before() -> None:
    data = np.random.default_rng(1).bytes(4 << 20)
    recent = RecentStream(Stream(io.BytesIO(data).read))
    assert recent.read(100) == data[:100]
    assert recent.seek(7) == 7
    assert recent.read(3) == data[7:10]
    assert recent.seek(-5, 1) == 5
    assert recent.seek(3 << 20) == 3 << 20
    assert recent.read(10) == data[3 << 20 :][:10]
    assert recent.seek(2 << 20) == 2 << 20
    while (position := recent.tell()) < 3 << 20:
        assert recent.read(1 << 14) == data[position : position + (1 << 14)][: recent.tell() - position]
    assert recent.seek(0) == -1
    assert recent.seek(0, 2) == -1
    assert recent.tell() >= 3 << 20
    assert recent.seek(9 << 20) == len(data)
    assert recent.read(1) == b""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("alac", True),
        ("m4a-aac", True),
        ("caf", True),
        ("alac-index-in-front", False),
        ("m4a-aac-fragmented", False),
        ("mp3-cbr", False),
        ("wav-s16", False),
        ("wavpack-5.1", False),
    ],
)
def test_only_an_index_that_may_come_late_needs_seeking(name: str, expected: bool) -> None:
    stream = Stream(io.BytesIO(encoded(BY_NAME[name])).read)
    assert needs_seeking(stream) is expected
    assert stream.peek(1 << 24) == encoded(BY_NAME[name])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", False),
        (b"ftyp", False),
        (b"\0\0\0\x08ftyp", True),
        (b"\0\0\0\0ftypM4A ", True),
        (b"\0\0\0\x10free" + bytes(8), True),
        (b"\0\0\0\x01free" + (24).to_bytes(8, "big") + bytes(8) + b"\0\0\0\x08moov", False),
    ],
)
def test_an_mp4_that_ends_or_lies_in_its_boxes_ends_the_search(data: bytes, expected: bool) -> None:
    assert needs_seeking(Stream(io.BytesIO(data).read)) is expected
