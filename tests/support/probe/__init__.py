"""A third party's model that tries to reach out of its worker, installed as packages are."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_METADATA = "Metadata-Version: 2.1\nName: tonearm-probe\nVersion: 1.0\n"
_ENTRY_POINTS = "[tonearm.models]\nprobe = tonearm_probe\n"


def install(folder: Path) -> str:
    """Put it into a folder; the PYTHONPATH that finds it there."""
    shutil.copy(Path(__file__).with_name("tonearm_probe.py"), folder)
    info = folder / "tonearm_probe-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(_METADATA)
    (info / "entry_points.txt").write_text(_ENTRY_POINTS)
    return os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
