"""What networks cost: MusiCNN's tags beside essentia-tensorflow, and eight heads on one embedding beside one."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figure import Figure
from bench.server import Server

ROOT = Path(__file__).parents[1]
WEIGHTS = ROOT.parent / "shared" / "models"
PEER = ROOT / ".venv" / "essentia-tensorflow"
ROUNDS = 3
HEADS = 8


def networks(file: Path) -> list[Figure]:
    """Nothing where the weights are absent."""
    if not WEIGHTS.is_dir():
        return []
    python = _peer()
    audio = file.read_bytes()
    ratios, shares = [], []
    with _models() as folder, Server.started(TONEARM_WORKERS="1", TONEARM_MODELS_DIR=str(folder)) as server:
        heads = ",".join(f"mirex{number}" for number in range(HEADS))
        server.analyze(audio, "msd_musicnn")
        for _ in range(ROUNDS):
            ratios.append(_cost(server, audio, "msd_musicnn") / _peer_cost(python, file))
            shares.append(_cost(server, audio, heads) / _cost(server, audio, "mirex0"))
    return [
        Figure("CPU of MusiCNN's tags ÷ essentia-tensorflow", statistics.median(ratios), 0.35),
        Figure("CPU of eight heads on one embedding ÷ one head", statistics.median(shares), 1.1),
    ]


def _cost(server: Server, audio: bytes, models: str) -> float:
    before = server.cpu()
    server.analyze(audio, models)
    return server.cpu() - before


def _peer_cost(python: Path, file: Path) -> float:
    command = [python, ROOT / "bench" / "peers" / "essentia_tensorflow.py", file, WEIGHTS / "msd-musicnn-1.pb"]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])


def _peer() -> Path:
    """The Python of an environment with essentia-tensorflow, which cannot live beside essentia."""
    python = PEER / "bin" / "python"
    if not (PEER / ".complete").exists():
        subprocess.run([sys.executable, "-m", "venv", PEER], check=True)
        requirements = ROOT / "requirements" / "essentia-tensorflow.txt"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", requirements], check=True)
        (PEER / ".complete").touch()
    return python


@contextmanager
def _models() -> Iterator[Path]:
    """A models folder with MusiCNN, and one real head on it under eight names."""
    with tempfile.TemporaryDirectory() as scratch:
        source, folder = Path(scratch) / "source", Path(scratch) / "models"
        source.mkdir()
        for suffix in ("json", "pb"):
            shutil.copy(WEIGHTS / f"msd-musicnn-1.{suffix}", source)
            for number in range(HEADS):
                shutil.copy(
                    WEIGHTS / f"moods_mirex-msd-musicnn-1.{suffix}", source / f"mirex{number}-msd-musicnn-1.{suffix}"
                )
        subprocess.run(
            [sys.executable, "-m", "tonearm", "models", "convert", source],
            env={**os.environ, "TONEARM_MODELS_DIR": str(folder)},
            check=True,
        )
        yield folder
