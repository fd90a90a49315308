"""How far a batch is, drawn on a terminal while it runs."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.constrain import Constrain
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from tonearm.cli.backend import Outcome
from tonearm.cli.so_far import SoFar
from tonearm.cli.source import Source
from tonearm.cli.terminal import err, printable
from tonearm.protocol.messages import Partial

_MOST_NAMES = 4
_USUAL_START = 3.0
"""Seconds."""


class Progress:
    """What is done of some sources, and, between `start` and `stop` where somebody watches, a picture of it."""

    def __init__(self) -> None:
        self.watched = err.is_terminal and not _goes_into_a_pipe()
        self.expected: int | None = None
        """How many sources there are; None while that is not known."""
        self._total = 0
        self._bytes = 0
        self._current: dict[Source, int] = {}
        self._so_far: dict[Source, SoFar] = {}
        self._started = monotonic()
        self._begun: float | None = None
        self._live: Live | None = None
        self.failed = 0
        self.done = 0
        self.audio_seconds = 0.0

    def expect(self, sources: Iterable[Source]) -> None:
        count, total, sized = 0, 0, True
        for source in sources:
            count += 1
            total += source.size or 0
            sized = sized and (source.size is not None or source.problem is not None)
        self._total = total if sized else 0
        self.expected = count

    def began(self, source: Source) -> None:
        self._begun = self._begun or monotonic()
        self._current[source] = 0

    def at(self, source: Source, position: int) -> None:
        # A read that nobody waits for any more may end after its source has.
        if source in self._current:
            self._current[source] = position

    def told(self, source: Source, partial: Partial) -> None:
        if source in self._current:
            self._so_far.setdefault(source, SoFar()).take(partial)

    def ended(self, outcome: Outcome) -> None:
        self._current.pop(outcome.source)
        self._so_far.pop(outcome.source, None)
        self._bytes += outcome.source.size or 0
        self.done += 1
        self.failed += bool(outcome.analysis.errors)
        self.audio_seconds += outcome.audio_seconds

    @property
    def seconds(self) -> float:
        """Since the first source was begun."""
        return monotonic() - self._begun if self._begun else 0.0

    def start(self) -> None:
        if self.watched:
            self._live = Live(self, console=err, transient=True, redirect_stdout=False, redirect_stderr=False)
            self._live.start()

    def stop(self) -> None:
        if self._live:
            self._live.stop()
            self._live = None

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Out of the way of what is written to the same terminal meanwhile."""
        drawn = self._live is not None
        self.stop()
        try:
            yield
        finally:
            if drawn:
                self.start()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        # Room for the ^C that a terminal prints behind it: a line more than was drawn would stay when it is wiped out.
        yield Constrain(Group(*self._lines()), options.max_width - 3)

    def _lines(self) -> Iterator[RenderableType]:
        if not self._begun:
            longer = monotonic() - self._started > _USUAL_START
            yield Text("starting … the first start compiles code" if longer else "starting …", style="dim")
            return
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(ratio=1)
        grid.add_column(no_wrap=True)
        grid.add_row(ProgressBar(total=1.0, completed=self._share()), self._counts())
        yield grid
        yield Text(" · ".join(self._rates()), style="dim", no_wrap=True, overflow="ellipsis")
        for source in list(self._current)[:_MOST_NAMES]:
            yield Text(f"  {printable(source.name)}", style="cyan", no_wrap=True, overflow="ellipsis")
            if source in self._so_far:
                yield Text(f"    {self._so_far[source]}", style="dim", no_wrap=True, overflow="ellipsis")
        if len(self._current) > _MOST_NAMES:
            yield Text(f"  and {len(self._current) - _MOST_NAMES} more", style="cyan")

    def _counts(self) -> Text:
        counts = Text(str(self.done) if self.expected is None else f"{self.done} of {self.expected}")
        if self.failed:
            counts.append(f", {self.failed} failed", style="red")
        return counts

    def _share(self) -> float:
        """Of the bytes, since files differ in length; of the sources where not every size is known."""
        if not self._total:
            return self.done / self.expected if self.expected else 0.0
        return min(1.0, (self._bytes + sum(self._current.values())) / self._total)

    def _rates(self) -> Iterator[str]:
        seconds, share = self.seconds, self._share()
        if self.done:
            yield f"{self.done / seconds:.3g} files/s"
        if self.audio_seconds:
            yield f"{self.audio_seconds / seconds:.0f}x realtime"
        yield f"{timedelta(seconds=int(seconds))} elapsed"
        if 0.02 < share < 1:
            yield f"{timedelta(seconds=round(seconds * (1 - share) / share))} left"


def _goes_into_a_pipe() -> bool:
    """Whether results go to a program that may write to the same terminal: the two would overwrite each other."""
    return sys.stdout is not None and stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode)
