"""What the original implementation of each network answered to a fixed input, and how far ours is from it.

`answers.json` has the inputs and outputs by network. `tools/graphs/originals.py` wrote it, with Keras, PyTorch and
TensorFlow.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from pydantic import BaseModel, TypeAdapter

from tonearm.networks.free.installed import load_network
from tonearm.networks.free.probe import probe
from tonearm.networks.free.projects import Network
from tonearm.networks.pack import PackError

_CLOSE = 1e-4
"""How far an answer may be from the original's: what another order of sums explains."""


class _Input(BaseModel):
    shape: list[int]
    low: float
    high: float


class _Answer(BaseModel):
    original: str
    """What answered."""
    inputs: dict[str, _Input]
    outputs: dict[str, list[float]]
    """By name, row by row."""


@cache
def _answers() -> dict[str, _Answer]:
    text = files("tonearm.networks.free").joinpath("answers.json").read_bytes()
    return TypeAdapter(dict[str, _Answer]).validate_json(text)


def check(network: Network, weights: Path) -> float:
    """The largest difference from what the original answers. Raises PackError if it is too large.

    Of an output with values above 1, the difference is relative to the largest.
    """
    known = _answers()[network.name]
    given = {name: probe(each.shape, each.low, each.high) for name, each in known.inputs.items()}
    found = load_network(network, weights).run(list(known.outputs), given)
    expected = [np.array(values) for values in known.outputs.values()]
    difference = max(
        float(np.abs(ours.ravel() - theirs).max() / max(1, np.abs(theirs).max()))
        for ours, theirs in zip(found, expected, strict=True)
    )
    if not difference <= _CLOSE:
        raise PackError(f"{network.name} does not answer as {known.original} does: the difference is {difference:g}.")
    return difference
