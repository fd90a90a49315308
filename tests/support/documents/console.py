"""A `console` block: commands after `$ `, which go on after a backslash or with `> `, and what they print.

In what is printed, `…` stands for anything within a line, and a line that is only `…` for any lines.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.waiting import PATIENCE_SECONDS

_MARK = "===\x02==="


@dataclass(frozen=True)
class Command:
    line: str
    printed: str
    """What the page says that it prints; "" where it says nothing."""


def commands(text: str) -> list[Command]:
    found: list[Command] = []
    line, printed = "", ""
    for each in text.splitlines():
        if line.endswith("\\"):
            line += "\n" + each
        elif each.startswith("> ") and not printed:
            line += "\n" + each[2:]
        elif each.startswith("$ "):
            if line:
                found.append(Command(line, printed))
            line, printed = each[2:], ""
        else:
            assert line, f"what prints {each!r}?"
            printed += each + "\n"
    return [*found, Command(line, printed)] if line else found


def run(lines: list[str], folder: Path, environment: Mapping[str, str]) -> list[tuple[int, str]]:
    """The status of each, and all that it writes to the terminal. They run in one shell, one after the other."""
    script = "".join(f"{line}\nended=$?; printf '\\n{_MARK}%s\\n' $ended; (exit $ended)\n" for line in lines)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    parts = re.split(rf"\n{_MARK}(\d+)\n", done.stdout)
    return [(int(status), printed) for printed, status in zip(parts[::2], parts[1::2], strict=False)]


def matches(expected: str, printed: str) -> bool:
    return re.fullmatch(_pattern(_tidy(expected)), _tidy(printed) + "\n") is not None


def _pattern(expected: str) -> str:
    lines = []
    for line in expected.split("\n"):
        lines.append(r"(?:.*\n)*?" if line.strip() == "…" else r"[^\n]*?".join(map(re.escape, line.split("…"))) + r"\n")
    return "".join(lines)


def _tidy(text: str) -> str:
    """Without space at the ends of lines, nor empty lines at the ends of the text."""
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n")).rstrip()
