"""beats:1 with its networks: drum patterns of known tempo and bars, labelled recordings, and what has no beat."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.networks.free.conftest import Installed
from tests.support import shared
from tests.support.filter import run
from tests.support.sounds import noise, wav

UseFolder = Callable[[Path], None]
RATE = 44_100


@pytest.fixture
def networks(installed: Installed, models_dir: UseFolder) -> None:
    models_dir(installed("tempocnn", "beatnet"))


def beats(data: bytes, parameters: str = "") -> dict[str, Any]:
    found: dict[str, Any] = run(data, f"beats{parameters}").results["beats:1"]
    return found


def drums(times: NDArray[np.float64], metre: int, seconds: float) -> NDArray[np.float64]:
    """A kick on the first beat of each bar, a snare on the others and a hi-hat in between, shape (n,)."""
    random = np.random.default_rng(1)
    signal = np.zeros(round(RATE * (seconds + 1)))
    t = np.arange(RATE // 4) / RATE
    kick = 0.9 * np.sin(2 * np.pi * (50 + 60 * np.exp(-40 * t)) * t) * np.exp(-12 * t)
    snare = 0.5 * random.normal(0, 0.5, len(t)) * np.exp(-25 * t)
    hat = 0.15 * random.normal(0, 0.5, len(t)) * np.exp(-90 * t)
    for number, time in enumerate(times):
        parts = [(time, kick if number % metre == 0 else snare), (time, hat)]
        if number + 1 < len(times):
            parts.append(((time + times[number + 1]) / 2, hat))
        for start, part in parts:
            signal[round(RATE * start) :][: len(part)] += part
    return np.clip(signal[: round(RATE * seconds)], -1, 1)


@pytest.mark.usefixtures("networks")
@pytest.mark.parametrize("bpm", [97.3, 128.0, 152.4])
def test_tempo_beats_and_bars_of_drums(bpm: float) -> None:
    times = np.arange(0.4, 40, 60 / bpm)
    found = beats(wav(drums(times, 4, 40)[None]))
    assert found["method"] == "networks"
    assert found["tempo"] == pytest.approx(bpm, abs=0.1)
    assert found["certainty"] == "certain"
    assert found["metre"] == 4
    assert found["tempo_curve"] is None
    near = [np.abs(times - beat).min() < 0.025 for beat in found["beats"]]
    assert np.mean(near) > 0.97
    assert len(found["beats"]) == pytest.approx(len(times), abs=2)
    downbeats = times[::4]
    assert np.mean([np.abs(downbeats - beat).min() < 0.025 for beat in found["downbeats"]]) > 0.9
    assert found["first_beat"] == found["beats"][0]
    assert [number == 1 for number in found["beat_numbers"]].count(True) == len(found["downbeats"])
    assert found["bar_numbers"][-1] == len(found["downbeats"])


@pytest.mark.usefixtures("networks")
def test_three_beats_in_a_bar() -> None:
    found = beats(wav(drums(np.arange(0.4, 40, 60 / 133.6), 3, 40)[None]))
    assert found["tempo"] == pytest.approx(133.6, abs=0.1)
    assert found["metre"] == max(found["beat_numbers"]) == 3


@pytest.mark.usefixtures("networks")
def test_the_tempo_is_taken_from_a_range() -> None:
    data = wav(drums(np.arange(0.4, 30, 60 / 85), 4, 30)[None])
    assert beats(data)["tempo"] == pytest.approx(85, abs=0.1)
    fast = beats(data, "(range=100-200)")
    assert fast["tempo"] == pytest.approx(170, abs=0.2)
    assert np.median(np.diff(fast["beats"])) == pytest.approx(60 / 170, abs=0.021)
    assert all(100 <= other["tempo"] <= 200 for other in fast["alternatives"])


@pytest.mark.usefixtures("networks")
def test_a_new_tempo_has_its_own_beats() -> None:
    first, second = np.arange(0.4, 60, 60 / 124), np.arange(60.2, 110, 60 / 101)
    found = beats(wav(drums(np.concatenate((first, second)), 4, 110)[None]))
    assert found["tempo"] == pytest.approx(124, abs=0.3)
    local = {point["time"]: point["tempo"] for point in found["tempo_curve"]}
    assert all(tempo == pytest.approx(124, abs=2) for time, tempo in local.items() if time < 50)
    assert all(tempo == pytest.approx(101, abs=2) for time, tempo in local.items() if time > 72)


@pytest.mark.usefixtures("networks")
def test_silence_has_no_tempo() -> None:
    found = beats(wav(np.zeros((1, 30 * RATE))))
    assert found["certainty"] == "none"
    assert found["tempo"] is None
    assert found["reason"] == "It is silent."
    assert found["beats"] == found["downbeats"] == found["alternatives"] == []


@pytest.mark.usefixtures("networks")
def test_noise_and_a_drone_are_not_relied_upon() -> None:
    t = np.arange(30 * RATE) / RATE
    drone = 0.2 * np.sin(2 * np.pi * 110 * t) + 0.1 * np.sin(2 * np.pi * 165 * t)
    for data in (noise(30), wav(drone[None])):
        found = beats(data)
        assert found["certainty"] != "certain"
        assert found["reason"]


@shared.needed
@pytest.mark.usefixtures("networks")
def test_speech_is_not_relied_upon() -> None:
    speech = [row for row in shared.table("voice") if row["label"] == "speech"]
    found = [beats(Path(row["path"]).read_bytes())["certainty"] for row in speech]
    assert found.count("certain") <= 1


@shared.needed
@pytest.mark.usefixtures("networks")
def test_loops_have_the_tempo_of_their_names() -> None:
    loops = [row for row in shared.table("tempo") if row["kind"] == "short-loop"]
    right = []
    for row in loops:
        tempo, bpm = beats(Path(row["path"]).read_bytes())["tempo"], float(row["bpm"])
        assert tempo is not None
        right.append(any(abs(tempo - ratio * bpm) <= 0.04 * ratio * bpm for ratio in (1 / 3, 1 / 2, 1, 2, 3)))
    assert np.mean(right) >= 0.92


def test_without_networks_it_says_so(tmp_path: Path, models_dir: UseFolder) -> None:
    models_dir(tmp_path)
    times = np.arange(0.4, 30, 60 / 120)
    data = wav(drums(times, 4, 30)[None])
    found = beats(data)
    assert found["method"] == "signal processing"
    assert found["tempo"] == pytest.approx(120, abs=0.3)
    assert found["metre"] is None
    assert found["beat_numbers"] == found["bar_numbers"] == found["downbeats"] == []
    assert beats(data, "(range=50-90)")["tempo"] == pytest.approx(60, abs=0.2)
    assert beats(data, "(range=200-285)")["tempo"] == pytest.approx(240, abs=0.6)
    assert beats(noise(30))["certainty"] == "none"
    t = np.arange(30 * RATE) / RATE
    drone = 0.2 * np.sin(2 * np.pi * 110 * t) + 0.1 * np.sin(2 * np.pi * 165 * t)
    assert beats(wav(drone[None]))["certainty"] != "certain"
