"""Which ffmpeg is the floor: the machine's own, else the one that a package brings."""

from __future__ import annotations

import shutil

import imageio_ffmpeg


def ffmpeg() -> str:
    return shutil.which("ffmpeg") or str(imageio_ffmpeg.get_ffmpeg_exe())
