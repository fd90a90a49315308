"""MusiCNN: its front end against the recipe of its package, its patches, its tags."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from numpy.typing import NDArray

from tests.networks.free.conftest import Installed
from tests.support.features import values_of
from tests.support.filter import run
from tests.support.mel import slaney_mel
from tests.support.sounds import SOUNDS, music, wav
from tonearm.audio.pcm import PcmFormat
from tonearm.features.mel import LIBROSA_MUSICNN_MEL
from tonearm.networks.free.tags import MSD_LABELS, MTT_LABELS, MusicnnOutput
from tonearm.pipeline.registry import catalog

UseFolder = Callable[[Path], None]
MODELS = "musicnn,musicnn_mtt,embedding_musicnn"


def recipe(signal: NDArray[np.float32]) -> NDArray[np.float64]:
    """musicnn.extractor.batch_data before its patches, in double precision: shape (frames, bands)."""
    padded = np.pad(signal.astype(np.float64), 256)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(512) / 512)
    frames = np.lib.stride_tricks.sliding_window_view(padded, 512)[::256] * window
    power = np.abs(np.fft.rfft(frames)) ** 2 @ slaney_mel(16_000, 512, 96, 0, 8000).T
    return np.asarray(np.log10(10_000 * power + 1), np.float64)


@pytest.mark.parametrize("samples", [1, 255, 256, 40_000])
@pytest.mark.parametrize("level", [1e-4, 0.3, 30])
def test_the_front_end_is_that_of_the_package(samples: int, level: float) -> None:
    """However loud: the package's own overflows."""
    signal = (level * np.random.default_rng(0).standard_normal(samples)).astype(np.float32)
    extractor = LIBROSA_MUSICNN_MEL.extractor(PcmFormat(16_000, ("FC",)))
    parts = [extractor.feed(part) for part in np.array_split(signal, 3)]
    found = np.concatenate([*parts, extractor.finish()])
    expected = recipe(signal)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_labels_are_the_packages() -> None:
    assert len(set(MSD_LABELS)) == len(set(MTT_LABELS)) == 50
    assert (MSD_LABELS[0], MSD_LABELS[23], MSD_LABELS[-1]) == ("rock", "instrumental", "happy")
    assert (MTT_LABELS[0], MTT_LABELS[23], MTT_LABELS[-1]) == ("guitar", "loud", "choral")


def test_patches_follow_one_another(installed: Installed, models_dir: UseFolder) -> None:
    models_dir(installed("musicnn"))
    signal = music(13)
    found = values_of(MusicnnOutput("musicnn_msd"), signal)
    # 13 s are 813 frames.
    assert found.shape == (4, 250)
    np.testing.assert_allclose(values_of(MusicnnOutput("musicnn_msd"), signal, 10_007), found, atol=1e-3)
    embedding = run(wav(signal[None]), "embedding_musicnn").results["embedding_musicnn:1"]
    assert embedding["patches"] == 4
    assert len(embedding["embedding"]) == 200


@pytest.mark.parametrize("sound", SOUNDS)
def test_they_keep_the_contract_of_models(sound: str, installed: Installed, models_dir: UseFolder) -> None:
    models_dir(installed("musicnn"))
    outcome = run(SOUNDS[sound], MODELS)
    assert len(outcome.results) + len(outcome.errors) == 3
    if sound in {"one sample", "0.1 s", "1 s", "192 kHz"}:
        assert not outcome.results
    for error in outcome.errors:
        assert error["error"] == "The audio is too short: this network needs at least 3.0 s."
    for card in catalog().cards:
        if result := outcome.results.get(f"{card.name}:{card.version}"):
            Draft202012Validator(card.result_schema).validate(result)
    if outcome.results:
        assert tuple(outcome.results["musicnn:1"]["activations"]) == MSD_LABELS
        assert tuple(outcome.results["musicnn_mtt:1"]["activations"]) == MTT_LABELS
