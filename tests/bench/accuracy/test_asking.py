from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("essentia", reason="needs Essentia")
pytest.importorskip("imageio_ffmpeg", reason="needs requirements/bench.txt")

from bench.accuracy.answer import Answer

from bench.accuracy import asking
from tonearm.sample import sample_track


def test_what_a_peer_answered_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "CACHE", tmp_path / "kept")
    sample = tmp_path / "sample.wav"
    sample.write_bytes(sample_track(10))
    assert asking.answer("Essentia bgate", sample).key == "A minor"
    (kept,) = (tmp_path / "kept").iterdir()
    kept.write_text(Answer(key="B major").model_dump_json())
    assert asking.answer("Essentia bgate", sample).key == "B major"
    sample.write_bytes(sample_track(11))
    assert asking.answer("Essentia bgate", sample).key == "A minor"


def test_what_tonearm_answers_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "CACHE", tmp_path / "kept")
    sample = tmp_path / "sample.wav"
    sample.write_bytes(sample_track(10))
    assert asking.answer("`key:2`", sample).key == "A minor"
    assert not (tmp_path / "kept").exists()
