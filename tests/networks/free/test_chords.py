"""Chords on the beats that BeatNet hears."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.networks.free.conftest import Installed
from tests.support.decoded import result
from tonearm.sample import sample_track


def test_with_beatnet_chords_change_on_beats(installed: Installed, models_dir: Callable[[Path], None]) -> None:
    """The sample's chords change each second, with every second beat."""
    models_dir(installed("beatnet"))
    found = result(sample_track(20), "chords:2")
    assert found["method"] == "networks"
    borders = np.array([each["start"] for each in found["chords"]])
    inside = borders[(borders > 2) & (borders < 18)]
    assert len(inside) > 8
    assert np.median(np.abs(inside - np.round(2 * inside) / 2)) < 0.05
