"""What a file is, by every way to ask: the same facts, wherever its bytes come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import tonearm
from tests.support.http import Server
from tests.support.media import BY_NAME, encoded
from tests.support.web import Web


@pytest.mark.parametrize("name", ["mp3-cbr", "flac-16", "m4a-aac"])
def test_a_file_is_the_same_by_every_way(server: Server, tmp_path: Path, name: str) -> None:
    data = encoded(BY_NAME[name])
    file = tmp_path / "file"
    file.write_bytes(data)
    uploaded = server.analyze(data, "audio,silence").results
    assert uploaded["audio"]["duration"] == uploaded["silence"]["duration"] == 3
    with Web.started({"/track.wav": data}) as web:
        fetched = server.analyze(b"", "audio", {"audio-url": web.url("/track.wav")})
    document = json.loads(server.analyze(data, "audio", {"Accept": "application/json"}).body())
    for told in (fetched.results, document["results"], tonearm.analyze(file, "audio").results):
        assert told["audio"] == uploaded["audio"]
