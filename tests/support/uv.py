"""uv, which builds and installs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

UV = [sys.executable, "-m", "uv", "--quiet"]


def build_wheel(source: Path, folder: Path) -> Path:
    """The wheel of the project in `source`, put into the folder as `make dist` does it."""
    build = ["build", "--wheel", "--no-build-isolation", "--python", sys.executable, "--out-dir", str(folder)]
    subprocess.run([*UV, *build], cwd=source, check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel
