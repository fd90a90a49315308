from __future__ import annotations

import ctypes
import subprocess
import sys

import numpy as np
import pytest

from tonearm.algorithms.essentia import Algorithm
from tonearm.errors import ModelError


def test_an_algorithm_is_that_of_essentia_standard() -> None:
    import essentia.standard as es

    onsets = np.random.default_rng(0).uniform(0, 1, 2000).astype(np.float32)
    settings: dict[str, str | float | bool] = {
        "sampleRateODF": 44_100 / 1024,
        "resample": "x2",
        "minTempo": 40,
        "maxTempo": 208,
    }
    ctypes.CDLL(None).srand(1)
    np.testing.assert_array_equal(
        Algorithm("TempoTapDegara", **settings)(onsets), es.TempoTapDegara(**settings)(onsets)
    )
    chroma = np.random.default_rng(1).uniform(0, 1, 12).astype(np.float32)
    settings = {"usePolyphony": False, "numHarmonics": 4, "slope": 0.6, "profileType": "bgate"}
    assert Algorithm("Key", **settings)(chroma) == es.Key(**settings)(chroma)


def test_the_same_input_gives_the_same_output_every_time() -> None:
    """TempoTapDegara adds noise to its observations; for these onsets it decides where the beats are."""
    onsets = np.random.default_rng(1).exponential(1, 6000).astype(np.float32)
    settings: dict[str, str | float | bool] = {"sampleRateODF": 44_100 / 1024, "resample": "x2"}
    settings |= {"minTempo": 40, "maxTempo": 208}
    found = [Algorithm("TempoTapDegara", **settings)(onsets).tolist() for _ in range(6)]
    assert found == found[:1] * 6


def test_what_essentia_refuses_is_raised_in_its_words() -> None:
    with pytest.raises(RuntimeError, match="non-negative"):
        Algorithm("TempoTapDegara")(np.array([-1, 1], np.float32))


def test_where_it_is_missing_the_model_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "essentia", None)
    with pytest.raises(ModelError, match="needs the package essentia, which is not installed"):
        Algorithm("Key")


def test_essentia_standard_is_not_imported() -> None:
    code = (
        "import sys; from tests.support.filter import run; from tonearm.sample import sample_track; "
        "assert len(run(sample_track(2), 'key,bpm_degara').results) == 2; "
        "print('essentia.standard' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
