"""A document of results: what a result is called, and why one is missing."""

from __future__ import annotations

import pytest

from tonearm.client.analysis import analysis_of
from tonearm.model import Result
from tonearm.protocol.events import Event, completed, failed, finished, started
from tonearm.protocol.job import Task
from tonearm.protocol.messages import STREAM_EVENT, StreamEvent
from tonearm.results.gather import Gathering

V1, V2 = (Task(requested="loudness", name="loudness", version=version) for version in (1, 2))
LOST = failed("the worker died")


def event(one: Event) -> StreamEvent:
    return STREAM_EVENT.validate_json(one.data)


def result(task: Task) -> Event:
    return completed(task, Result())


@pytest.mark.parametrize("failure", [failed("too short", V1), LOST])
def test_a_results_name_does_not_depend_on_what_failed(failure: Event) -> None:
    gathering = Gathering([V1, V2])
    for each in (started(2), result(V2), failure, finished(2)):
        gathering.add(each)
    found = gathering.analysis()
    assert set(found.results) == {"loudness:2"}
    assert found.name("loudness", "1") == "loudness:1"
    with pytest.raises(KeyError, match=r"too short|died"):
        found["loudness:1"]


@pytest.mark.parametrize(
    ("models", "total", "name"),
    [
        ("loudness:2", 1, "loudness"),
        ("loudness", 1, "loudness"),
        # The bare name means version 1.
        ("loudness,loudness:2", 2, "loudness:2"),
        (["loudness:1", "loudness:2"], 2, "loudness:2"),
        # The bare name means version 2, so one model runs.
        ("loudness,loudness:2", 1, "loudness"),
        ("loudness:2,loudness:2", 1, "loudness"),
        # Not of this grammar: a newer server's.
        ("loudness:2@fast", 1, "loudness"),
    ],
)
def test_a_client_names_results_as_the_server_does(models: str | list[str], total: int, name: str) -> None:
    events = [event(each) for each in (started(total), result(V2), LOST, finished(total))]
    assert set(analysis_of(events, models).results) == {name}


def test_what_was_not_requested_is_said_to_be_so() -> None:
    gathering = Gathering([V2])
    gathering.add(result(V2))
    with pytest.raises(KeyError, match="not requested under this name"):
        gathering.analysis()["key"]
