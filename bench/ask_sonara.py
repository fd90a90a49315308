"""What sonara says of a file, in seconds, as its documentation shows it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.accuracy.systems.decoded import decoded


def sonara(path: Path, features: Sequence[str]) -> Any:
    """A file that it cannot read it gets as WAV. Raises ValueError where it cannot read that either."""
    result = _analysed(path, features)
    if result.failed:
        with decoded(path) as wav:
            result = _analysed(wav, features)
    if result.failed:
        raise ValueError(str(result["error"]))
    return result


def seconds(result: Any, frames: str) -> list[float]:
    """Where those frames of a result begin."""
    provenance = result["provenance"]
    return [float(frame) * provenance["hop_length"] / provenance["sample_rate"] for frame in result[frames]]


def _analysed(path: Path, features: Sequence[str]) -> Any:
    import sonara as peer

    (result,) = peer.analyze_batch([str(path)], features=list(features))
    return result
