"""A folder of recordings: `tonearm analyze` beside sonara's analyze_batch, files per second.

`python -m bench.library` measures this alone.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from bench.figure import Figure, table
from bench.process import run
from bench.server import MODELS

RECORDINGS = Path(__file__).parents[2] / "shared" / "audio"
PEER = Path(__file__).parent / "peers" / "sonara_batch.py"
ROUNDS = 3


def library() -> list[Figure]:
    """Nothing where the recordings are absent."""
    if not RECORDINGS.is_dir():
        return []
    files = [str(path) for path in sorted(RECORDINGS.rglob("*")) if path.suffix in {".mp3", ".ogg", ".flac", ".wav"}]
    ratios, details = [], []
    command = [sys.executable, "-m", "tonearm", "analyze", *files, "--models", MODELS, "--format", "json"]
    for _ in range(ROUNDS + 1):
        ours = run(command).wall
        peer = subprocess.run(
            [sys.executable, PEER], input="\n".join(files), capture_output=True, text=True, check=True
        )
        theirs, failed = map(float, peer.stdout.split())
        ratios.append(theirs / ours)
        details.append(f"{len(files) / ours:.1f} and {len(files) / theirs:.1f} files/s, {failed:.0f} failed there")
    return [
        Figure(
            "files per second of `tonearm analyze` ÷ sonara",
            statistics.median(ratios[1:]),
            2,
            most=False,
            detail=details[-1],
        )
    ]


if __name__ == "__main__":
    Console(width=150).print(table(library()))
