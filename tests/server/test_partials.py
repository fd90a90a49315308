"""Partial results over HTTP: while the upload goes on, as fast as the client reads, and only for who asks."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.support.http import Answer, Server
from tests.support.waiting import wait_for
from tonearm import Client
from tonearm.protocol.messages import Completed, Partial
from tonearm.sample import sample_track

MODELS = "loudness_ebur128:2(curves=true),key"
CURVE = "momentary_lufs"


def told(answer: Answer) -> list[dict[str, Any]]:
    return [event for event in answer.events if event["status"] == "partial"]


def curve(answer: Answer) -> list[Any]:
    found = [event["result"]["results"] for event in told(answer) if "loudness" in event["result"]["model_name"]]
    return [value for result in found for value in result[CURVE]]


def whole_curve(answer: Answer) -> list[Any]:
    result: list[Any] = answer.results["loudness_ebur128"][CURVE]
    return result


def test_they_come_while_the_upload_goes_on(server: Server, track: bytes) -> None:
    plain = server.analyze(track, MODELS)
    with server.open() as exchange:
        exchange.post(MODELS, length=len(track), query="&partial=1")
        exchange.send(track[: len(track) // 2])
        answer = exchange.answer()
        while len(told(answer)) < 2:
            assert answer.next_event()
        exchange.send(track[len(track) // 2 :])
        answer.finish()
    assert answer.results == plain.results
    assert answer.statuses[0] == "started"
    assert {event["result"]["model_name"] for event in told(answer)} == {"loudness_ebur128", "key"}
    assert curve(answer) == whole_curve(answer)[: len(curve(answer))]
    assert "partial" not in plain.statuses


def test_a_client_that_does_not_read_gets_fewer_and_the_same_curve(server: Server) -> None:
    track = sample_track(120)
    with server.open() as exchange:
        exchange.post(MODELS, length=len(track), query="&partial=0.5")
        exchange.send(track[: len(track) // 2])
        exchange.send(track[len(track) // 2 :])
        answer = exchange.answer()
        answer.finish()
    times = [event["at"] for event in told(answer) if event["result"]["model_name"] == "key"]
    assert all(one < other for one, other in pairwise(times))
    assert len(times) <= 41
    assert curve(answer) == whole_curve(answer)[: len(curve(answer))]


@pytest.mark.release
def test_an_analysis_that_begins_again_tells_nothing_twice() -> None:
    """One worker, which leaves an upload that stands still to another request."""
    track = sample_track(30)
    settings = {"TONEARM_WORKERS": "1", "TONEARM_IDLE_SECONDS": "120"}
    with Server.started(**settings) as server, server.open() as slow:
        slow.post(MODELS, length=len(track), query="&partial=1")
        slow.send(track[: len(track) // 2])
        answer = slow.answer()
        while len(told(answer)) < 2:
            assert answer.next_event()
        # Whoever comes now gets the worker.
        assert server.analyze(sample_track(5), "key").statuses == ["started", "completed", "finished"]
        wait_for(lambda: bool(server.get("/readyz")[1]["free"]))
        slow.send(track[len(track) // 2 :])
        answer.finish()
    assert answer.statuses.count("started") == 1
    times = [event["at"] for event in told(answer) if event["result"]["model_name"] == "key"]
    assert all(one < other for one, other in pairwise(times))
    assert len(curve(answer)) > 150
    assert curve(answer) == whole_curve(answer)[: len(curve(answer))]


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("shape=audio-features&partial=1", {}),
        ("models=key&partial=1", {"Accept": "application/json"}),
        ("models=key&partial=0.4", {}),
        ("models=key&partial=61", {}),
        ("models=key&partial=nan", {}),
        ("models=key&partial=soon", {}),
    ],
)
def test_what_makes_no_sense_is_refused(server: Server, track: bytes, query: str, headers: dict[str, str]) -> None:
    with server.open() as exchange:
        exchange.request("POST", f"/v1/analysis/stream?{query}", {"Content-Length": str(len(track)), **headers})
        exchange.send_body(track)
        assert exchange.answer().status == 422
        assert exchange.answer().detail[0]["loc"] == ["query", "partial"]


def test_the_client_has_them_as_events(server: Server, track: bytes) -> None:
    events = list(Client(f"http://127.0.0.1:{server.port}").stream(track, "key:2,silence", partial=2))
    partial = [event for event in events if isinstance(event, Partial)]
    assert partial
    assert partial[0].result.model_name in {"key", "silence"}
    assert sum(isinstance(event, Completed) for event in events) == 2


def test_the_catalogue_says_who_tells_what(server: Server) -> None:
    schemas = {f"{card['name']}:{card['version']}": card["partial_schema"] for card in server.get("/v1/models")[1]}
    assert CURVE in schemas["loudness_ebur128:2"]["properties"]
    assert schemas["audio:1"] is None
