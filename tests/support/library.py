"""Libraries whose vectors, keys and tempi are known, written as `tonearm batch` writes them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tonearm.config import Settings
from tonearm.parquet.known import Known
from tonearm.parquet.manifest import record
from tonearm.parquet.parts import Parts
from tonearm.parquet.tables import Tables
from tonearm.parquet.writer import Writer
from tonearm.pipeline.registry import catalog
from tonearm.protocol.spec import parse
from tonearm.results.analysis import Analysis
from tonearm.results.music import Key
from tonearm.results.requested import requested_models

MODELS = "embedding:1,key:2,beats:1,audio:1"


@dataclass(frozen=True)
class Entry:
    source: str
    degrees: float | None
    """Where its vector lies on a circle: the cosine between two is known. None for a track without one."""
    key: Key | None = None
    tempo: float | None = None
    seconds: float = 200.0
    digest: str | None = None
    """That of another entry where it is the same track; its source otherwise."""

    def analysis(self) -> Analysis:
        angle = np.deg2rad(self.degrees or 0)
        vector = [float(np.cos(angle)), float(np.sin(angle)), *[0.0] * 126]
        results: dict[str, dict[str, Any]] = {
            "embedding": {"embedding": None if self.degrees is None else vector, "reason": None},
            "key": {
                "key": self.key.tonic if self.key else "C",
                "scale": self.key.scale if self.key else "major",
                "certainty": "certain" if self.key else "uncertain",
            },
            "beats": {"tempo": self.tempo or 100.0, "certainty": "certain" if self.tempo else "uncertain"},
            "audio": {
                "codec": "mp3",
                "sample_rate": 44_100,
                "channels": 2,
                "layout": "stereo",
                "duration": self.seconds,
                "damaged": [],
                "digest": self.digest or self.source,
            },
        }
        return Analysis(results=results, errors=[])


def write_library(folder: Path, entries: Iterable[Entry]) -> Path:
    tasks = catalog().resolve(parse(MODELS))
    models = requested_models(catalog(), tasks)
    with closing(Parts(folder)) as parts:
        record(folder, models, {}, None, Settings().caps)
        writer = Writer(parts, Tables(models), Known(parts, lambda sources: [True] * len(sources)))
        for entry in entries:
            writer.add(entry.source, 1, entry.analysis())
        writer.flush()
    return folder
