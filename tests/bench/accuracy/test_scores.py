from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mir_eval", reason="needs requirements/bench.txt")

from bench.accuracy.answer import Answer
from bench.accuracy.recordings import Recording

from bench.accuracy import scores

SONG = Recording(Path("song"), "songs", tempo=120.0)
PIECE = Recording(Path("piece"), "recordings", key="C# minor")


@pytest.mark.parametrize(
    ("key", "score"),
    [
        ("Db minor", 1.0),
        ("G# minor", 0.5),
        ("E major", 0.3),
        ("C# major", 0.2),
        ("F# minor", 0.0),
        ("D minor", 0.0),
        (None, 0.0),
    ],
)
def test_keys_have_the_weights_of_mirex(key: str | None, score: float) -> None:
    assert scores.key_score(PIECE, Answer(key=key)) == score
    assert scores.key_is_right(PIECE, Answer(key=key)) == (score == 1)


@pytest.mark.parametrize(
    ("tempo", "first", "second"),
    [
        (120.0, 1, 1),
        (124.8, 1, 1),
        (115.2, 1, 1),
        (124.9, 0, 0),
        (60.0, 0, 1),
        (62.4, 0, 1),
        (40.0, 0, 1),
        (240.0, 0, 1),
        (360.0, 0, 1),
        (80.0, 0, 0),
        (180.0, 0, 0),
        (None, 0, 0),
    ],
)
def test_tempi_within_four_per_cent(tempo: float | None, first: float, second: float) -> None:
    assert (scores.acc1(SONG, Answer(tempo=tempo)), scores.acc2(SONG, Answer(tempo=tempo))) == (first, second)


def test_beats_count_from_five_seconds_within_70_ms() -> None:
    annotated = tuple(np.arange(0, 20, 0.5))
    recording = Recording(Path("song"), "songs", tempo=120.0, beats=annotated, downbeats=annotated[::4])
    late = tuple(beat + (0.06 if beat >= 5 else 0.2) for beat in annotated)
    assert scores.beats_f(recording, Answer(beats=late)) == 1
    assert scores.beats_f(recording, Answer(beats=tuple(beat + 0.08 for beat in annotated))) == 0
    every_other = scores.beats_f(recording, Answer(beats=annotated[::2]))
    assert every_other == pytest.approx(2 / 3)
    assert scores.beats_f(recording, Answer()) == 0
    assert scores.downbeats_f(recording, Answer(downbeats=annotated[::4])) == 1
    assert scores.downbeats_f(recording, Answer(downbeats=annotated[1::4])) == 0


def test_a_tempo_is_measured_against_the_line_through_the_beats() -> None:
    beats = tuple(0.3 + 60 / 121 * np.arange(100))
    recording = Recording(Path("song"), "songs", tempo=120.0, beats=beats)
    assert scores.line(beats) == pytest.approx(121)
    assert scores.tempo_error(recording, Answer(tempo=120.5)) == pytest.approx(0.5)
    assert np.isnan(scores.tempo_error(recording, Answer(tempo=60.5)))
    assert np.isnan(scores.tempo_error(recording, Answer()))
