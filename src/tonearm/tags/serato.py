"""The beat grid that Serato DJ keeps in the tags of a file, and Mixxx reads there.

J. Holthuis: Serato tags, https://github.com/Holzhaus/serato-tags: two bytes of a version, the number of markers, and
markers in the order of their times. Each is a downbeat: its time as a 32-bit float, and how many beats there are until
the next one; the last one has the tempo in place of that. A byte of unknown meaning follows. Numbers are big-endian.

In tables and undo files a grid is a text, such as `0.488 s, 4 beats; 2.488 s, 120.0000 bpm`.
"""

from __future__ import annotations

import re
import struct
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from tonearm.results.beat_grid import grid

NAME = "Serato BeatGrid"
MIME = "application/octet-stream"

_VERSION, _FOOTER = b"\x01\x00", b"\x00"
_HEADER = f"{MIME}\0\0{NAME}\0".encode()
"""In formats that keep text only, before the grid."""
_LINE = 72
_MARKER = re.compile(r"([\d.]+) s, (?:(\d+) beats|([\d.]+) bpm)")


def text(beats: Mapping[str, Any]) -> str | None:
    """Of a result of `beats`: one marker where the tempo is constant, else one at each downbeat. None without bars."""
    downbeats: list[float] = beats["downbeats"]
    if not beats["tempo_curve"]:
        marks = grid(beats) if downbeats else ()
        return _last(marks[0].time, marks[0].bpm) if marks else None
    if len(downbeats) < 2:
        return None
    places = {beat: place for place, beat in enumerate(beats["beats"])}
    markers = [f"{one:.3f} s, {places[other] - places[one]} beats" for one, other in pairwise(downbeats)]
    one, other = downbeats[-2:]
    return "; ".join((*markers, _last(other, 60 * (places[other] - places[one]) / (other - one))))


def _last(time: float, bpm: float) -> str:
    return f"{time:.3f} s, {bpm:.4f} bpm"


def to_bytes(grid: str) -> bytes:
    """Of a text as above. Raises ValueError for another one."""
    found = [_MARKER.fullmatch(marker) for marker in grid.split("; ")]
    markers = [marker for marker in found if marker]
    if len(markers) != len(found) or [marker for marker in markers if marker[3]] != markers[-1:]:
        raise ValueError(f"no beat grid: {grid}")
    packed = (
        struct.pack(">fI", float(time), int(beats)) if beats else struct.pack(">ff", float(time), float(bpm))
        for time, beats, bpm in (marker.groups() for marker in markers)
    )
    return _VERSION + struct.pack(">I", len(markers)) + b"".join(packed) + _FOOTER


def from_bytes(data: bytes) -> str:
    """The text of a grid; of anything else, how long it is."""
    count = struct.unpack(">I", data[2:6])[0] if len(data) > 6 else 0
    if not count or data[:2] != _VERSION or len(data) != 6 + 8 * count + len(_FOOTER):
        return f"{len(data)} bytes"
    markers = [f"{time:.3f} s, {beats} beats" for time, beats in struct.iter_unpack(">fI", data[6 : 8 * count - 2])]
    return "; ".join((*markers, _last(*struct.unpack(">ff", data[8 * count - 2 : 8 * count + 6]))))


def to_base64(grid: str, lines: bool) -> str:
    """As FLAC, with `lines`, and MP4 keep it: without padding."""
    encoded = b64encode(_HEADER + to_bytes(grid)).decode().rstrip("=")
    return "\n".join(encoded[at : at + _LINE] for at in range(0, len(encoded), _LINE)) if lines else encoded


def from_base64(encoded: str) -> str:
    joined = "".join(encoded.split())
    try:
        data = b64decode(joined + "=" * (-len(joined) % 4), validate=True)
    except Error:
        return f"{len(encoded)} characters"
    return from_bytes(data.removeprefix(_HEADER))
