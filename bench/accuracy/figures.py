"""The rows of the table: which figure of which recordings, for each system that gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from bench.accuracy import bootstrap, scores
from bench.accuracy.answer import Answer
from bench.accuracy.bootstrap import Statistic, Values, interval, mean, median
from bench.accuracy.calibration import calibration_error, error_by_chance
from bench.accuracy.recordings import KEY_SETS, TEMPO_SETS, VOICE_SETS, Recording
from bench.accuracy.report import Cell, Difference, Row
from bench.accuracy.sounds import SOUND_SETS
from bench.accuracy.systems.system import System

Answers = Mapping[Recording, Answer]

FAST = 165.0
"""bpm from which trackers tend to answer with half of the tempo."""
SONGS, RECORDINGS = TEMPO_SETS["song"], KEY_SETS[0]


@dataclass(frozen=True)
class Figure:
    section: str
    what: str
    needs: str
    """What a system has to give."""
    of: Callable[[Recording], bool]
    value: Callable[[Recording, Answer], float | tuple[float, float]]
    statistic: Statistic = mean
    most: bool = True


def rows(systems: Iterable[System], answers: Mapping[str, Answers]) -> list[Row]:
    """`answers` by the name of the system. A figure without recordings, or of which Tonearm has none, has no row."""
    found = [_row(figure, list(systems), answers) for figure in figures()]
    return [row for row in found if row is not None]


def figures() -> Iterable[Figure]:
    for kind in KEY_SETS:
        yield Figure("Key", f"MIREX score, {kind}", "key", _in(kind), scores.key_score)
    for what, of in _TEMPI.items():
        yield Figure("Tempo", f"Acc1, {what}", "tempo", of, scores.acc1)
        yield Figure("Tempo", f"Acc2, {what}", "tempo", of, scores.acc2)
    error = "median error in bpm of tempi within 4 %"
    yield Figure("Tempo", error, "tempo", _has_beats, scores.tempo_error, median, most=False)
    yield Figure("Beats", "F, beats", "beats", _has_beats, scores.beats_f)
    yield Figure("Beats", "F, downbeats", "downbeats", _has_downbeats, scores.downbeats_f)
    of_key, of_tempo = _in(RECORDINGS), _in(SONGS)
    section = "Probabilities"
    for what, needs, of, odds in (
        ("key", "key probability", of_key, _key_odds),
        ("tempo", "tempo probability", of_tempo, _tempo_odds),
    ):
        yield Figure(section, f"calibration error, {what}", needs, of, odds, calibration_error, most=False)
        yield Figure(section, f"the same by chance, {what}", needs, of, odds, error_by_chance, most=False)
    key, tempo = "key certainty", "tempo certainty"
    section = "Certainty of keys"
    yield Figure(section, f"{RECORDINGS} called certain", key, of_key, _key_certain)
    yield Figure(section, "right, of those called certain", key, of_key, _right_if_key_certain)
    for kind in (*VOICE_SETS.values(), *SOUND_SETS):
        yield Figure(section, f"{kind} called uncertain, or without a key", key, _in(kind), _no_key)
    section = "Certainty of tempi"
    yield Figure(section, f"{SONGS} called certain", tempo, of_tempo, _tempo_certain)
    yield Figure(section, "right, of those called certain", tempo, of_tempo, _right_if_tempo_certain)
    for kind in (*VOICE_SETS.values(), *SOUND_SETS):
        yield Figure(section, f"{kind} called uncertain, or without a tempo", tempo, _in(kind), _no_tempo)


def _in(kind: str) -> Callable[[Recording], bool]:
    return lambda recording: recording.set == kind


def _fast(recording: Recording) -> bool:
    return recording.set == SONGS and recording.tempo is not None and recording.tempo >= FAST


def _has_beats(recording: Recording) -> bool:
    return bool(recording.beats)


def _has_downbeats(recording: Recording) -> bool:
    return bool(recording.downbeats)


_TEMPI = {
    SONGS: _in(SONGS),
    f"{SONGS} from {FAST:.0f} bpm": _fast,
    **{kind: _in(kind) for kind in TEMPO_SETS.values() if kind != SONGS},
}


def _key_odds(recording: Recording, answer: Answer) -> tuple[float, float]:
    return answer.key_probability or 0.0, scores.key_is_right(recording, answer)


def _tempo_odds(recording: Recording, answer: Answer) -> tuple[float, float]:
    return answer.tempo_probability or 0.0, scores.acc1(recording, answer)


def _key_certain(_: Recording, answer: Answer) -> float:
    return float(answer.key is not None and bool(answer.key_certain))


def _tempo_certain(_: Recording, answer: Answer) -> float:
    return float(answer.tempo is not None and bool(answer.tempo_certain))


def _no_key(recording: Recording, answer: Answer) -> float:
    return 1 - _key_certain(recording, answer)


def _no_tempo(recording: Recording, answer: Answer) -> float:
    return 1 - _tempo_certain(recording, answer)


def _right_if_key_certain(recording: Recording, answer: Answer) -> float:
    return scores.key_is_right(recording, answer) if _key_certain(recording, answer) else np.nan


def _right_if_tempo_certain(recording: Recording, answer: Answer) -> float:
    return scores.acc1(recording, answer) if _tempo_certain(recording, answer) else np.nan


def _row(figure: Figure, systems: list[System], answers: Mapping[str, Answers]) -> Row | None:
    values: dict[str, Values] = {}
    for system in systems:
        if figure.needs in system.gives:
            given = answers[system.name]
            found = np.array([figure.value(each, answer) for each, answer in given.items() if figure.of(each)])
            if found.size and not np.isnan(found).all():
                values[system.name] = found
    ours = next((system.name for system in systems if system.ours and system.name in values), None)
    if ours is None:
        return None
    cells = {name: _cell(figure.statistic, found) for name, found in values.items()}
    peers = {system.name: cells[system.name].value for system in systems if not system.ours and system.name in values}
    lead = None
    if peers:
        best = (max if figure.most else min)(peers, key=lambda name: peers[name])
        lead = _difference(figure, best, ours, values)
    return Row(section=figure.section, what=figure.what, most=figure.most, cells=cells, lead=lead)


def _cell(statistic: Statistic, values: Values) -> Cell:
    low, high = interval(values, statistic)
    counted = ~np.isnan(values.reshape(len(values), -1)[:, 0])
    return Cell(value=bootstrap.figure(values, statistic), low=low, high=high, count=int(counted.sum()))


def _difference(figure: Figure, peer: str, ours: str, values: Mapping[str, Values]) -> Difference:
    """Each draw is of the same recordings for both."""
    both = np.stack([values[peer], values[ours]], axis=1)
    sign = 1 if figure.most else -1

    def difference(draws: Values) -> Values:
        return sign * (figure.statistic(draws[:, :, 0]) - figure.statistic(draws[:, :, 1]))

    low, high = interval(both, difference)
    return Difference(peer=peer, ours=ours, value=bootstrap.figure(both, difference), low=low, high=high)
