"""`--skip-done`: which files an earlier run has left complete results of."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from tonearm.protocol.job import Task
from tonearm.results.requested import spelled


class EarlierRun:
    """The lines of a file that `tonearm analyze --format json` has written."""

    def __init__(self, file: Path) -> None:
        self._models: dict[str, set[str]] = {}
        self.unreadable = 0
        """Lines that are no result: a crash cuts one off."""
        with file.open("rb") as lines:
            for line in lines:
                self._read(line)

    def _read(self, line: bytes) -> None:
        try:
            result = json.loads(line)
            name, models, errors = result["file"], result["models"], result["errors"]
        except (ValueError, TypeError, KeyError):
            self.unreadable += bool(line.strip())
            return
        if not errors:
            self._models.setdefault(name, set()).update(models)

    def has(self, name: str, tasks: Iterable[Task]) -> bool:
        """Whether it has a result of each of the models, of this version and with these parameters."""
        return {spelled(task) for task in tasks} <= self._models.get(name, set())


def end_cut_off_line(file: Path) -> None:
    """Where standard output goes on in this file and its last line was cut off, begin a new one."""
    with file.open("rb") as lines:
        here, there = os.fstat(sys.stdout.fileno()), os.fstat(lines.fileno())
        if (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino) and there.st_size:
            lines.seek(-1, os.SEEK_END)
            if lines.read() != b"\n":
                sys.stdout.buffer.write(b"\n")
