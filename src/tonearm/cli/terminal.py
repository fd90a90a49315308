"""What is written where: results to standard output, everything else to standard error."""

from __future__ import annotations

import sys
from io import TextIOWrapper

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.text import Text

err = Console(stderr=True, highlight=False, soft_wrap=True)


def show(results: RenderableType) -> None:
    """Print what people read. Where it goes into a pipe or a file, a line is as long as it must be, and no longer."""
    if sys.stdout.isatty():
        if isinstance(sys.stdout, TextIOWrapper):
            # Not every terminal has every letter.
            sys.stdout.reconfigure(errors="backslashreplace")
        Console(highlight=False).print(results)
        return
    wide = Console(highlight=False, width=_UNLIMITED)
    with wide.capture() as captured:
        wide.print(results)
    for line in captured.get().splitlines():
        sys.stdout.buffer.write(line.rstrip().encode() + b"\n")
    sys.stdout.buffer.flush()


_UNLIMITED = 10_000


class Name:
    """A file's name that loses its middle where a terminal is too narrow for it."""

    def __init__(self, name: str) -> None:
        self._name = printable(name)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        excess = cell_len(self._name) - options.max_width
        if excess <= 0:
            yield Text(self._name)
            return
        room = options.max_width - 1
        # What tells files of a folder apart is more often at the end.
        beginning = set_cell_size(self._name, room // 3)
        end = set_cell_size(self._name[::-1], room - room // 3)[::-1]
        yield Text(f"{beginning}…{end}", no_wrap=True, overflow="crop")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        length = cell_len(self._name)
        return Measurement(min(length, _SHORTEST), length)


_SHORTEST = 16


def printable(text: str) -> str:
    """On one line, without what would move the cursor or colour the terminal: names come from anywhere."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def complain(words: str) -> None:
    err.print(f"tonearm: {printable(words)}", markup=False)
