"""TempoCNN's way of being fed and of answering, with a network in its place: its own weights are not to be had."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.support.filter import run
from tests.support.media import tones
from tests.support.networks import tempo_stand_in
from tests.support.sounds import wav
from tonearm.networks.features import FRONT_ENDS, tempo_patches


def test_patches_are_normalised_as_essentias() -> None:
    import essentia.standard as es

    patches = np.random.default_rng(0).uniform(0, 3, (3, 256, 40)).astype(np.float32)
    patches[1] = 2
    normalised = es.TensorNormalize(scaler="standard")(patches[:, None])
    expected = es.TensorTranspose(permutation=[0, 3, 2, 1])(normalised)
    np.testing.assert_allclose(tempo_patches(patches.transpose(0, 2, 1)), expected, atol=1e-5)


def test_the_tempo_of_most_patches_is_that_of_the_track(tmp_path: Path, models_dir: Callable[[Path], None]) -> None:
    tempo_stand_in(tmp_path)
    models_dir(tmp_path)
    high, low = (np.sin(2 * np.pi * hertz * np.arange(44_100 * 60) / 44_100)[None] * 0.5 for hertz in (3000, 200))
    sound = np.concatenate((high[:, : 44_100 * 20], low), axis=1)
    (result,) = run(wav(sound), "tempocnn").results.values()
    front = FRONT_ENDS["TempoCNN"]
    patches = (-(-80 * 11_025 // front.mel.hop) + 1 - front.size) // front.hop + 1
    assert len(result["local_bpm"]) == len(result["local_probability"]) == patches == 12
    assert result["bpm"] == max(result["local_bpm"], key=result["local_bpm"].count) == result["local_bpm"][-1]
    assert result["local_bpm"][0] > result["local_bpm"][-1] >= 30


def test_less_than_a_patch_is_an_error_that_says_how_much_is_needed(
    tmp_path: Path, models_dir: Callable[[Path], None]
) -> None:
    tempo_stand_in(tmp_path)
    models_dir(tmp_path)
    (error,) = run(wav(tones(44_100, 2, 5.0)), "deeptemp_k16").errors
    assert error["error"] == "The audio is too short: this network needs at least 11.8 s."
