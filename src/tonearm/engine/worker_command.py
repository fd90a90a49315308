"""How the engine starts a worker process: its command, its environment, and where its log goes."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tonearm.config import Settings
from tonearm.engine.worker_log import WorkerLog
from tonearm.errors import WorkerLost

_PASSED = frozenset(
    {
        *("PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
        *("XDG_DATA_HOME", "XDG_CACHE_HOME"),
        *("TONEARM_MODELS_DIR", "TONEARM_WORKER_MEMORY_BYTES", "TONEARM_CPU_SECONDS", "TONEARM_LOG_FORMAT"),
    }
)
_PASSED_PREFIXES = ("PYTHON", "NUMBA_", "LC_", "MALLOC_")
_ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(32 << 20)}
"""What is freed is kept for the next block: glibc would give a megabyte back at once, and have each of its pages made
anew, which takes a tenth of the time of an analysis (mallopt(3))."""


async def start(
    log_level: str, models: str | None, write: Callable[[str], None]
) -> tuple[asyncio.subprocess.Process, WorkerLog]:
    """Start a worker that warms up for these models, or for all; its standard input and output carry frames, and
    lines of its log go to `write`.

    Raises WorkerLost if there can be no such process.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            # Without it, Python files in the current directory would replace modules.
            "-P",
            "-m",
            "tonearm.engine.worker_main",
            *([models] if models else []),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=_environment(log_level),
            # Ctrl-C reaches the whole group of a terminal, and a worker that is still starting does not ignore it.
            start_new_session=True,
        )
    except OSError as error:
        raise WorkerLost(f"{sys.executable} cannot be run: {error.strerror}.") from error
    return process, WorkerLog(process, Settings().log_format, write)


def _environment(log_level: str) -> dict[str, str]:
    """The part of this process's environment that a worker gets: nothing that may be a secret."""
    passed = _ALLOCATOR | {
        name: value for name, value in os.environ.items() if name in _PASSED or name.startswith(_PASSED_PREFIXES)
    }
    # One thread for linear algebra: a worker's neighbours use the other cores.
    passed |= {"TONEARM_LOG_LEVEL": log_level, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    if "PYTHONPATH" in passed:
        passed["PYTHONPATH"] = python_path(passed["PYTHONPATH"])
    return passed


def python_path(given: str) -> str:
    """A PYTHONPATH of absolute folders, without the current directory that an empty or relative entry may mean."""
    here = Path.cwd()
    found = [(Path(entry), Path(entry).resolve()) for entry in given.split(os.pathsep)]
    return os.pathsep.join(str(path) for entry, path in found if entry.is_absolute() or path != here)
