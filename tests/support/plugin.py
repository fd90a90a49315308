"""A module of models, installed as a third party's package is: beside its metadata."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.python_path import in_front


def install(module: Path, folder: Path) -> str:
    """Put it into a folder; the PYTHONPATH that finds it there."""
    shutil.copy(module, folder)
    name = module.stem
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[tonearm.models]\n{name.removeprefix('tonearm_')} = {name}\n")
    return in_front(folder)
