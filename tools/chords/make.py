"""Learn the weights and say how good they are: `python -m tools.chords.make --help`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import soundfile

import tonearm.algorithms.harmony
from tonearm.algorithms.harmony.vocabulary import NO_CHORD
from tools.chords import pop909
from tools.chords.decoding import Decoding, best, calibration, calibration_error, shares
from tools.chords.examples import Example, example
from tools.chords.network import learnt
from tools.chords.noises import noises
from tools.chords.progression import composed
from tools.chords.render import RATE, rendered
from tools.chords.song import Segment, Song

WEIGHTS = Path(tonearm.algorithms.harmony.__file__).parent / "weights.npz"

STEPS = 600
"""Of learning."""
_SECONDS_WITHOUT = 12
"""What is taken of a recording without chords."""


def main() -> None:
    given = _arguments()
    progressions = list(_rendered((composed(seed) for seed in range(given.progressions)), given.soundfonts))
    songs = list(_rendered(pop909.songs(given.pop909), given.soundfonts)) if given.pop909 else []
    others = list(_without_chords(given.without_chords))
    weights = learnt([*progressions[::2], *songs[::2], *others[::2]], given.steps)
    decoding = best(weights, [*progressions[::2], *songs[::2]])
    print(f"trust in a frame {decoding.trust}, change {decoding.change}")
    _say("progressions", decoding, progressions)
    _say("songs", decoding, songs)
    for each in others:
        print(f"{each.name}: no chord in {(decoding.path(each) == NO_CHORD).mean():.0%}")
    _say_calibration(decoding, [*progressions[1::2], *songs[1::2]])
    with given.output.open("wb") as file:
        np.savez(file, allow_pickle=False, **weights)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.chords.make")
    parser.add_argument("--soundfonts", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--pop909", type=Path, metavar="FOLDER", help="with the folders 001 to 909")
    parser.add_argument("--without-chords", type=Path, nargs="*", default=[], metavar="FILE", help="such as speech")
    parser.add_argument("--progressions", type=int, default=74, help="how many are composed (74)")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"of learning, 2048 frames each ({STEPS})")
    parser.add_argument("--output", type=Path, default=WEIGHTS, metavar="FILE", help="instead of the one in the tree")
    return parser.parse_args()


def _rendered(songs: Iterator[Song], soundfonts: Sequence[Path]) -> Iterator[Example]:
    """Each with one of the soundfonts."""
    random = np.random.default_rng(0)
    for song in songs:
        sound = rendered(song, soundfonts[int(random.integers(len(soundfonts)))])
        yield example(song.name, sound, RATE, song.segments)
        print(song.name, flush=True)


def _without_chords(files: Sequence[Path]) -> Iterator[Example]:
    for name, sound in noises():
        yield example(name, sound, RATE, [Segment(0, len(sound) / RATE, NO_CHORD)])
    for file in files:
        samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
        sound = samples[: _SECONDS_WITHOUT * rate].mean(axis=1)
        yield example(file.name, sound, rate, [Segment(0, _SECONDS_WITHOUT, NO_CHORD)])


def _say(kind: str, decoding: Decoding, examples: Sequence[Example]) -> None:
    for half, those in (("learnt from", examples[::2]), ("held out", examples[1::2])):
        if those:
            for what, (share, low, high) in zip(("chord", "root"), shares(decoding, those), strict=True):
                print(f"{kind}, {len(those)} {half}: {what} right for {share:.1%} ({low:.1%} to {high:.1%})")


def _say_calibration(decoding: Decoding, held_out: Sequence[Example]) -> None:
    offset, slope = calibration(decoding, held_out)
    line = calibration(decoding, held_out[::2])
    error = calibration_error(decoding, held_out[1::2], line)
    print(f"calibration: offset {offset:.2f}, slope {slope:.2f}; fitted on one half, off by {error:.3f} on the other")


if __name__ == "__main__":
    main()
