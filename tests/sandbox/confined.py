"""Programs run in confined processes."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

BOTH_STEPS = "enclose(Path(models), Path(cache))"


def confined(
    code: str,
    *,
    memory: int = 2**28,
    models: str | Path = "/nonexistent",
    cache: str | Path = "/nonexistent",
    landlock: int | None = None,
    first: str = "",
) -> str:
    """What a confined process prints, and its exit code: it runs `first` before it is confined, and `code` after.

    `landlock` has the kernel offer no newer version than that.
    """
    program = [
        "import os, sys",
        "from pathlib import Path",
        "from tonearm.sandbox import allow_cpu, confine, enclose, landlock",
        f"models, cache, newest = {str(models)!r}, {str(cache)!r}, landlock.version",
        f"landlock.version = lambda: min(newest(), {landlock or 99})",
        first,
        f"missing = confine({memory}, Path(models))",
        textwrap.dedent(code),
    ]
    done = subprocess.run(
        [sys.executable, "-P", "-c", "\n".join(program)],
        capture_output=True,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    return f"{done.stdout.strip()} {done.stderr.strip()} {done.returncode}"


def require_sandbox() -> None:
    """Skip on a system that does not offer all parts of it."""
    if sys.platform != "linux":
        pytest.skip("the kernel's parts are Linux's")
    missing = confined("print(missing)")
    if "[]" not in missing:
        pytest.skip(f"this system does not offer all parts of the sandbox: {missing}")
