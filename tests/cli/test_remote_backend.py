"""`tonearm analyze --server`: against the real server, and against ones that go away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.support.command import lines, tonearm
from tests.support.hostile import Hostile, whole
from tests.support.http import Server
from tests.support.web import Web
from tonearm import api_keys
from tonearm.cli import remote_backend as remote
from tonearm.cli.backend import BatchAborted, Outcome
from tonearm.cli.remote_backend import RemoteBackend
from tonearm.cli.source import Kind, Source
from tonearm.protocol.job import Task

KEY, ENTRY = api_keys.create("studio")
EXPIRED, EXPIRED_ENTRY = api_keys.create("old", date(2026, 1, 31))


@pytest.fixture(scope="module")
def busy() -> Iterator[Server]:
    """One worker, no queue, four requests a second, and an API key."""
    with Server.started(
        TONEARM_WORKERS="1",
        TONEARM_QUEUE="0",
        TONEARM_RATE_LIMIT="4/second",
        TONEARM_API_KEYS=f"{ENTRY},{EXPIRED_ENTRY}",
        TONEARM_FETCH_ALLOW="127.0.0.0/8",
    ) as running:
        yield running


def at(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


@pytest.mark.release
def test_a_server_gives_what_this_machine_gives(album: Path, server: Server) -> None:
    sound = (album / "one.wav").read_bytes()
    arguments = ("--format", "json", "--models", "key,loudness_ebur128:2")
    here = lines(tonearm("analyze", album, *arguments).stdout)
    with Web.started({"/track.wav": sound}) as web:
        address = web.url("/track.wav")
        there = tonearm("analyze", album, address, "--server", at(server), *arguments)
        piped = tonearm("analyze", "-", "--server", at(server), *arguments, stdin=sound)
    assert there.returncode == 1
    found = lines(there.stdout)
    for name, line in here.items():
        assert found[name]["results"] == line["results"]
        # What to do about an error depends on who says it.
        assert len(found[name]["errors"]) == len(line["errors"])
    assert found[address]["results"] == here[str(album / "one.wav")]["results"] == lines(piped.stdout)["-"]["results"]


@pytest.mark.release
def test_a_server_that_is_busy_is_waited_for(album: Path, tmp_path: Path, busy: Server) -> None:
    links = [tmp_path / f"{number}.wav" for number in range(6)]
    for link in links:
        link.symlink_to(album / "one.wav")
    models = ("--models", "key", "--format", "json", "--api-key", KEY)
    done = tonearm("analyze", *links, "--server", at(busy), "--jobs", "8", *models)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(lines(done.stdout)) == 6
    assert any("status=429" in line for line in busy.log)


@pytest.mark.release
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--models", "key"], 1, "requires an API key that it knows: set TONEARM_API_KEY"),
        (["--models", "key", "--api-key", EXPIRED], 1, "This API key expired at the end of 2026-01-31 (UTC)."),
        (["--models", "kee", "--api-key", KEY], 2, "Did you mean key? http://"),
    ],
)
def test_what_a_server_does_not_do(busy: Server, album: Path, arguments: list[str], code: int, words: str) -> None:
    done = tonearm("analyze", album, "--server", at(busy), *arguments)
    assert done.returncode == code
    assert done.stdout == b""
    assert words in done.stderr.decode()
    assert album.name not in done.stderr.decode()


def test_a_server_that_is_not_there(album: Path) -> None:
    done = tonearm("analyze", album, "--server", "http://127.0.0.1:1")
    assert done.returncode == 1
    assert "Cannot reach http://127.0.0.1:1" in done.stderr.decode()


def test_a_server_that_is_none_of_ours(album: Path) -> None:
    with Hostile.started({"/v1/models": whole(b"<html>hello</html>")}) as web:
        done = tonearm("analyze", album, "--server", web.url(""))
    assert done.returncode == 1
    assert "an invalid list of models" in done.stderr.decode()


def one(source: Source, url: str) -> Outcome:
    async def analysis() -> Outcome:
        task = Task(requested="key", name="key", version=1)
        return await RemoteBackend(url, None).analyze(source, (task,), lambda position: None, None)

    return asyncio.run(analysis())


def test_a_file_that_breaks_the_connection_costs_itself_and_a_server_that_is_gone_ends_all(
    album: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_WAITS", (0.01,))
    source = Source(str(album / "one.wav"), Kind.FILE)
    listing = json.dumps(server.get("/v1/models")[1]).encode()
    scripts = {"/v1/models": whole(listing), "/v1/analysis/stream?models=key%3A1": lambda: [b""]}
    with Hostile.started(scripts) as hostile:
        outcome = one(source, hostile.url(""))
        assert "closed before the response" in outcome.analysis.errors[0].error
        assert len([head for head in hostile.requests if b"POST" in head]) == 2
    with pytest.raises(BatchAborted, match="Cannot reach"):
        one(source, hostile.url(""))
