"""Folders in front of those that Python looks in anyway."""

from __future__ import annotations

import os


def in_front(folder: str | os.PathLike[str]) -> str:
    """The PYTHONPATH of a process that finds what is in the folder first."""
    return os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
