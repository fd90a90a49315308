"""TempoCNN: its front end against the recipe of its package, its windows, and the tempi of real and made music."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.networks.free.conftest import Installed
from tests.support.features import values_of
from tests.support.filter import run
from tests.support.mel import slaney_mel
from tests.support.networks import command, tempo_stand_in
from tests.support.sounds import SOUNDS, clicks, wav
from tonearm.algorithms.rhythm.tempo_classes import SLOWEST
from tonearm.audio.pcm import PcmFormat
from tonearm.features.mel import LIBROSA_TEMPOCNN_MEL
from tonearm.networks.free.projects import TEMPOCNN
from tonearm.networks.free.tempo import TempoClasses
from tonearm.pipeline.registry import catalog

UseFolder = Callable[[Path], None]


def recipe(signal: NDArray[np.float32]) -> NDArray[np.float64]:
    """tempocnn.feature.read_features before its windows, in double precision: shape (frames, bands)."""
    padded = np.pad(signal.astype(np.float64), 512)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1024) / 1024)
    frames = np.lib.stride_tricks.sliding_window_view(padded, 1024)[::512] * window
    return np.asarray(np.abs(np.fft.rfft(frames)) @ slaney_mel(11_025, 1024, 40, 20, 5000).T, np.float64)


@pytest.mark.parametrize("samples", [1, 511, 512, 513, 5120, 30_000])
@pytest.mark.parametrize("block", [1000, 65_536])
def test_the_front_end_is_that_of_the_package(samples: int, block: int) -> None:
    signal = (0.3 * np.random.default_rng(0).standard_normal(samples)).astype(np.float32)
    extractor = LIBROSA_TEMPOCNN_MEL.extractor(PcmFormat(11_025, ("FC",)))
    parts = [extractor.feed(signal[start : start + block]) for start in range(0, samples, block)]
    found = np.concatenate([*parts, extractor.finish()])
    expected = recipe(signal)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_no_audio_has_no_frames() -> None:
    assert not len(LIBROSA_TEMPOCNN_MEL.extractor(PcmFormat(11_025, ("FC",))).finish())


@pytest.mark.parametrize(("seconds", "windows"), [(2, 3), (23.9, 3), (24.1, 3), (32, 4)])
def test_windows_are_of_12_seconds_and_short_audio_is_repeated(
    seconds: float, windows: int, installed: Installed, models_dir: UseFolder
) -> None:
    models_dir(installed("tempocnn"))
    found = values_of(TempoClasses("deeptemp_k8"), clicks(120, seconds))
    assert found.shape == (windows, 256)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("network", ["deeptemp_k8", "shallowtemp_k2"])
def test_a_loop_of_two_bars_has_its_tempo(network: str, installed: Installed, models_dir: UseFolder) -> None:
    models_dir(installed("tempocnn"))
    loop = clicks(125, 8 * 60 / 125)
    result = run(wav(loop[None]), network).results[f"{network}:1"]
    assert result["bpm"] == pytest.approx(125, abs=1)
    assert len(result["local_bpm"]) == 3


def test_the_mean_of_windows_does_not_depend_on_blocks(installed: Installed, models_dir: UseFolder) -> None:
    models_dir(installed("tempocnn"))
    signal = clicks(97, 40)
    np.testing.assert_allclose(
        values_of(TempoClasses("shallowtemp_k2"), signal),
        values_of(TempoClasses("shallowtemp_k2"), signal, 10_001),
        atol=1e-5,
    )
    best = values_of(TempoClasses("deeptemp_k8"), signal).mean(axis=0).argmax() + SLOWEST
    assert best in {97, 194}


def test_the_task_means_the_best_that_is_installed(installed: Installed, tmp_path: Path, models_dir: UseFolder) -> None:
    def card() -> tuple[str | None, str, bool]:
        found = next(card for card in catalog().cards if card.name == "tempocnn")
        return found.network, found.licence, found.unavailable is None

    models_dir(tmp_path)
    # `tonearm models pull tempocnn` is what it says, and this is what that installs.
    assert card() == ("deeptemp_k8", "AGPL-3.0-only", False)
    models_dir(installed("tempocnn"))
    assert card() == ("deeptemp_k8", "AGPL-3.0-only", True)
    music = SOUNDS["music"]
    assert run(music, "tempocnn").results["tempocnn:1"] == run(music, "deeptemp_k8").results["deeptemp_k8:1"]
    tempo_stand_in(tmp_path)
    models_dir(tmp_path)
    assert card() == ("deeptemp-k16-3", "CC BY-NC-SA 4.0", True)


@pytest.mark.parametrize("sound", SOUNDS)
def test_they_keep_the_contract_of_models(sound: str, installed: Installed, models_dir: UseFolder) -> None:
    models_dir(installed("tempocnn"))
    outcome = run(SOUNDS[sound], "tempocnn,shallowtemp_k2")
    assert len(outcome.results) + len(outcome.errors) == 2
    assert bool(outcome.errors) == (sound == "one sample")
    for result in outcome.results.values():
        assert all(30 <= bpm <= 285 for bpm in [result["bpm"], *result["local_bpm"]])


@pytest.mark.release
def test_its_notices(installed: Installed) -> None:
    # In a process of its own, without colours and as wide as it likes.
    told = command("show", "tempocnn", folder=installed("tempocnn")).stdout
    for words in (TEMPOCNN.licence, TEMPOCNN.authors, TEMPOCNN.citation, "changed    nothing", str(TEMPOCNN.source)):
        assert words in told
