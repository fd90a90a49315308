"""The first start of a server gets the default networks before its workers look for them."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from types import FrameType

from tonearm.config import Settings
from tonearm.networks.free.defaults import NAME, absent, untried

log = logging.getLogger(__name__)

_SECONDS = 60.0
"""After twice the time that it gives itself, a machine is in no state to be waited for."""


def get_default_networks(settings: Settings) -> None:
    """Let a process get those that no start has tried to get, and wait for it. Never fails."""
    if not settings.pull_networks:
        return
    if untried(settings.models_dir):
        _run_first_start()
    elif missing := absent(settings.models_dir):
        names = ", ".join(project.name for project in missing)
        log.info("Networks that are not installed: %s. `tonearm models pull %s` gets them", names, NAME)


def _run_first_start() -> None:
    # Its signals are ours to send, as Ctrl-C reaches the whole group of a terminal, and pip has to end with it.
    command = [sys.executable, "-P", "-m", "tonearm.networks.free.first_start", "--log"]
    try:
        process = subprocess.Popen(command, start_new_session=True)  # noqa: S603  # our own module
    except OSError as error:
        log.warning("%s cannot be run: %s. The default networks are not installed.", sys.executable, error.strerror)
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        log.warning("Getting the default networks takes too long, and is given up.")
    finally:
        signal.signal(signal.SIGTERM, before)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def _end(number: int, frame: FrameType | None) -> None:
    """A stop before there is anything to stop. As the first process of a container, it would be passed over."""
    sys.exit(0)
