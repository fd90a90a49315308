"""The onset detection functions of Essentia's multifeature beat tracker, against its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.features import values_of
from tests.support.sounds import clicks, music
from tonearm.algorithms.rhythm import BeatEmphasis
from tonearm.features import EnergyAndMelFlux, InformationGain, SubbandOnsets

Signal = NDArray[np.float32]
ONE_FRAME = [1, 1000, 2047, 2048]
LENGTHS = [2049, 2560, 2561, 3072, 3073, 10_000, 200_000]


def emphasised(signal: Signal, block: int = 65_536) -> Signal:
    emphasis = BeatEmphasis()
    subbands = values_of(SubbandOnsets(), signal)
    for begin in range(0, len(subbands), max(1, block // 512)):
        emphasis.feed(subbands[begin : begin + block // 512])
    return emphasis.finish()


def fluxes(signal: Signal, block: int = 65_536) -> Signal:
    return values_of(EnergyAndMelFlux(), signal, block)


def gains(signal: Signal, block: int = 65_536) -> Signal:
    return values_of(InformationGain(), signal, block)


def essentias_emphasised(signal: Signal) -> NDArray[Any]:
    import essentia.standard as es

    found: NDArray[Any] = es.OnsetDetectionGlobal(method="beat_emphasis")(signal)
    return found


def essentias_gains(signal: Signal) -> NDArray[Any]:
    import essentia.standard as es

    found: NDArray[Any] = es.OnsetDetectionGlobal(method="infogain")(signal)
    return found


def essentias_fluxes(signal: Signal) -> NDArray[Any]:
    import essentia.standard as es

    window, transform, polar = es.Windowing(size=2048, type="hann"), es.FFT(size=2048), es.CartesianToPolar()
    detectors = [es.OnsetDetection(method=method) for method in ("rms", "melflux")]
    frames = es.FrameGenerator(signal, frameSize=2048, hopSize=1024, startFromZero=True)
    spectra = [polar(transform(window(frame))) for frame in frames]
    return np.array([[detect(*spectrum) for detect in detectors] for spectrum in spectra], np.float32)


FLUXES = pytest.param(fluxes, essentias_fluxes, 1e-4, id="energy and mel flux")
GAINS = pytest.param(gains, essentias_gains, 1e-3, id="information gain")
PAIRS = [pytest.param(emphasised, essentias_emphasised, 1e-3, id="beat emphasis"), FLUXES, GAINS]
"""The tolerance is of the highest value: sums of a thousand bins in single precision, in another order."""


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(("ours", "essentias", "tolerance"), PAIRS)
def test_equals_essentia_for_every_way_a_signal_can_end(
    ours: Callable[..., Signal], essentias: Callable[[Signal], NDArray[Any]], tolerance: float, length: int
) -> None:
    compare(ours, essentias, tolerance, music(5)[:length])


@pytest.mark.parametrize("length", ONE_FRAME)
@pytest.mark.parametrize(("ours", "essentias", "tolerance"), [FLUXES, GAINS])
def test_one_frame_equals_essentia(
    ours: Callable[..., Signal], essentias: Callable[[Signal], NDArray[Any]], tolerance: float, length: int
) -> None:
    compare(ours, essentias, tolerance, music(5)[:length])


@pytest.mark.parametrize("length", ONE_FRAME)
def test_one_frame_does_not_stand_out(length: int) -> None:
    """Essentia's has the rounding errors of a mean of equal values."""
    np.testing.assert_allclose(emphasised(music(5)[:length]), [0], atol=1e-9)


@pytest.mark.parametrize(
    "signal",
    [
        pytest.param(clicks(130, 8), id="clicks"),
        pytest.param(np.random.default_rng(0).normal(0, 0.1, 300_000).astype(np.float32), id="noise"),
        pytest.param(np.concatenate((np.zeros(50_000, np.float32), music(4))), id="from silence"),
        pytest.param(1000 * music(4), id="far too loud"),
        pytest.param(np.zeros(50_000, np.float32), id="silence"),
    ],
)
@pytest.mark.parametrize(("ours", "essentias", "tolerance"), PAIRS)
def test_equals_essentia(
    ours: Callable[..., Signal], essentias: Callable[[Signal], NDArray[Any]], tolerance: float, signal: Signal
) -> None:
    compare(ours, essentias, tolerance, signal)


def compare(
    ours: Callable[..., Signal], essentias: Callable[[Signal], NDArray[Any]], tolerance: float, signal: Signal
) -> None:
    expected, found = essentias(signal), ours(signal)
    assert found.shape == expected.shape
    assert found.dtype == np.float32
    scale = expected.max(axis=0)
    assert (np.abs(found - expected) <= tolerance * scale).all()


@pytest.mark.parametrize("ours", [emphasised, fluxes, gains])
@pytest.mark.parametrize("block", [1000, 5000, 100_000])
def test_blocks_change_nothing(ours: Callable[..., Signal], block: int) -> None:
    signal = music(4)
    whole = ours(signal, len(signal))
    np.testing.assert_allclose(ours(signal, block), whole, atol=1e-6 * whole.max())


def test_what_fades_below_all_numbers_is_finite() -> None:
    signal = np.concatenate((music(2), music(2) * np.float32(1e-38), music(2)))
    for ours in (emphasised, fluxes, gains):
        assert np.isfinite(ours(signal)).all()


def test_no_signal_no_emphasis() -> None:
    assert BeatEmphasis().finish().shape == (0,)
