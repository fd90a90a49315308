"""The input and the outcome of an installation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tonearm.networks.pack import Pack
from tonearm.networks.store import Provenance


@dataclass(frozen=True)
class Original:
    """A network as it was published: metadata, and weights as a frozen graph (.pb) or ONNX."""

    metadata: Path
    weights: Path
    source: str

    @property
    def stem(self) -> str:
        return self.metadata.stem


@dataclass(frozen=True)
class Installed:
    """A network that was converted, checked and moved to the models folder."""

    pack: Pack
    provenance: Provenance
    waits_for: str | None
    """The stem of the network whose embeddings it takes, if that one is not installed yet."""
