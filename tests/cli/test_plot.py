from __future__ import annotations

import struct
import wave
from pathlib import Path

import pytest

from tests.support.command import tonearm
from tests.support.python_path import in_front
from tests.support.web import Web


def test_a_picture_of_a_track(album: Path, tmp_path: Path) -> None:
    done = tonearm("plot", album / "one.wav", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"one.png\n", b"")
    picture = (tmp_path / "one.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (1800, 1012)


@pytest.mark.release
def test_the_name_says_in_which_format_and_the_picture_has_the_words(album: Path, tmp_path: Path) -> None:
    sound = (album / "one.wav").read_bytes()
    with Web.started({"/track.wav": sound}) as web:
        done = tonearm("plot", web.url("/track.wav"), "-o", tmp_path / "track.svg")
    assert done.returncode == 0, done.stderr
    picture = (tmp_path / "track.svg").read_text()
    # matplotlib leaves what each group of letters says as a comment before its outlines.
    for words in ("track.wav  ·  6 s", "A minor", "8A", "LUFS", "dBTP", "bpm", "streaming, Apple, EBU R 128"):
        assert words in picture


@pytest.mark.release
def test_silence_has_a_picture_too(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "silence.wav"), "wb") as silence:
        silence.setnchannels(1)
        silence.setsampwidth(2)
        silence.setframerate(44_100)
        silence.writeframes(bytes(2 * 44_100 * 4))
    done = tonearm("plot", tmp_path / "silence.wav", "-o", tmp_path / "silence.svg")
    assert done.returncode == 0, done.stderr
    picture = (tmp_path / "silence.svg").read_text()
    assert "no key" in picture
    assert "no beats were found" in picture
    assert "silence: no block is above the absolute gate" in picture


@pytest.mark.release
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["missing.wav"], 1, "missing.wav: No such file"),
        (["missing.wav", "-o", "track.txt"], 2, "must end in .png"),
        (["."], 2, "is a folder"),
    ],
)
def test_what_cannot_be_drawn(tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    done = tonearm("plot", *arguments, cwd=tmp_path)
    assert done.returncode == code
    assert done.stdout == b""
    assert words in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_without_the_package_that_draws(tmp_path: Path) -> None:
    """A folder in front of the installed packages hides it, as if it had never been installed."""
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as util\n"
        "find = util.find_spec\n"
        "util.find_spec = lambda name, package=None: None if name == 'matplotlib' else find(name, package)\n"
    )
    done = tonearm("plot", "track.wav", PYTHONPATH=in_front(tmp_path))
    assert done.returncode == 1
    assert done.stderr.decode() == "tonearm: Plotting needs an extra: install Tonearm as tonearm[plot].\n"
