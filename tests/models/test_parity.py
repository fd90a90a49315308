"""Key, tempo, beats, tuning and chords against Essentia itself, on every labelled recording.

Twice: Essentia reading the file with its own loader, as a user of it would; and Essentia given the samples that were
decoded here, which tells the difference of the decoders from the difference of the algorithms.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support import shared

pytestmark = [shared.needed, pytest.mark.release, pytest.mark.timeout(500)]


@dataclass
class Answer:
    key: tuple[str, str]
    strength: float
    bpm: float
    beats: NDArray[np.float32]


@dataclass
class Comparison:
    name: str
    ours: Answer
    own_loader: Answer
    same_samples: Answer
    sounding: float
    """When the last sample above -80 dB is, in seconds."""
    cents_apart: float
    """The distance of the tuning from Essentia's on the same samples."""
    same_chords: NDArray[np.bool_]
    """For each frame, whether its chord is Essentia's on the same samples."""


def compare(path: Path) -> Comparison:
    import essentia.standard as es

    from tests.support.chords import same_chords
    from tests.support.filter import run
    from tonearm.audio.decode import Decoder
    from tonearm.features import Mono
    from tonearm.protocol.caps import Caps

    data = path.read_bytes()
    results = run(data, "key,bpm_degara,tuning_frequency,chords").results
    key, tempo = results["key:1"], results["bpm_degara:1"]
    ours = Answer(
        (key["key"][0], key["scale"][0]),
        key["strength"][0],
        tempo["bpm"],
        np.array(tempo["beat_positions"], np.float32),
    )
    with path.open("rb") as file:
        decoder = Decoder(file.read, Caps())
        decoder.recognise()
        mono = Mono(44_100).extractor(decoder.format)
        samples = np.concatenate([*(mono.feed(block) for block in decoder.blocks()), mono.finish()]).astype(np.float32)
    loaded = es.MonoLoader(filename=str(path), sampleRate=44_100)()
    tuning = float(es.TuningFrequencyExtractor()(samples)[-1])
    return Comparison(
        path.name,
        ours,
        essentias(loaded),
        essentias(samples),
        float(np.flatnonzero(np.abs(samples) > 1e-4)[-1]) / 44_100,
        abs(1200 * float(np.log2(results["tuning_frequency:1"]["frequency"] / tuning))),
        same_chords(results["chords:1"]["chords"], samples),
    )


def essentias(samples: NDArray[np.float32]) -> Answer:
    import essentia.standard as es

    key, scale, strength = es.KeyExtractor()(samples)
    # It adds noise from the C library's generator: begin where a fresh process does.
    ctypes.CDLL(None).srand(1)
    bpm, beats, *_ = es.RhythmExtractor2013(method="degara")(samples)
    return Answer((key, scale), strength, bpm, beats)


@pytest.fixture(scope="module")
def comparisons() -> list[Comparison]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return list(pool.map(compare, shared.recordings()))


def test_tuning(comparisons: list[Comparison], record_property: Record) -> None:
    same = {each.name: each.cents_apart < 0.03 for each in comparisons}
    assert share(record_property, "tuning as Essentia's on the same samples", same) == 1


def test_chords(comparisons: list[Comparison], record_property: Record) -> None:
    """Of a single tone two triads are as likely: the last bits of the spectrum decide."""
    same = np.concatenate([each.same_chords for each in comparisons])
    record_property("chords as Essentia's on the same samples", f"{same.mean():.2%} of {len(same)}")
    assert same.mean() >= 0.995


Record = Callable[[str, object], None]


def share(record: Record, what: str, outcomes: dict[str, bool]) -> float:
    """The part of the recordings for which it holds, told at the end of the run with the names of the others."""
    failing = [name for name, holds in outcomes.items() if not holds]
    value = 1 - len(failing) / len(outcomes)
    record(what, f"{value:.2%} of {len(outcomes)}" + (f", not {', '.join(failing)}" if failing else ""))
    return value


def close(found: NDArray[np.float32], expected: NDArray[np.float32]) -> NDArray[np.bool_]:
    """For each expected beat, whether one was found within 20 ms."""
    if not len(found):
        return np.zeros(len(expected), np.bool_)
    near: NDArray[np.bool_] = np.abs(expected[:, None] - found[None, :]).min(axis=1) < 0.02
    return near


def test_key_and_scale(comparisons: list[Comparison], record_property: Record) -> None:
    assert len(comparisons) >= 80
    own = {each.name: each.ours.key == each.own_loader.key for each in comparisons}
    same = {each.name: each.ours.key == each.same_samples.key for each in comparisons}
    assert share(record_property, "key and scale as Essentia's", own) >= 0.99
    assert share(record_property, "key and scale as Essentia's on the same samples", same) == 1


def test_strength(comparisons: list[Comparison], record_property: Record) -> None:
    """The one difference is a loop of 1.4 s: Essentia's decoder does not trim the end of an Ogg, which adds 33 ms."""
    own = {each.name: abs(each.ours.strength - each.own_loader.strength) <= 0.01 for each in comparisons}
    same = {each.name: abs(each.ours.strength - each.same_samples.strength) <= 0.0005 for each in comparisons}
    assert share(record_property, "strength within 0.01 of Essentia's", own) >= 0.98
    assert share(record_property, "strength within 0.0005 of Essentia's on the same samples", same) == 1


def test_bpm(comparisons: list[Comparison], record_property: Record) -> None:
    """Solo violin has no beat to speak of: there the last bits of the samples decide, and decoders differ in them."""
    own = {each.name: abs(each.ours.bpm - each.own_loader.bpm) <= 0.005 * each.own_loader.bpm for each in comparisons}
    same = {
        each.name: abs(each.ours.bpm - each.same_samples.bpm) <= 0.005 * each.same_samples.bpm for each in comparisons
    }
    assert share(record_property, "bpm within 0.5 % of Essentia's", own) >= 0.98
    assert share(record_property, "bpm within 0.5 % of Essentia's on the same samples", same) >= 0.98


def test_beats(comparisons: list[Comparison], record_property: Record) -> None:
    agreeing = [each for each in comparisons if abs(each.ours.bpm - each.own_loader.bpm) <= 0.005 * each.own_loader.bpm]
    beats = np.concatenate([close(each.ours.beats, each.own_loader.beats) for each in agreeing])
    record_property("beats within 20 ms of Essentia's, where the bpm agrees", f"{beats.mean():.2%} of {len(beats)}")
    assert beats.mean() >= 0.95
    # Nor are there beats that Essentia does not have.
    extra = np.concatenate([close(each.own_loader.beats, each.ours.beats) for each in agreeing])
    assert extra.mean() >= 0.95
    # In the silence after the music, rounding errors decide about Essentia's.
    every = {
        each.name: bool(close(each.ours.beats, each.same_samples.beats)[each.same_samples.beats < each.sounding].all())
        for each in comparisons
    }
    assert share(record_property, "all beats within 20 ms of Essentia's on the same samples", every) == 1
