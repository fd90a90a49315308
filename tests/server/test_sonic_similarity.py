"""OpenSubsonic's sonicSimilarity over a library, on the real server: off by default, behind keys and limits."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, radians
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import tonearm
from tests.support.http import Server
from tests.support.library import Entry, write_library
from tonearm import api_keys
from tonearm.results.music import Key

KEY, ENTRY = api_keys.create("alice")
ENTRIES = [
    Entry("/music/artist/one.flac", 0, Key("A", "minor"), 120.4),
    Entry("/music/artist/two.mp3", 20),
    Entry("/music/artist/three.mp3", 45),
    Entry("/music/artist/no suffix", 90, None, 99.6),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(tmp_path_factory.mktemp("library"), ENTRIES)


@pytest.fixture(scope="module")
def guarded(folder: Path) -> Iterator[Server]:
    with Server.started(
        TONEARM_LIBRARY=str(folder), TONEARM_API_KEYS=ENTRY, TONEARM_RATE_LIMIT="20/day", TONEARM_LOG_LEVEL="debug"
    ) as server:
        yield server


def rest(server: Server, call: str) -> dict[str, Any]:
    status, body = server.get(f"/rest/{call}&f=json&v=1.16.1&c=test&apiKey={KEY}")
    assert status == 200
    answer: dict[str, Any] = body["subsonic-response"]
    assert (answer["version"], answer["type"], answer["openSubsonic"]) == ("1.16.1", "tonearm", True)
    assert answer["serverVersion"]
    return answer


def titles(answer: dict[str, Any]) -> list[str]:
    assert answer["status"] == "ok", answer
    return [match["entry"]["title"] for match in answer["sonicMatch"]]


def test_similar_tracks_and_a_path(guarded: Server) -> None:
    one = "/music/artist/one.flac"
    answer = rest(guarded, f"getSonicSimilarTracks.view?id={one}&count=2")
    assert titles(answer) == ["two", "three"]
    assert [match["similarity"] for match in answer["sonicMatch"]] == pytest.approx(
        [cos(radians(20)), cos(radians(45))], abs=1e-4
    )
    two = answer["sonicMatch"][0]["entry"]
    assert titles(rest(guarded, f"getSonicSimilarTracks?id={two['id']}")) == ["one", "three", "no suffix"]
    path = rest(guarded, f"findSonicPath?startSongId={one}&endSongId=/music/artist/no%20suffix&count=3")
    assert titles(path) == ["one", "three", "no suffix"]
    first, _, last = (match["entry"] for match in path["sonicMatch"])
    assert path["sonicMatch"][0]["similarity"] == 1.0
    assert first == {
        "id": first["id"],
        "isDir": False,
        "isVideo": False,
        "type": "music",
        "mediaType": "song",
        "title": "one",
        "path": one,
        "suffix": "flac",
        "bpm": 120,
        "samplingRate": 44_100,
        "channelCount": 2,
        "duration": 200,
    }
    assert (last["suffix"], last["bpm"]) == ("", 100)


def test_says_what_is_missing_or_unknown(guarded: Server) -> None:
    for call, code in (("getSonicSimilarTracks?count=2", 10), ("findSonicPath?startSongId=a", 10)):
        answer = rest(guarded, call)
        assert (answer["status"], answer["error"]["code"]) == ("failed", code)
    unknown = rest(guarded, "getSonicSimilarTracks?id=nothing")["error"]
    assert unknown == {"code": 70, "message": "nothing is not in this library."}


def test_is_behind_the_keys_and_limits_of_the_rest(guarded: Server) -> None:
    status, extensions = guarded.get("/rest/getOpenSubsonicExtensions.view?f=json")
    assert status == 200, "it says which keys are taken, so it needs none"
    assert {"name": "sonicSimilarity", "versions": [1]} in extensions["subsonic-response"]["openSubsonicExtensions"]
    call = "/rest/getSonicSimilarTracks?id=/music/artist/one.flac"
    for path in (call, f"{call}&apiKey=wrong", f"{call}&u=demo&p=demo"):
        assert guarded.get(path)[0] == 401
    statuses = [guarded.get(f"{call}&apiKey={KEY}")[0] for _ in range(21)]
    assert set(statuses) == {200, 429}
    assert KEY not in "".join(guarded.log)


@pytest.mark.release
def test_is_off_by_default_and_reads_what_was_added(folder: Path, tmp_path: Path, server: Server) -> None:
    with server.open() as exchange:
        exchange.request("GET", "/rest/getSonicSimilarTracks?id=1")
        assert exchange.answer().status == 404
    library = write_library(tmp_path / "growing", ENTRIES[:2])
    with Server.started(TONEARM_LIBRARY=str(library)) as running:
        call = "/rest/getSonicSimilarTracks?id=/music/artist/one.flac"
        assert titles(running.get(call)[1]["subsonic-response"]) == ["two"]
        write_library(library, ENTRIES[2:])
        assert titles(running.get(call)[1]["subsonic-response"]) == ["two", "three", "no suffix"]
    refused = tonearm("serve", TONEARM_LIBRARY=str(tmp_path))
    assert refused.returncode == 1
    assert "is no library: `tonearm library index FOLDER --library" in refused.stderr.decode()
