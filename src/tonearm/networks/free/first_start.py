"""Getting the default networks at the first start: all at once, within a time, and each only once.

    python -P -m tonearm.networks.free.first_start [--log]

It tells in lines what it does; with --log, for a server, in those of its log. What cannot be had is one line, and no
failure: models answer without. It is a process of its own, because pip, downloads and onnxruntime have no place in the
server.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic, sleep

from tonearm.config import Settings
from tonearm.logs import formatter
from tonearm.networks.free.defaults import INSTEAD, NAME, TRIED, remember, untried
from tonearm.networks.free.install import install
from tonearm.networks.free.projects import Address, Project
from tonearm.networks.pack import PackError
from tonearm.networks.store import Store

log = logging.getLogger("tonearm.networks.free.first_start")

SECONDS = 30.0
"""For all of them together."""
_SILENT_SECONDS = 10.0
"""For an address to send its first byte. A host that a firewall hides says nothing, at each of its addresses."""
_GRACE_SECONDS = 1.0
"""For pip or uv, whose time is over, to end."""
_PAUSE = 0.1


class _Getting:
    """One project on its way, in a thread that ends with the process if it must."""

    def __init__(self, project: Project, store: Store, seconds: float, ended: SimpleQueue[_Getting]) -> None:
        self.project = project
        self.error: PackError | OSError | None = None
        self.silent = isinstance(project.source, Address)
        Thread(target=self._get, args=(store, seconds, ended), daemon=True).start()

    def _get(self, store: Store, seconds: float, ended: SimpleQueue[_Getting]) -> None:
        try:
            install(self.project, store, None, self._progress, seconds)
        except (PackError, OSError) as error:
            self.error = error
        ended.put(self)

    def _progress(self, done: int, total: int | None) -> None:
        self.silent = False


def first_start(models: Path, seconds: float = SECONDS, silent_seconds: float = _SILENT_SECONDS) -> None:
    """Get what is not in the models folder and was not tried before. Logs what becomes of it."""
    begun = monotonic()
    if not untried(models):
        return
    try:
        with _alone(models, begun + seconds):
            # Another start may have got them meanwhile.
            if wanted := untried(models):
                _get_all(wanted, models, begun, seconds, silent_seconds)
    except TimeoutError:
        log.warning("Another start is still getting networks into %s. This one goes on without.", models)
    except OSError as error:
        names = ", ".join(project.name for project in untried(models))
        log.warning(
            "%s cannot be written to (%s), so the networks %s are not installed: signal processing answers where it "
            "can. Choose a folder with TONEARM_MODELS_DIR, and run `tonearm models pull %s`.",
            *(models, error.strerror, names, NAME),
        )


def _get_all(wanted: list[Project], models: Path, begun: float, seconds: float, silent_seconds: float) -> None:
    names = ", ".join(project.name for project in wanted)
    log.info("Getting networks with a free licence into %s, for %.0f s at most: %s", models, seconds, names)
    ended: SimpleQueue[_Getting] = SimpleQueue()
    left = [_Getting(project, Store(models), begun + seconds - monotonic(), ended) for project in wanted]
    installed = 0
    while left:
        silent = [each for each in left if each.silent]
        ends = begun + (silent_seconds if silent else seconds + _GRACE_SECONDS)
        try:
            one = ended.get(timeout=max(0.0, ends - monotonic()))
        except Empty:
            for each in silent or left:
                _tell_missing(each.project, models, f"{each.project.source} does not answer in time")
            left = [each for each in left if silent and each not in silent]
            continue
        if one not in left:
            continue
        left.remove(one)
        if one.error is None:
            installed += 1
            project = one.project
            log.info("%s is installed: %s (%s, %s)", project.name, project.title, project.licence, project.authors)
            _note(one.project, models)
        else:
            _tell_missing(one.project, models, _words(one.error))
    log.info("Networks: %d of %d installed in %.1f s", installed, len(wanted), monotonic() - begun)


def _tell_missing(project: Project, models: Path, reason: str) -> None:
    log.warning(
        "%s (%s) is not installed: %s. Until `tonearm models pull %s` gets it, %s.",
        *(project.name, project.licence, reason.rstrip("."), project.name, INSTEAD[project.name]),
    )
    _note(project, models)


def _note(project: Project, models: Path) -> None:
    try:
        remember(project, models)
    except OSError as error:
        log.warning("%s cannot be written to: %s.", models, error.strerror)


def _words(error: PackError | OSError) -> str:
    words = str(error) if isinstance(error, PackError) else error.strerror or str(error)
    # Without what is between the host and the file.
    return re.sub(r"(https?://[^/\s]+)/\S*/", r"\1/…/", " ".join(words.split()))


@contextmanager
def _alone(models: Path, until: float) -> Iterator[None]:
    """No other start does the same to this folder. Raises TimeoutError if one still does then, OSError if it cannot."""
    (models / TRIED).mkdir(parents=True, exist_ok=True)
    with (models / TRIED / "lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if monotonic() >= until:
                    raise TimeoutError from None
                sleep(_PAUSE)
        yield


def main() -> None:
    settings = Settings()
    handler = logging.StreamHandler()
    if sys.argv[1:] == ["--log"]:
        # The server removes what is being written: at the end of an interpreter its threads may go on writing.
        signal.signal(signal.SIGTERM, lambda *_: os._exit(1))
        handler.setFormatter(formatter(settings.log_format, "networks"))
        logging.basicConfig(handlers=[handler], level=settings.log_level.upper())
    else:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        logging.basicConfig(handlers=[handler], level="INFO", format="%(message)s")
    if settings.pull_networks:
        first_start(settings.models_dir)


if __name__ == "__main__":
    main()
