"""Random damage: what a hurt file says of itself, and where the beats behind its holes stand.

`python -m bench.damage --files 300`; the exit status is 1 if the goals are missed.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import wave
from dataclasses import dataclass
from functools import cache

import av
import numpy as np
import soxr
from numpy.typing import NDArray
from tests.support.media import BY_NAME, encode

import tonearm
from tonearm.results.analysis import Analysis
from tonearm.sample import sample_track

FORMS = ("flac-16", "mp3-cbr", "m4a-aac-index-in-front", "ogg-vorbis", "opus", "mka-flac")
_SECONDS = 40
_NEAR_HOLE = 0.1
_SAME_BEAT = 0.02
_HALF_BEAT = 0.25
"""Of the synthesised track, at 120 bpm."""
_WITHOUT_CHECKSUMS = frozenset({"mp3-cbr", "m4a-aac-index-in-front"})
"""Damage inside of a packet may decode, to noise."""


@dataclass
class Tally:
    files: int = 0
    beats: int = 0
    right: int = 0
    between: int = 0
    """Half a beat from where they should be: the tracker has taken the off-beat for the beat."""
    silent: int = 0
    """Files that lost something and do not say so."""


@cache
def sound(rate: int) -> NDArray[np.float32]:
    """The synthesised track, shape (2, n)."""
    with wave.open(io.BytesIO(sample_track(_SECONDS))) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
        own = file.getframerate()
    return np.ascontiguousarray(soxr.resample(pcm.astype(np.float32) / 32768, own, rate).T)


@cache
def whole(name: str) -> tuple[bytes, Analysis]:
    data = encode(BY_NAME[name], sound(BY_NAME[name].rate))
    return data, tonearm.analyze(data, "bpm_degara")


def damage(data: bytes, chance: random.Random, share: float) -> bytes:
    """Noise in the place of so many packets, or pages, in up to four stretches."""
    with av.open(io.BytesIO(data), "r") as container:
        stream = container.streams.best("audio")
        assert stream is not None
        places = sorted(
            {packet.pos for packet in container.demux(stream) if packet.pos is not None and packet.pos >= 0}
        )
    hurt = bytearray(data)
    stretches = chance.randint(1, 4)
    for _ in range(stretches):
        count = max(1, round(share * len(places) / stretches))
        first = chance.randrange(1, max(2, len(places) - count))
        # The first bytes of a packet, where a decoder or a checksum notices them.
        for start, end in zip(places[first : first + count], places[first + 1 : first + count + 1], strict=False):
            hurt[start:end] = chance.randbytes(end - start)
    return bytes(hurt)


def count(tally: Tally, before: Analysis, after: Analysis, is_hurt: bool) -> None:
    tally.files += 1
    told = [warning for warning in after.warnings if warning.code in ("damaged", "truncated")]
    tally.silent += is_hurt and not told
    holes = [(warning.start or 0.0, warning.end or 0.0) for warning in told if warning.code == "damaged"]
    found = np.array(after.results.get("bpm_degara", {}).get("beat_positions", []) or [np.inf])
    for beat in before["bpm_degara"]["beat_positions"]:
        if all(not start - _NEAR_HOLE <= beat <= end + _NEAR_HOLE for start, end in holes):
            distance = np.abs(found - beat).min()
            tally.beats += 1
            tally.right += bool(distance <= _SAME_BEAT)
            tally.between += bool(abs(distance - _HALF_BEAT) <= _SAME_BEAT)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--files", type=int, default=300)
    given = arguments.parse_args()
    tallies = {name: Tally() for name in FORMS}
    for number in range(given.files):
        name = FORMS[number % len(FORMS)]
        data, before = whole(name)
        chance = random.Random(number)
        hurt = damage(data, chance, chance.uniform(0.01, 0.2))
        count(tallies[name], before, tonearm.analyze(hurt, "bpm_degara"), hurt != data)
    for name, tally in tallies.items():
        share = tally.right / max(1, tally.beats)
        between = tally.between / max(1, tally.beats)
        print(
            f"{name:24} {tally.files:4} files, {100 * share:5.1f} % of {tally.beats} beats, "
            f"{100 * between:4.1f} % half a beat off, {tally.silent} silent"
        )
    beats, right, between = (
        sum(getattr(tally, what) for tally in tallies.values()) for what in ("beats", "right", "between")
    )
    silent = sum(tally.silent for name, tally in tallies.items() if name not in _WITHOUT_CHECKSUMS)
    print(f"beats away from holes, within 20 ms of the undamaged file's: {100 * right / beats:.1f} % (goal: 95 %)")
    print(f"half a beat from there: {100 * between / beats:.1f} %")
    print(f"files with checksums that lost something without a word: {silent} (goal: 0)")
    sys.exit(right / beats < 0.95 or silent > 0)


if __name__ == "__main__":
    main()
