"""BeatNet: its state goes from block to block, and its beats are where they are heard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.networks.free.conftest import Installed
from tests.support.features import values_of
from tests.support.sounds import clicks
from tonearm.networks.free.beats import RATE, BeatActivations, BeatNetworkName

UseFolder = Callable[[Path], None]
NETWORKS: tuple[BeatNetworkName, ...] = ("beatnet_1", "beatnet_2", "beatnet_3")


@pytest.mark.parametrize("network", NETWORKS)
def test_state_goes_from_block_to_block_and_not_from_file_to_file(
    network: BeatNetworkName, installed: Installed, models_dir: UseFolder
) -> None:
    models_dir(installed("beatnet"))
    signal = clicks(100, 8)
    found = values_of(BeatActivations(network), signal)
    assert found.shape == (8 * RATE, 3)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(values_of(BeatActivations(network), signal, 5_000), found, atol=1e-4)


@pytest.mark.parametrize("network", NETWORKS)
def test_beats_are_where_they_are_heard(network: BeatNetworkName, installed: Installed, models_dir: UseFolder) -> None:
    models_dir(installed("beatnet"))
    found = values_of(BeatActivations(network), clicks(120, 20))
    beat = found[:, :2].sum(axis=1)
    peaks = [i for i in range(1, len(beat) - 1) if beat[i] > 0.3 and beat[i - 1] <= beat[i] > beat[i + 1]]
    times = np.array(peaks) / RATE
    beats = np.arange(5, 20, 0.5)
    assert all(np.abs(times - beat).min() < 0.07 for beat in beats)
