"""Key-CNN: its windows, and the keys of made music."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.networks.free.conftest import Installed
from tests.support.features import values_of
from tests.support.filter import run
from tests.support.sounds import music
from tonearm.audio.pcm import PcmFormat
from tonearm.networks.free.key import KeyClasses
from tonearm.networks.pack import PackError
from tonearm.sample import sample_track

UseFolder = Callable[[Path], None]


@pytest.mark.parametrize("network", ["winterreise_v_fold0", "winterreise_v_fold1"])
def test_the_sample_is_in_a_minor(network: str, installed: Installed, models_dir: UseFolder) -> None:
    models_dir(installed("keycnn"))
    found = values_of(KeyClasses(network), music(30))  # type: ignore[arg-type]
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    assert found.mean(axis=0).argmax() == 12 + 9


def test_key_2_uses_it(installed: Installed, models_dir: UseFolder, tmp_path: Path) -> None:
    track = sample_track(20)
    models_dir(tmp_path)
    alone = run(track, "key:2").results["key:2"]
    assert alone["method"] == "signal processing"
    models_dir(installed("keycnn"))
    together = run(track, "key:2").results["key:2"]
    assert together["method"] == "networks"
    assert (together["key"], together["scale"]) == (alone["key"], alone["scale"]) == ("A", "minor")
    assert together["probability"] != alone["probability"]


@pytest.mark.parametrize(("seconds", "windows"), [(0.2, 1), (5, 1), (11, 1), (16, 1), (17, 2)])
def test_windows_are_of_11_seconds(seconds: float, windows: int, installed: Installed, models_dir: UseFolder) -> None:
    models_dir(installed("keycnn"))
    signal = music(seconds)
    found = values_of(KeyClasses("winterreise_v_fold0"), signal)
    assert found.shape == (windows, 24)
    np.testing.assert_allclose(values_of(KeyClasses("winterreise_v_fold0"), signal, 9_999), found, atol=1e-4)


def test_one_that_is_not_installed_says_how_to_get_it(tmp_path: Path, models_dir: UseFolder) -> None:
    models_dir(tmp_path)
    with pytest.raises(PackError, match=r"winterreise_v_fold0 is not installed here: run `tonearm models pull keycnn`"):
        KeyClasses("winterreise_v_fold0").extractor(PcmFormat(44_100, ("FC",)))
