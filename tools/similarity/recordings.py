"""Which recordings there are, and which of them are learnt from."""

from __future__ import annotations

import io
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from tonearm.audio.decode import Decoder
from tonearm.cli.source import EXTENSIONS
from tonearm.protocol.caps import Caps

Sound = NDArray[np.float32]

_OTHERS = frozenset({".au"})


def recordings(folders: Iterable[Path]) -> list[Path]:
    """Every audio file below the folders, of one name the first, in the order of their names."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in EXTENSIONS | _OTHERS:
                found.setdefault(path.name, path)
    return [found[name] for name in sorted(found)]


def is_learnt_from(path: Path) -> bool:
    """A half of all names, by chance: of the other half the merit is reported."""
    return sha256(path.stem.encode()).digest()[0] % 2 == 0


def sound(path: Path, seconds: float, skipped: float = 0) -> tuple[Sound, int]:
    """At most so many seconds, shape (2, n), and its rate; without the beginning, if the rest is long enough."""
    decoder = Decoder(io.BytesIO(path.read_bytes()).read, Caps())
    decoder.recognise()
    rate = decoder.format.rate
    blocks, count = [], 0
    for block in decoder.blocks():
        blocks.append(block.copy())
        count += block.shape[1]
        if count >= (skipped + seconds) * rate:
            break
    samples = np.concatenate(blocks, axis=1)[:2]
    if samples.shape[1] >= (skipped + seconds) * rate:
        samples = samples[:, round(skipped * rate) :]
    samples = samples[:, : round(seconds * rate)]
    return (np.repeat(samples, 2, axis=0) if len(samples) == 1 else samples), rate


def at_rate(samples: Sound, rate: int, wanted: int) -> Sound:
    if rate == wanted:
        return samples
    return np.ascontiguousarray(soxr.resample(samples.T, rate, wanted, quality="VHQ").T, np.float32)
