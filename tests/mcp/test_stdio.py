"""`tonearm mcp` as a process, asked by the SDK's own client over standard input and output."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters

from tests.support.assistant import ask, named, results, words
from tests.support.http import Server
from tests.support.waiting import PATIENCE_SECONDS


def connect() -> Client:
    # The SDK would pass on PATH and little else.
    return Client(StdioServerParameters(command=sys.executable, args=["-m", "tonearm", "mcp"], env={**os.environ}))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, track: bytes) -> Path:
    path = tmp_path_factory.mktemp("music") / "a track.wav"
    path.write_bytes(track)
    return path


@pytest.mark.release
def test_the_key_of_a_local_file(file: Path, server: Server, track: bytes) -> None:
    default, whole, models, everything = ask(
        connect,
        ("analyze_audio", {"source": str(file)}),
        ("analyze_audio", {"source": str(file), "models": "beats,waveform(points=100)", "full": True}),
        ("list_models", {}),
        ("list_models", {"everything": True}),
    )
    expected = server.analyze(track, "key:2,beats,loudness_ebur128:2,waveform(points=100)").results
    found = results(default)
    assert found["key"] == expected["key"]
    assert found["loudness_ebur128"] == expected["loudness_ebur128"]
    beats = expected["beats"]["beats"]
    assert found["beats"]["beats"] == {"first": beats[:20], "of": len(beats)}
    assert (default.structured_content or {})["errors"] == []
    assert results(whole) == {name: expected[name] for name in ("beats", "waveform")}
    cards = named(models)
    assert cards["loudness_ebur128:2"]["parameters"]["curves"]
    assert not any(card["unavailable"] for card in cards.values())
    assert "tonearm models pull" in named(everything)["genre_discogs400"]["unavailable"]


@pytest.mark.release
def test_what_is_wrong_is_said_and_the_server_goes_on(file: Path, tmp_path: Path) -> None:
    (tmp_path / "no audio.mp3").write_bytes(b"no audio" * 1000)
    os.mkfifo(tmp_path / "pipe")
    answers = ask(
        connect,
        ("analyze_audio", {"source": str(file), "models": "kee"}),
        ("analyze_audio", {"source": str(tmp_path / "nowhere.mp3")}),
        ("analyze_audio", {"source": str(tmp_path / "no audio.mp3")}),
        ("analyze_audio", {"source": "http://127.0.0.1/track.mp3"}),
        ("analyze_audio", {"source": "~nobody-here/track.mp3"}),
        ("analyze_audio", {"source": str(tmp_path)}),
        ("analyze_audio", {"source": str(tmp_path / "pipe")}),
        ("analyze_audio", {"source": str(file), "models": "key"}),
    )
    told = ["Did you mean key", "No such file", "not audio", "not a public", "No such file", "not a file", "not a file"]
    for answer, expected in zip(answers, told, strict=False):
        assert answer.is_error
        assert expected in words(answer)
    assert not answers[-1].is_error
    assert results(answers[-1])["key"]["key"] == ["A"]


@pytest.mark.release
def test_a_whole_folder_at_once(file: Path) -> None:
    answers = ask(connect, *[("analyze_audio", {"source": str(file), "models": "silence"})] * 20)
    assert [answer.is_error for answer in answers] == [False] * 20


@pytest.mark.release
def test_ctrl_c_ends_it_while_standard_input_is_open() -> None:
    command = [sys.executable, "-m", "tonearm", "mcp"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
        print(
            json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": asked}),
            file=process.stdin,
            flush=True,
        )
        assert json.loads(process.stdout.readline())["result"]["serverInfo"]["name"] == "tonearm"
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == -signal.SIGINT
