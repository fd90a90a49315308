"""What FFmpeg finds in a file: its packets and its tags."""

from __future__ import annotations

import hashlib
from pathlib import Path

import av


def packets(file: Path) -> list[str]:
    with av.open(str(file)) as container:
        return [hashlib.sha256(bytes(packet)).hexdigest() for packet in container.demux(audio=0)]


def read_by_ffmpeg(file: Path) -> dict[str, str]:
    with av.open(str(file)) as container:
        return {**container.metadata, **container.streams[0].metadata}
