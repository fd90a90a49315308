"""Learn the weights: `python -m tools.similarity.make --help`."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from tests.support.sounds import wav

import tonearm.algorithms.similarity
from tonearm.algorithms.similarity.projection import DIMENSIONS
from tools.similarity.descriptions import Description, heard
from tools.similarity.discriminant import learnt
from tools.similarity.recordings import is_learnt_from, recordings, sound
from tools.similarity.variants import mastered

WEIGHTS = Path(tonearm.algorithms.similarity.__file__).parent / "weights.npz"

_LONGEST = 120.0
_PART = 20.0
_SKIPPED = 10.0
"""Seconds."""


def main() -> None:
    given = _arguments()
    wholes: list[Description] = []
    groups: list[list[Description]] = []
    for path in filter(is_learnt_from, recordings(given.folders)):
        found = heard(path.read_bytes(), _LONGEST)
        if (whole := found.whole()) is None:
            continue
        wholes.append(whole)
        groups += [found.parts(_PART), _masters(path)]
        print(path.name, flush=True)
    weights = learnt(wholes, [np.array(group) for group in groups if len(group) > 1], DIMENSIONS)
    with given.output.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **weights)
    print(f"learnt from {len(wholes)} recordings: {given.output}")


def _masters(path: Path) -> list[Description]:
    samples, rate = sound(path, _PART, _SKIPPED)
    files = (wav(each, rate) for each in (samples, mastered(samples)))
    found = [heard(data, _PART).whole() for data in files]
    return [each for each in found if each is not None]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.similarity.make")
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER", help="with recordings of any music")
    parser.add_argument("--output", type=Path, default=WEIGHTS, metavar="FILE", help="instead of the one in the tree")
    return parser.parse_args()


if __name__ == "__main__":
    main()
