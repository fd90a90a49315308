from __future__ import annotations

from pathlib import Path

import pytest
from bench.accuracy.systems.system import System
from bench.accuracy.systems.tonearm_models import systems

from tonearm.sample import BPM, sample_track

SYSTEMS = systems()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "sample.wav"
    path.write_bytes(sample_track(20))
    return path


@pytest.mark.parametrize("system", SYSTEMS, ids=[system.name for system in SYSTEMS])
def test_a_model_answers_with_what_it_gives(system: System, sample: Path) -> None:
    found = system.answer(sample)
    assert found.failure is None
    if "tempo" in system.gives:
        assert found.tempo == pytest.approx(BPM, rel=0.04)
        assert len(found.beats) > 30
        assert found.tempo_certain is not None
    if "key" in system.gives:
        assert found.key == "A minor"
        assert found.key_certain is not None
    assert ("tempo probability" in system.gives) == (found.tempo_probability is not None)
    assert ("key probability" in system.gives) == (found.key_probability is not None)


def test_what_is_not_audio_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "words.mp3"
    path.write_text("no audio " * 1000)
    assert SYSTEMS[0].answer(path).failure
