"""Sounds for the comparisons with references, and their samples as they are decoded here."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support import shared
from tests.support.media import BY_NAME, encoded, tones
from tests.support.sounds import wav
from tonearm.audio.decode import Decoder
from tonearm.features import Mono
from tonearm.model import Result
from tonearm.pipeline.graph import Graph
from tonearm.pipeline.registry import catalog, models
from tonearm.protocol.caps import Caps
from tonearm.protocol.spec import parse
from tonearm.sample import sample_track


def _noise() -> bytes:
    return wav(np.random.default_rng(0).normal(0, 0.1, (2, 44_100 * 15)))


def _pause() -> bytes:
    """Music, digital silence, tones."""
    sound = np.concatenate((pcm(sample_track(8)), np.zeros((2, 88_200), np.float32), tones(44_100, 2, 6.0)), axis=1)
    return wav(sound)


SYNTHESISED: dict[str, Callable[[], bytes]] = {
    "music": lambda: sample_track(20),
    "tones": lambda: wav(tones(44_100, 2, 12.0)),
    "noise": _noise,
    "pause": _pause,
    "48 kHz": lambda: wav(tones(48_000, 1, 9.0), 48_000),
    "m4a": lambda: encoded(BY_NAME["m4a-aac"], 7.0),
}
RECORDINGS = [
    pytest.param(path, id=path.name, marks=[pytest.mark.release] if index else [])
    for index, path in enumerate(shared.recordings()[:-1:16])
]
"""One of them in every run of the tests, and all of them before a release."""
EVERY = [*(pytest.param(name, id=name) for name in SYNTHESISED), *RECORDINGS]
"""Parameters for tests of one sound, to be turned into bytes by `data_of`."""
EVERY_RECORDING = [
    *(pytest.param(name, id=name) for name in SYNTHESISED),
    *(
        pytest.param(path, id=path.name, marks=[pytest.mark.release] if index % 30 else [])
        for index, path in enumerate(shared.recordings())
    ),
]
"""The same with all recordings, of which a few are in every run of the tests."""


@cache
def data_of(sound: str | Path) -> bytes:
    return SYNTHESISED[sound]() if isinstance(sound, str) else sound.read_bytes()


def pcm(data: bytes) -> NDArray[np.float32]:
    """All samples, shape (channels, n)."""
    decoder = Decoder(io.BytesIO(data).read, Caps())
    decoder.recognise()
    return np.concatenate([block.copy() for block in decoder.blocks()], axis=1)


def mono(data: bytes) -> NDArray[np.float32]:
    """All samples in mono at 44.1 kHz, what Essentia is given."""
    decoder = Decoder(io.BytesIO(data).read, Caps())
    decoder.recognise()
    mix = Mono(44_100).extractor(decoder.format)
    return np.concatenate([*(mix.feed(block) for block in decoder.blocks()), mix.finish()]).astype(np.float32)


def result(data: bytes, model: str) -> Any:
    """The result of one model, which must have one, as it is before it is rounded."""
    (task,) = catalog().resolve(parse(model))
    wanted = models()[task.name, task.version]
    decoder = Decoder(io.BytesIO(data).read, Caps(), wanted.file_facts)
    decoder.recognise()
    graph = Graph(decoder.format, [(task, wanted)])
    for block in decoder.blocks():
        graph.feed(block)
    if decoder.facts is not None:
        graph.tell(decoder.facts)
    ((_, outcome),) = graph.finish()
    assert isinstance(outcome, Result), outcome
    return outcome.model_dump()


def seeded() -> None:
    """Begin the C library's noise where a fresh process does."""
    ctypes.CDLL(None).srand(1)
