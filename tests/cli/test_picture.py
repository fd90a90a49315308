"""What stands in the picture of a key and a tempo that are certain, uncertain and none at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.certainty import beats_result, key_result
from tonearm.cli.picture import draw
from tonearm.results.analysis import Analysis


@pytest.mark.parametrize(
    ("state", "words", "no_words"),
    [
        ("certain", ["waveform and 40 beats in 10 bars", "A minor", "8A", "120.0 bpm", "93%", "89%"], ["uncertain"]),
        ("uncertain", ["waveform and 40 beats, uncertain", "120.0 bpm, uncertain", "41%", "37%", "uncertain"], []),
        ("none", ["waveform; no beats were found", "no key"], ["uncertain", "bpm", "%"]),
    ],
)
def test_it_says_how_sure_it_is(tmp_path: Path, state: str, words: list[str], no_words: list[str]) -> None:
    wave = {"low": [-0.5] * 20, "high": [0.5] * 20, "rms": [0.2] * 20, "duration": 20.0}
    results = {"key": key_result(state), "beats": beats_result(state), "waveform": wave}
    draw("track.wav", Analysis(results=results, errors=[]), tmp_path / "track.svg")
    # matplotlib leaves what each group of letters says as a comment before its outlines.
    picture = (tmp_path / "track.svg").read_text()
    comments = [line.strip() for line in picture.splitlines() if line.strip().startswith("<!--")]
    assert [each for each in words if not any(each in comment for comment in comments)] == []
    assert [each for each in no_words if any(each in comment for comment in comments)] == []
    # 8A is one of 24 codes that the circle has; below the key it stands once more if the key is certain.
    assert sum("8A" in comment for comment in comments) == (2 if state == "certain" else 1)
