"""The first start of a server gets the default networks before its workers look for them."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from tonearm.config import Settings
from tonearm.networks.free.defaults import NAME, absent, untried
from tonearm.networks.free.installed import unfinished

log = logging.getLogger(__name__)

_SECONDS = 60.0
"""After twice the time that it gives itself, a machine is in no state to be waited for."""


def get_default_networks(settings: Settings) -> None:
    """Let a process get those that no start has tried to get, and wait for it. Never fails."""
    if not settings.pull_networks:
        return
    if untried(settings.models_dir):
        _run_first_start(settings.models_dir)
    elif missing := absent(settings.models_dir):
        names = ", ".join(project.name for project in missing)
        log.info("Networks that are not installed: %s. `tonearm models pull %s` gets them", names, NAME)


def _run_first_start(models: Path) -> None:
    # Its signals are ours to send, as Ctrl-C reaches the whole group of a terminal, and pip has to end with it.
    command = [sys.executable, "-P", "-m", "tonearm.networks.free.first_start", "--log"]
    process = None
    before = signal.signal(signal.SIGTERM, _end)
    try:
        process = subprocess.Popen(command, start_new_session=True)  # noqa: S603  # our own module
        process.wait(_SECONDS)
    except OSError as error:
        log.warning("%s cannot be run: %s. The default networks are not installed.", sys.executable, error.strerror)
    except subprocess.TimeoutExpired:
        log.warning("Getting the default networks takes too long, and is given up.")
    finally:
        signal.signal(signal.SIGTERM, before)
        if process is not None:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait()
            # Its threads may have begun one after it had tidied up.
            for left in models.glob(f"{unfinished(process.pid)}*"):
                shutil.rmtree(left, ignore_errors=True)


def _end(number: int, frame: FrameType | None) -> None:
    """A stop before there is anything to stop. As the first process of a container, it would be passed over."""
    sys.exit(0)
