"""Where the models run: `local`, in sandboxed processes of this machine or its cluster, or `remote`, on a server."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

from tonearm.cli.reading import At
from tonearm.cli.so_far import Told
from tonearm.cli.source import Source
from tonearm.errors import TonearmError
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Task
from tonearm.results.analysis import Analysis

PARTIAL_SECONDS = 1.0
"""Of audio between two partial results, where somebody watches."""


class BatchAborted(TonearmError):
    """What would befall every other source too."""


@dataclass(frozen=True)
class Outcome:
    """What became of one source."""

    source: Source
    analysis: Analysis
    audio_seconds: float = 0.0
    """How much audio was analysed, as far as that is known."""


class Backend(Protocol):
    listing: str
    """What lists its models, for whoever asked for one that it has not."""

    async def __aenter__(self) -> Catalog:
        """The models that there are. Raises BatchAborted where none can run."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def analyze(self, source: Source, tasks: tuple[Task, ...], at: At, told: Told | None) -> Outcome:
        """Without `told`, no partial results are asked for.

        What is wrong with the source is among the outcome's errors; raises only BatchAborted.
        """
