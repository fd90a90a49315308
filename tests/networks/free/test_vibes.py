"""VibeNet: its front end against the recipe of its package, its windows, and what it says of real music."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from numpy.typing import NDArray

from tests.networks.free.conftest import Installed
from tests.support.filter import run
from tests.support.mel import slaney_mel
from tests.support.sounds import SOUNDS
from tonearm.audio.pcm import PcmFormat
from tonearm.features.mel import VIBENET_MEL
from tonearm.networks.free import vibes
from tonearm.networks.free.installed import session
from tonearm.networks.free.vibes import FRAMES, Vibes, decibels
from tonearm.pipeline.registry import catalog

UseFolder = Callable[..., None]
FORM = PcmFormat(16_000, ("FC",))


def noise(seconds: float, level: float = 0.3) -> NDArray[np.float32]:
    """It swells every second, shape (n,), at 16 kHz."""
    samples = round(16_000 * seconds)
    swell = np.sin(np.pi * (np.arange(samples) / 16_000 % 1))
    return (level * swell * np.random.default_rng(0).standard_normal(samples)).astype(np.float32)


def recipe(signal: NDArray[np.float32]) -> NDArray[np.float64]:
    """vibenet.core.extract_mel, in double precision: shape (bands, frames), dB."""
    signal = np.pad(signal.astype(np.float64), (0, max(0, 640 - len(signal))))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(640) / 640)
    frames = np.lib.stride_tricks.sliding_window_view(signal, 640)[::320] * window
    power = np.abs(np.fft.rfft(frames, 1024)) ** 2
    level = 10 * np.log10(np.maximum(1e-10, slaney_mel(16_000, 1024, 128, 0, 8000) @ power.T))
    return np.asarray(np.maximum(level, level.max() - 80), np.float64)


def bands(signal: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    extractor = VIBENET_MEL.extractor(FORM)
    found = [extractor.feed(signal[start : start + block]) for start in range(0, len(signal), block)]
    return np.concatenate([*found, extractor.finish()])


@pytest.mark.parametrize(("samples", "block"), [(1, 1), (639, 100), (640, 640), (959, 7), (960, 960), (70_000, 4096)])
def test_the_front_end_is_that_of_the_package(samples: int, block: int) -> None:
    signal = noise(samples / 16_000)
    signal[0] = 0.1
    expected = recipe(signal)
    found = decibels(bands(signal, block))
    assert found.shape == expected.T.shape
    np.testing.assert_allclose(found, expected.T, atol=2e-3)


def windows(signal: NDArray[np.float32], block: int = 65_536) -> NDArray[np.float32]:
    mel, network = VIBENET_MEL.extractor(FORM), Vibes().extractor(FORM)
    blocks = [signal[start : start + block] for start in range(0, len(signal), block)]
    found = [network.feed(mel.feed(each)) for each in blocks]
    return np.concatenate([*found, network.feed(mel.finish()), network.finish()])


@pytest.mark.parametrize("level", [0.02, 0.3])
def test_without_the_scaling_the_answers_are_those_of_the_package(
    level: float, installed: Installed, models_dir: UseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    models_dir(installed("vibenet"))
    signal = noise(20, level)
    (logits,) = session("vibenet").run(None, {"x": recipe(signal).astype(np.float32)[None]})
    acousticness, danceability, energy, instrumentalness, liveness, speechiness, valence = logits[0]
    likelihoods = 1 / (1 + np.exp(-np.array([acousticness, instrumentalness, liveness])))
    values = np.clip([danceability, energy, speechiness, valence], 0, 1)
    expected = [likelihoods[0], *values[:2], *likelihoods[1:], *values[2:]]
    scaled = windows(signal)[0]
    monkeypatch.setattr(vibes, "levelled", lambda power: power)
    np.testing.assert_allclose(windows(signal)[0], expected, atol=1e-4)
    assert np.abs(scaled - expected).max() > 0.01


@pytest.mark.parametrize("gain", [1e-3, 0.25, 0.5, 4])
def test_the_level_changes_nothing(gain: float, installed: Installed, models_dir: UseFolder) -> None:
    models_dir(installed("vibenet"))
    signal = noise(20)
    np.testing.assert_allclose(windows(np.float32(gain) * signal), windows(signal), atol=1e-3)


@pytest.mark.release
def test_windows_are_of_30_seconds_and_the_last_one_ends_with_the_track(
    installed: Installed, models_dir: UseFolder
) -> None:
    models_dir(installed("vibenet"))
    seconds = FRAMES / 50
    whole = noise(2 * seconds + 10)
    found = windows(whole)
    assert found.shape == (3, 7)
    assert found.min() >= 0
    assert found.max() <= 1
    np.testing.assert_allclose(windows(whole, 10_007), found, atol=1e-6)
    # A frame is longer than its hop.
    one = 320 * FRAMES + 320
    np.testing.assert_allclose(windows(whole[:one]), found[:1], atol=1e-6)
    np.testing.assert_allclose(windows(whole[-one:]), found[2:], atol=0.02)
    assert len(windows(whole[: one + 320 * (FRAMES // 6)])) == 1
    assert len(windows(whole[: one + 320 * (FRAMES // 6 + 1)])) == 2


@pytest.mark.parametrize("sound", SOUNDS)
def test_it_keeps_the_contract_of_models(sound: str, installed: Installed, models_dir: UseFolder) -> None:
    models_dir(installed("vibenet"))
    card = next(card for card in catalog().cards if card.name == "vibenet")
    outcome = run(SOUNDS[sound], "vibenet")
    assert bool(outcome.errors) == (sound == "one sample")
    for error in outcome.errors:
        assert error["error"] == "The audio is too short: this network needs at least 0.1 s."
    for result in outcome.results.values():
        Draft202012Validator(card.result_schema).validate(result)
        assert all(0 <= value <= 1 for value in json.loads(json.dumps(result, allow_nan=False)).values())
