from __future__ import annotations

from typing import Any

import pytest

from tonearm.results.file_format import clock, line

MP3: dict[str, Any] = {
    "container": "mp3",
    "codec": "mp3",
    "profile": None,
    "bit_rate": 319_998,
    "sample_rate": 44_100,
    "bit_depth": None,
    "layout": "stereo",
    "duration": 201.9,
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "MP3, 320 kbit/s, 44.1 kHz, stereo, 3:21"),
        ({"bit_rate": None}, "MP3, 44.1 kHz, stereo, 3:21"),
        ({"codec": "flac", "bit_depth": 24, "sample_rate": 96_000}, "FLAC, 24 bit, 96 kHz, stereo, 3:21"),
        ({"codec": "pcm_s16be", "container": "aiff", "bit_depth": 16}, "AIFF, 16 bit, 44.1 kHz, stereo, 3:21"),
        ({"codec": "pcm_s16le", "container": "matroska", "bit_depth": 16}, "PCM, 16 bit, 44.1 kHz, stereo, 3:21"),
        ({"codec": "aac", "profile": "LC"}, "AAC, 320 kbit/s, 44.1 kHz, stereo, 3:21"),
        ({"codec": "aac", "profile": "HE-AACv2"}, "HE-AACv2, 320 kbit/s, 44.1 kHz, stereo, 3:21"),
        ({"codec": "vorbis", "layout": "5.1", "sample_rate": 11_025}, "Vorbis, 320 kbit/s, 11.025 kHz, 5.1, 3:21"),
        ({"codec": "wmav2"}, "WMA, 320 kbit/s, 44.1 kHz, stereo, 3:21"),
    ],
)
def test_a_file_in_a_line(changes: dict[str, Any], words: str) -> None:
    assert line(MP3 | changes) == words


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00"), (59.9, "0:59"), (3600, "1:00:00"), (4509, "1:15:09")])
def test_a_time(seconds: float, words: str) -> None:
    assert clock(seconds) == words
