"""What tags were before they were written, a line of JSON for each file, and their way back."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from tonearm.errors import TonearmError
from tonearm.tags import Tags, change, opened


class UndoLog:
    """Lines are on the disk before a file is changed, behind those of earlier runs."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def record(self, path: str, tags: Mapping[str, str]) -> None:
        """What `path` has now in place of these tags. Raises TagError and OSError."""
        now = opened(path)
        was = {tag: {"was": now.entries(tag), "is": value} for tag, value in tags.items()}
        # ASCII, so that a name that is no UTF-8 can be read back.
        self._file.write(json.dumps({"file": os.path.abspath(path), "tags": was}).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


@dataclass
class Undone:
    files: int = 0
    complaints: list[str] = field(default_factory=list)


def undo(log: Path, preserve_mtime: bool = False) -> Undone:
    """Give each file back the tags that it had, the last line first. A tag that was changed since stays.

    Raises OSError where the log cannot be read.
    """
    undone = Undone()
    lines = log.read_bytes().splitlines()
    if lines and not any(map(_told, lines)):
        return Undone(complaints=[f"{log} is no undo file."])
    for number, line in reversed(list(enumerate(lines, 1))):
        told = _told(line)
        if told is None:
            undone.complaints.append(f"{log}: line {number} is not of an undo file.")
            continue
        path, tags = told
        try:
            undone.files += _undo(path, tags, preserve_mtime, undone.complaints)
        except (TonearmError, OSError, TypeError, KeyError) as error:
            from tonearm.cli.source import words

            undone.complaints.append(f"{path}: {words(error)}")
    return undone


def _told(line: bytes) -> tuple[str, dict[str, dict[str, Any]]] | None:
    """The file and its tags; None for what is no line of an undo file."""
    try:
        told = json.loads(line)
        return told["file"], told["tags"]
    except (ValueError, TypeError, KeyError):
        return None


def _undo(path: str, tags: dict[str, dict[str, Any]], preserve_mtime: bool, complaints: list[str]) -> bool:
    """Whether anything was to be done."""
    now = opened(path)
    back = {tag: each["was"] for tag, each in tags.items() if now.entries(tag) != each["was"]}
    for tag in [tag for tag in back if now.get(tag) != tags[tag]["is"]]:
        complaints.append(f"{path}: {tag} was changed since, and stays.")
        del back[tag]

    def restore(copy: Tags) -> None:
        for tag, entries in back.items():
            copy.restore(tag, entries)

    if back:
        change(path, restore, preserve_mtime)
    return bool(back)
