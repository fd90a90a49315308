from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import tonearm
from tonearm.cli.resume import EarlierRun
from tonearm.protocol.job import Task


def task(name: str, version: int = 1, **parameters: bool | float | str) -> Task:
    return Task(requested=name, name=name, version=version, parameters=parameters)


def line(name: str, *models: str, errors: tuple[str, ...] = ()) -> str:
    return json.dumps({"file": name, "models": models, "results": {}, "errors": [{"error": each} for each in errors]})


def test_a_file_is_done_when_every_model_gave_a_result(tmp_path: Path) -> None:
    results = tmp_path / "out.jsonl"
    results.write_text(
        "\n".join(
            [
                line("whole", "key:1", "waveform:1(points=5)"),
                line("later", "key:1", errors=("it broke",)),
                line("later", "key:1"),
                line("never", "key:1", errors=("it broke",)),
            ]
        )
    )
    earlier = EarlierRun(results)
    assert earlier.has("whole", [task("key")])
    assert earlier.has("whole", [task("key"), task("waveform", points=5)])
    assert not earlier.has("whole", [task("waveform")])
    assert not earlier.has("whole", [task("key", 2)])
    assert not earlier.has("whole", [task("key"), task("bpm_degara")])
    assert earlier.has("later", [task("key")])
    assert not earlier.has("never", [task("key")])
    assert not earlier.has("unheard of", [task("key")])
    assert earlier.unreadable == 0


def test_what_is_no_line_of_results_is_counted_and_passed_over(tmp_path: Path) -> None:
    results = tmp_path / "out.jsonl"
    whole = line("b", "key:1").encode()
    results.write_bytes(b"\n".join([b"42", b'{"file":"a"}', b"\xff\xfe", b"", whole, whole[:-9]]))
    earlier = EarlierRun(results)
    assert earlier.has("b", [task("key")])
    assert earlier.unreadable == 4


@pytest.mark.release
def test_a_run_that_was_cut_off_is_gone_on_with(album: Path, tmp_path: Path) -> None:
    results = tmp_path / "out.jsonl"
    analyze = (
        "analyze",
        str(album / "one.wav"),
        str(album / "more"),
        "--format",
        "json",
        "--models",
        "key",
        "--jobs",
        "1",
    )
    whole = tonearm(*analyze).stdout
    first, second = whole.splitlines(keepends=True)
    results.write_bytes(first + second[:-20])

    shell = f"exec \"$0\" -m tonearm \"$@\" --skip-done '{results}' >> '{results}'"

    for expected in ("1 of 2 are already", "2 of 2 are already"):
        done = subprocess.run(["sh", "-c", shell, sys.executable, *analyze], capture_output=True, text=True)
        assert done.returncode == 0
        assert expected in done.stderr
        assert "lines that are not results: 1" in done.stderr
    good, cut_off, again = results.read_bytes().splitlines(keepends=True)
    assert (good, cut_off, again) == (first, second[:-20] + b"\n", second)
