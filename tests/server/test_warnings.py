"""What the end of a stream says of audio that was analysed although it is not as it should be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.support.command import lines, tonearm
from tests.support.http import Server
from tests.support.media import BY_NAME, encoded


@pytest.fixture(scope="module")
def holed() -> bytes:
    """FLAC of eight seconds with noise for two of them."""
    data = encoded(BY_NAME["flac-16"], 8.0)
    middle, size = len(data) // 2, len(data) // 4
    return data[:middle] + np.random.default_rng(3).bytes(size) + data[middle + size :]


def test_of_a_whole_file_the_end_says_what_it_always_said(server: Server) -> None:
    answer = server.analyze(encoded(BY_NAME["flac-16"], 8.0), "silence")
    assert answer.raw.endswith(b'data: {"status":"finished","total_models":1}\n\n')


def test_a_hole_is_told_in_the_stream_and_in_the_document(server: Server, holed: bytes) -> None:
    answer = server.analyze(holed, "silence")
    (warning,) = answer.events[-1]["warnings"]
    assert set(warning) == {"code", "message", "start", "end"}
    assert (warning["code"], warning["start"] < warning["end"]) == ("damaged", True)
    assert answer.results["silence"]["duration"] == pytest.approx(8.0, abs=0.001)
    document = json.loads(server.analyze(holed, "silence", {"Accept": "application/json"}).body())
    assert [{name: told for name, told in each.items() if told is not None} for each in document["warnings"]] == [
        warning
    ]


@pytest.mark.release
def test_the_command_line_tells_it_too(holed: bytes, tmp_path: Path) -> None:
    file = tmp_path / "holed.flac"
    file.write_bytes(holed)
    done = tonearm("analyze", file, "--format", "json", "--models", "silence")
    assert done.returncode == 0
    (warning,) = lines(done.stdout)[str(file)]["warnings"]
    assert warning["code"] == "damaged"
    assert done.stderr.decode().splitlines() == [f"tonearm: {file}: warning: {warning['message']}"]
