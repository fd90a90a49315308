"""A third party's model that goes wrong in every way, installed as packages are: a module beside its metadata."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.python_path import in_front

_METADATA = "Metadata-Version: 2.1\nName: tonearm-faulty\nVersion: 1.0\n"
_ENTRY_POINTS = "[tonearm.models]\nfaulty = tonearm_faulty\n"


def install(folder: Path) -> str:
    """Put it into a folder; the PYTHONPATH that finds it there."""
    shutil.copy(Path(__file__).with_name("tonearm_faulty.py"), folder)
    info = folder / "tonearm_faulty-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(_METADATA)
    (info / "entry_points.txt").write_text(_ENTRY_POINTS)
    return in_front(folder)
