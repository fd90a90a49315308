"""How right both are where no other benchmark has asked sonara: a figure for each recording, NaN where it has none."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mir_eval.chord
import mir_eval.onset
import numpy as np
import sonara as peer
import soundfile
from numpy.typing import NDArray
from tools.chords.pop909 import notes as notes_of
from tools.chords.pop909 import places, programs
from tools.chords.song import Song
from tools.similarity.recordings import sound
from tools.similarity.variants import CODECS, in_codec, others

from bench.ask_sonara import seconds, sonara
from bench.features import bars
from bench.structure.render import rendered
from tonearm import analyze
from tonearm.library.duplicates import SAME

_EVERY, _FIRST = 64, 37
"""Chords were learnt from other songs of POP909, and sections chosen on others."""
_APART = 0.05
"""Seconds: notes that begin closer together are one onset, and one that is found may be so far away."""
_SEEDS = range(10)
_SILENCES = ((0.7, 1.6), (2.3, 0.9), (3.2, 4.1))
_NEAR = 0.1
_SAME_FINGERPRINT = 0.30
"""Its documentation: above this, the same recording."""
_SECONDS, _SKIPPED = 20.0, 10.0


@dataclass(frozen=True)
class Measured:
    what: str
    sonara: list[float]
    tonearm: list[float]
    most: bool = True


def loudness(folder: Path) -> Iterator[Measured]:
    """EBU Tech 3341, 3342 and ITU-R BS.2217: whether what is found is within the tolerance that they give."""
    with (folder / "loudness.csv").open(newline="") as rows:
        files = [row for row in csv.DictReader(rows) if row["kind"].startswith("official")]
    columns = (
        ("integrated loudness", "integrated_lufs", "tol_i", "loudness_lufs", "integrated_lufs"),
        ("loudness range", "lra_lu", "tol_lra", "loudness_range_lu", "range_lu"),
        ("true peak", "true_peak_dbtp", "tol_tp", "true_peak_db", "true_peak_dbtp"),
    )
    answers = [
        (row, sonara(folder / row["file"], ["loudness"]), _ours(folder / row["file"], "loudness_ebur128:2"))
        for row in files
    ]
    for what, column, tolerance, theirs, ours in columns:
        found = [(each, row) for row, *each in answers if row[column] and row[tolerance]]
        yield Measured(
            f"{what} within the tolerance of EBU and ITU, their files",
            [_within(each[0][theirs], row[column], row[tolerance]) for each, row in found],
            [_within(each[1][ours], row[column], row[tolerance]) for each, row in found],
        )


def _within(value: float | None, wanted: str, tolerance: str) -> float:
    if value is None or value == -np.inf:
        return float(float(wanted) == -np.inf)
    # The files of true peaks have one tolerance upward and another one downward.
    upward, _, downward = tolerance.partition("/")
    rounding = 0.005
    least, most = float(wanted) - abs(float(downward or upward)), float(wanted) + float(upward)
    return float(least - rounding <= value <= most + rounding)


def songs(folder: Path, soundfonts: Sequence[Path]) -> Iterator[Measured]:
    """Chords and onsets of songs of POP909."""
    chords: tuple[list[float], list[float]] = [], []
    onsets: tuple[list[float], list[float]] = [], []
    for index, place in enumerate(places(folder)[_FIRST::_EVERY]):
        notes = list(notes_of(place / f"{place.name}.mid"))
        instruments = programs(np.random.default_rng(int(place.name)))
        length = max(note.end for note in notes) + 1
        file = rendered(Song(place.name, notes, [], instruments, length), soundfonts[index % len(soundfonts)])
        theirs = sonara(file, ["chords", "onsets"])
        ours = analyze(file, "chords:2,onset_rate:1")
        truth = [line.split() for line in (place / "chord_midi.txt").read_text().splitlines() if line.strip()]
        for score, found in zip(
            chords,
            (
                [(each["start_sec"], each["end_sec"], each["label"]) for each in theirs["chord_events"]],
                [(each["start"], each["end"], each["chord"]) for each in ours["chords"]["chords"]],
            ),
            strict=True,
        ):
            score.append(_majmin(truth, found))
        begun = _onsets([note.start for note in notes])
        for score, times in zip(onsets, (seconds(theirs, "onset_frames"), ours["onset_rate"]["onsets"]), strict=True):
            score.append(float(mir_eval.onset.f_measure(begun, np.array(times), window=_APART)[0]))
    yield Measured("share of the time with the right chord, major, minor or none, songs of POP909", *chords)
    yield Measured("F of onsets within 50 ms, songs of POP909", *onsets)


def _majmin(truth: list[list[str]], found: list[tuple[float, float, str]]) -> float:
    times = np.array([[float(start), float(end)] for start, end, _ in truth])
    told = np.array([[start, end] for start, end, _ in found])
    intervals, labels = mir_eval.util.adjust_intervals(
        told, [_harte(label) for *_, label in found], times.min(), times.max(), "N", "N"
    )
    intervals, true, estimated = mir_eval.util.merge_labeled_intervals(
        times, [label for *_, label in truth], intervals, labels
    )
    right = mir_eval.chord.majmin(true, estimated)
    return float(mir_eval.chord.weighted_accuracy(right, mir_eval.util.intervals_to_durations(intervals)))


def _harte(label: str) -> str:
    """As C. Harte writes it, from names such as `Am7`."""
    root = label[: 2 if label[1:2] in ("#", "b") else 1]
    quality = {"": "maj", "m": "min", "m7": "min7"}.get(label[len(root) :], label[len(root) :])
    return label if root == "N" else f"{root}:{quality}"


def _onsets(times: Iterable[float]) -> NDArray[np.float64]:
    found: list[float] = []
    for time in sorted(times):
        if not found or time - found[-1] > _APART:
            found.append(time)
    return np.array(found)


def metres(soundfonts: Sequence[Path]) -> Iterator[Measured]:
    for metre in (3, 4):
        files = [rendered(bars.song(seed, metre), soundfonts[seed % len(soundfonts)]) for seed in _SEEDS]
        yield Measured(
            f"metre, accompaniments in bars of {metre}",
            [float(sonara(file, ["time_signature"])["time_signature"].split("/")[0] == str(metre)) for file in files],
            [float(_ours(file, "beats:1")["metre"] == metre) for file in files],
        )


def silence(recordings: Sequence[Path]) -> Iterator[Measured]:
    """Digital silence of known length around 15 s of recordings."""
    theirs, ours = list[float](), list[float]()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "silence.flac"
        for index, path in enumerate(recordings):
            samples, rate = sound(path, 15, 10)
            # What is itself silent at an end has no known length.
            if min(np.abs(samples[:, : rate // 50]).max(), np.abs(samples[:, -rate // 50 :]).max()) < 0.01:
                continue
            before, after = _SILENCES[index % len(_SILENCES)]
            ends = (np.zeros((len(samples), round(length * rate)), np.float32) for length in (before, after))
            soundfile.write(file, np.concatenate((next(ends), samples, next(ends)), axis=1).T, rate)
            their, our = sonara(file, ["silence"]), _ours(file, "silence:1")
            theirs += [
                float(abs(their["leading_silence_sec"] - before) < _NEAR),
                float(abs(their["trailing_silence_sec"] - after) < _NEAR),
            ]
            ours += [float(abs(our["leading"] - before) < _NEAR), float(abs(our["trailing"] - after) < _NEAR)]
    yield Measured("silence at an end within 0.1 s", theirs, ours)


def voices(folder: Path) -> Iterator[Measured]:
    """Of each recording with a voice and each without one: whether the first has more of it."""
    with (folder / "voice.csv").open(newline="") as rows:
        labels = {row["file"]: row["label"] for row in csv.DictReader(rows)}
    theirs = {file: float(sonara(folder / file, ["vocalness"])["vocalness"]) for file in labels}
    ours = {file: 1 - float(_ours(folder / file, "vibenet:1")["instrumentalness"]) for file in labels}
    pairs = [
        (one, other)
        for one, label in labels.items()
        if label in {"singing_solo", "vocal_music"}
        for other, without in labels.items()
        if without == "instrumental"
    ]
    yield Measured(
        "pairs of a song and an instrumental that are told apart (AUC)",
        [float(theirs[one] > theirs[other]) for one, other in pairs],
        [float(ours[one] > ours[other]) for one, other in pairs],
    )


def same_recordings(recordings: Sequence[Path]) -> Iterator[Measured]:
    """20 s of each in other formats and masters beside its FLAC, and the FLACs of different ones."""
    heard: list[dict[str, tuple[str, NDArray[np.float32]]]] = []
    with TemporaryDirectory() as folder:
        for path in recordings:
            samples, rate = sound(path, _SECONDS, _SKIPPED)
            made = {name: in_codec(name, samples, rate) for name in CODECS} | dict(others(samples, rate))
            versions = {}
            for name, data in made.items():
                file = Path(folder) / "version"
                file.write_bytes(data)
                vector = _ours(file, "embedding:1")["embedding"]
                if vector is not None:
                    versions[name] = (str(sonara(file, ["fingerprint"])["fingerprint"]), np.array(vector, np.float32))
            heard.append(versions)
    same = [(each["FLAC"], other) for each in heard if "FLAC" in each for name, other in each.items() if name != "FLAC"]
    apart = [(one["FLAC"], other["FLAC"]) for one, other in combinations(heard, 2) if "FLAC" in one and "FLAC" in other]
    for what, pairs, most in (
        ("the same recording in another format or master is told to be the same", same, True),
        ("different recordings are told to be the same", apart, False),
    ):
        yield Measured(
            what,
            [float(peer.fingerprint_match(one[0], other[0]) > _SAME_FINGERPRINT) for one, other in pairs],
            [float(one[1] @ other[1] >= SAME) for one, other in pairs],
            most,
        )


def _ours(file: Path, model: str) -> Any:
    (result,) = analyze(file, model).results.values()
    return result
