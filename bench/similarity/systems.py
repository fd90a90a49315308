"""What says how similar two recordings are: our own embedding, and sonara's vectors of 48 numbers."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from bench import ask_sonara
from bench.similarity.retrieval import Matrix
from tonearm import analyze

OURS = "embedding:1"
_PROFILES = ("default", "timbre")


def embedding(audio: Path | bytes) -> list[float] | None:
    """None for silence and very short sound."""
    found: list[float] | None = analyze(audio, [OURS])["embedding"]["embedding"]
    return found


def sonara(paths: Sequence[Path]) -> dict[str, Matrix]:
    """By each of its profiles; nothing where it is not installed."""
    if find_spec("sonara") is None:
        return {}
    import sonara as peer

    vectors = [list(map(float, ask_sonara.sonara(path, ["embedding"])["embedding"])) for path in paths]
    name = f"sonara {metadata.version('sonara')}"
    return {
        f"{name}, {profile}": np.array(
            [[-peer.embedding_distance(one, other, profile=profile) for other in vectors] for one in vectors]
        )
        for profile in _PROFILES
    }
