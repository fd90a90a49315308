"""The worker process: `python -P -m tonearm.engine.worker_main`, with frames on standard input and output.

It restricts itself before it imports anything that may start a thread.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from platformdirs import user_cache_path

from tonearm.config import Settings
from tonearm.logs import formatter
from tonearm.sandbox import enclose

log = logging.getLogger(__name__)


def main() -> None:
    # Ctrl-C reaches the whole group, and systemd's stop every process: the server decides when its workers end.
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    settings = Settings()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(settings.log_format, "worker"))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler])
    logging.getLogger("numba").setLevel(logging.WARNING)
    logging.getLogger("libav").setLevel(logging.CRITICAL)
    frames, out = _private_pipes()
    enclose(*_leave_directory(settings))
    # What is imported stays, and the collector would look through it time and again.
    gc.disable()
    from tonearm.engine.worker import serve

    try:
        serve(frames, out, sys.argv[1] if len(sys.argv) > 1 else None)
    except (EOFError, BrokenPipeError):
        log.debug("the engine has gone")


def _leave_directory(settings: Settings) -> tuple[Path, Path]:
    """Go where libraries find no configuration of a stranger's. Returns the folders of models and of compiled code."""
    models = settings.models_dir.absolute()
    cache = Path(os.environ.get("NUMBA_CACHE_DIR") or user_cache_path("tonearm") / "numba").absolute()
    # If it cannot be made, every worker compiles for itself.
    with suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
    os.environ |= {"TONEARM_MODELS_DIR": str(models), "NUMBA_CACHE_DIR": str(cache)}
    # Not every installer compiles what it installs, and a worker can write nowhere else: without its bytecode, each
    # start takes a second more.
    if os.access(cache, os.W_OK):
        sys.pycache_prefix, sys.dont_write_bytecode = str(cache), False
    os.chdir("/")
    return models, cache


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for frames alone: a library that prints goes to standard error."""
    frames = os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=1 << 16)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=1 << 16)
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return frames, out


if __name__ == "__main__":
    main()
