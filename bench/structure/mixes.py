"""Recordings played one after another, whose joins are known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

from bench.accuracy.asking import CACHE
from bench.structure.form import Piece, Section

KIND = "mixes of recordings"
_RATE = 22_050
_FORMS = ("ABA", "ABC", "ABAC", "ABCA")
_SECONDS = (20.0, 35.0)
_LEVEL = 0.1
"""Root mean square of each part."""


def mixes(recordings: Path, count: int) -> Iterator[tuple[Piece, Path]]:
    """From the songs of `tempo` and the music of `voice`, in excerpts that are played again as they were."""
    files = sorted(
        [*recordings.glob("tempo/sm_*"), *recordings.glob("voice/us_*"), *recordings.glob("voice/librosa_*M*")]
    )
    for seed in range(count):
        random = np.random.default_rng([seed, 909])
        form = str(random.choice(_FORMS))
        chosen = random.choice(len(files), len(set(form)), replace=False)
        parts = {letter: _excerpt(files[i], random) for letter, i in zip(sorted(set(form)), chosen, strict=True)}
        borders = np.cumsum([0, *(len(parts[letter]) for letter in form)]) / _RATE
        sections = [Section(float(a), float(b), c) for a, b, c in zip(borders[:-1], borders[1:], form, strict=True)]
        samples = np.concatenate([parts[letter] for letter in form])
        file = CACHE / f"mix-{hashlib.sha256(samples.tobytes()).hexdigest()[:16]}.flac"
        if not file.exists():
            CACHE.mkdir(parents=True, exist_ok=True)
            soundfile.write(file, np.clip(samples, -1, 1), _RATE)
        yield Piece(f"mix {seed} ({form})", KIND, tuple(sections)), file


def _excerpt(file: Path, random: np.random.Generator) -> NDArray[np.float32]:
    with av.open(str(file)) as container:
        resampler = av.AudioResampler("flt", "mono", _RATE)
        blocks = [part.to_ndarray()[0] for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    sound = np.concatenate(blocks)
    length = min(len(sound), round(random.uniform(*_SECONDS) * _RATE))
    begin = int(random.integers(0, len(sound) - length + 1))
    excerpt: NDArray[np.float32] = sound[begin : begin + length]
    return np.asarray(excerpt * (_LEVEL / np.sqrt(np.mean(np.square(excerpt)))), np.float32)
