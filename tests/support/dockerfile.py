"""The Dockerfile, read as far as the tests need it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def instructions() -> list[tuple[str, str]]:
    """Each instruction and what follows it, on one line."""
    return list(_instructions((ROOT / "Dockerfile").read_text()))


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    for line in re.sub(r"\\\n", "", text).splitlines():
        if line and not line.startswith("#"):
            name, _, rest = line.partition(" ")
            yield name, rest


def last(name: str) -> str:
    """What follows the last instruction of that name, which is the one that counts."""
    return [rest for other, rest in instructions() if other == name][-1]


def environment() -> dict[str, str]:
    """What the image sets, without PATH."""
    return {name: value for name, value in re.findall(r"(\w+)=(\S+)", last("ENV")) if name != "PATH"}


def health_check() -> list[str]:
    command: list[str] = json.loads(last("HEALTHCHECK").partition("CMD ")[2])
    return command


def context() -> list[str]:
    """What .dockerignore lets into the build."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*"
    return [line[1:] for line in lines if line.startswith("!")]


def copied() -> list[str]:
    """What the build copies out of its context."""
    return [
        source
        for name, rest in instructions()
        if name == "COPY" and "--from" not in rest
        for source in rest.split()[:-1]
    ]
