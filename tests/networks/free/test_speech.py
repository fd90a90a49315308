"""Silero VAD: its frames and its segments against the code of its package, and what it says of sounds made here."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from numpy.typing import NDArray

from tests.networks.free.conftest import Installed
from tests.support import shared
from tests.support.features import values_of
from tests.support.filter import run
from tests.support.sounds import SOUNDS, music, wav
from tonearm.algorithms.speech_segments import SpeechSegments
from tonearm.audio.pcm import PcmFormat
from tonearm.networks.free.installed import session
from tonearm.networks.free.projects import SILERO, Project
from tonearm.networks.free.speech import FRAME, RATE, SpeechProbabilities
from tonearm.networks.pack import PackError
from tonearm.pipeline.registry import catalog

UseFolder = Callable[[Path], None]
Files = Callable[[Project], Path]


def function(file: Path, name: str) -> Callable[..., Any]:
    """A function of a module that cannot be imported: for all else in it, it needs PyTorch."""
    found = next(node for node in ast.parse(file.read_text()).body if getattr(node, "name", "") == name)
    names: dict[str, Any] = {"np": np, "List": list}
    exec(compile(ast.Module([found], []), file.name, "exec"), names)
    made: Callable[..., Any] = names[name]
    return made


def heard(signal: NDArray[np.float32], files: Files) -> NDArray[np.float32]:
    """Probabilities for a signal at 16 kHz, as SileroVADSequence.audio_forward finds them: shape (frames,)."""
    frame_blocks = function(files(SILERO) / "sequence_vad.py", "frame_blocks")
    hidden = cell = np.zeros((1, 1, 128), np.float32)
    found = [np.empty(0, np.float32)]
    for block in frame_blocks(signal, 512, 64, 512):
        values, hidden, cell = session("silero").run(
            ["speech_probs", "hn", "cn"], {"input": block, "h": hidden, "c": cell}
        )
        found.append(values.ravel())
    return np.concatenate(found)


def at_16_khz(signal: NDArray[np.float32], block: int = 65_536) -> NDArray[np.float32]:
    """Probabilities for a signal at 16 kHz, fed in blocks, shape (frames,)."""
    extractor = SpeechProbabilities().extractor(PcmFormat(RATE, ("FC",)))
    found = [extractor.feed(signal[start : start + block]) for start in range(0, len(signal), block)]
    return np.concatenate([*found, extractor.finish()])


@pytest.mark.parametrize(("samples", "block"), [(1, 1), (511, 64), (512, 512), (513, 512), (50_000, 777)])
def test_the_frames_are_those_of_the_package(
    samples: int, block: int, installed: Installed, files: Files, models_dir: UseFolder
) -> None:
    models_dir(installed("silero"))
    signal = music(3)[:samples]
    expected = heard(signal, files)
    found = at_16_khz(signal, block)
    assert len(found) == -(-samples // FRAME)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("threshold", [0.05, 0.1, 0.3, 0.5, 0.9])
def test_the_segments_are_those_of_the_package(threshold: float, files: Files) -> None:
    """Of probabilities that wander across both thresholds, at all speeds."""
    timestamps = function(files(SILERO) / "utils_vad.py", "get_speech_timestamps_from_probs")
    generator = np.random.default_rng(0)
    several = 0
    for smoothing in (1, 2, 4, 8, 16, 32):
        for frames in (0, 1, 7, 8, 9, 10, 500):
            wandering = np.convolve(generator.standard_normal(frames + smoothing), np.ones(smoothing), "valid")
            probabilities = (1 / (1 + np.exp(-6 * wandering[:frames] / np.sqrt(smoothing)))).astype(np.float32)
            samples = max(0, FRAME * frames - int(generator.integers(FRAME)))
            expected = timestamps(probabilities.tolist(), audio_length_samples=samples, threshold=threshold)
            segments = SpeechSegments(threshold, FRAME, RATE)
            for part in np.array_split(probabilities, 3):
                segments.feed(part.tolist())
            found = segments.finish(samples)
            assert [{"start": each.start, "end": each.end} for each in found] == expected
            several += len(found) > 1
    assert several > 3


def test_the_probability_is_the_mean_over_the_frames() -> None:
    segments = SpeechSegments(0.5, FRAME, RATE)
    segments.feed([0.0] * 10 + [0.6, 0.8] * 10 + [0.0] * 10)
    (found,) = segments.finish(FRAME * 40)
    assert found.probability == pytest.approx(0.7)
    assert (found.start, found.end) == (FRAME * 10 - 480, FRAME * 30 + 480)


@shared.needed
def test_speech_is_found_where_it_is(installed: Installed, models_dir: UseFolder) -> None:
    """Speech after music, and not before it."""
    models_dir(installed("silero"))
    from tests.support.decoded import mono

    spoken = next(Path(row["path"]) for row in shared.table("voice") if row["file"] == "librosa_libri_198-209-0000.ogg")
    speech = mono(spoken.read_bytes())
    before = music(10)
    result = run(wav(np.concatenate((before, speech))[None]), "speech").results["speech:1"]
    first, *_, last = result["segments"]
    assert 10 <= first["start"] < 11
    assert last["end"] > 10 + len(speech) / 44_100 - 1
    together = sum(each["end"] - each["start"] for each in result["segments"])
    assert result["share"] == pytest.approx(together / (10 + len(speech) / 44_100), abs=1e-3)
    assert result["share"] > 0.45
    strict = run(wav(speech[None]), "speech(threshold=0.95)").results["speech:1"]
    assert strict["share"] < run(wav(speech[None]), "speech").results["speech:1"]["share"]


@pytest.mark.parametrize("sound", SOUNDS)
def test_it_keeps_the_contract_of_models(sound: str, installed: Installed, models_dir: UseFolder) -> None:
    models_dir(installed("silero"))
    card = next(card for card in catalog().cards if card.name == "speech")
    outcome = run(SOUNDS[sound], "speech")
    assert not outcome.errors
    result = outcome.results["speech:1"]
    Draft202012Validator(card.result_schema).validate(result)
    json.dumps(result, allow_nan=False)
    # A short chord is all that sounds like somebody here.
    assert len(result["segments"]) <= (sound == "mono")
    assert result["share"] < 0.1


def test_one_that_is_not_installed_says_how_to_get_it(tmp_path: Path, models_dir: UseFolder) -> None:
    models_dir(tmp_path)
    with pytest.raises(PackError, match=r"silero is not installed here: run `tonearm models pull silero`"):
        SpeechProbabilities().extractor(PcmFormat(RATE, ("FC",)))
    card = next(card for card in catalog().cards if card.name == "speech")
    assert card.unavailable == "is not installed here: run `tonearm models pull silero`."


def test_state_goes_from_block_to_block_and_not_from_file_to_file(installed: Installed, models_dir: UseFolder) -> None:
    models_dir(installed("silero"))
    signal = music(8)
    found = values_of(SpeechProbabilities(), signal)
    assert found.shape == (8 * RATE // FRAME,)
    np.testing.assert_allclose(values_of(SpeechProbabilities(), signal, 5_000), found, atol=1e-4)
