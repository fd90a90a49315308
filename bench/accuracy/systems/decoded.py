from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.ffmpeg import ffmpeg


@contextmanager
def decoded(path: Path) -> Iterator[Path]:
    """The file as WAV, for a peer that cannot read it. Raises CalledProcessError for what is not audio."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "decoded.wav"
        subprocess.run([ffmpeg(), "-v", "error", "-i", str(path), str(wav)], check=True)
        yield wav
