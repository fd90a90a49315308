"""What the names of MTG's files say."""

from __future__ import annotations

import re


def split(stem: str) -> tuple[str, int]:
    """The model's full name and its version, from the name of a network's files; their batch size is no part of it."""
    found = re.fullmatch(r"(?P<name>.+?)(?:-bs64)?-(?P<version>[0-9]{1,4})", stem)
    name, version = (found["name"], int(found["version"])) if found else (stem, 1)
    return re.sub(r"[^A-Za-z0-9_]", "_", name), version


def task(stem: str) -> str:
    """What a network answers, whatever it is built on: `danceability`."""
    return stem.split("-")[0]
