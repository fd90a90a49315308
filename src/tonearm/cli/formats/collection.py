"""Files as the collection of a DJ's program."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from tonearm.cli.backend import Outcome
from tonearm.cli.formats.output import write
from tonearm.cli.formats.track import Track, track
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Task


class Collection(ABC):
    """Of the files that were analysed; written at the end."""

    immediate: ClassVar[bool] = False

    def __init__(self, uncertain: bool) -> None:
        self._uncertain = uncertain

    def ready(self, catalog: Catalog, tasks: tuple[Task, ...]) -> None:
        self._tracks: list[Track] = []

    def write(self, outcome: Outcome) -> None:
        if (found := track(outcome, self._uncertain)) is not None:
            self._tracks.append(found)

    def end(self) -> None:
        write(self.collected(sorted(self._tracks, key=lambda track: track.path)))

    @abstractmethod
    def collected(self, tracks: Sequence[Track]) -> bytes:
        """The whole collection; `tracks` are by path."""
