"""Analysis without a server."""

from __future__ import annotations

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import tonearm
from tests.support.http import Server
from tonearm import errors
from tonearm.sample import sample_track


def test_it_answers_as_the_server_does(server: Server, track: bytes, tmp_path: Path) -> None:
    file = tmp_path / "track.wav"
    file.write_bytes(track)
    expected = server.analyze(track, "key,loudness_ebur128:2").results
    for audio in (file, str(file), track, bytearray(track), io.BytesIO(track)):
        assert tonearm.analyze(audio, ["key", "loudness_ebur128:2"]).results == expected


@pytest.mark.release
def test_threads_do_not_get_in_each_others_way() -> None:
    models = "key,bpm_degara,bpm_multifeature,bpm_percival,chords,onset_rate,pitch_melody,loudness_replaygain"
    tracks = [sample_track(seconds) for seconds in (9, 10, 11, 12)]
    expected = [tonearm.analyze(track, models).results for track in tracks]
    with ThreadPoolExecutor(len(tracks)) as threads:
        assert list(threads.map(lambda track: tonearm.analyze(track, models).results, tracks)) == expected


def test_what_is_wrong_is_raised(tmp_path: Path) -> None:
    with pytest.raises(errors.UnknownModel, match=r"^Unknown model .kee.\. Did you mean key\?$"):
        tonearm.analyze(b"", "kee")
    with pytest.raises(errors.MalformedSpec):
        tonearm.analyze(b"", [])
    with pytest.raises(errors.AudioError, match="not audio"):
        tonearm.analyze(b"no audio" * 1000, "key")
    with pytest.raises(FileNotFoundError):
        tonearm.analyze(tmp_path / "nowhere.mp3", "key")


def test_importing_the_client_imports_no_dsp() -> None:
    code = "import sys, tonearm; tonearm.Client; print({'numpy', 'essentia', 'numba', 'av'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        tonearm.analyse  # noqa: B018
