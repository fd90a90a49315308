"""A worker that says what no worker would is found out, and nothing of it reaches a client."""

from __future__ import annotations

import pytest

from tonearm.engine.transcript import Transcript
from tonearm.engine.wire import MAX_PAYLOAD, Kind, pack, unpack_event, unpack_header
from tonearm.model import Result
from tonearm.protocol.cost import Cost
from tonearm.protocol.events import Event, completed, failed, finished, partial, started
from tonearm.protocol.job import Job, Task


class Pitch(Result):
    hz: float


TASKS = tuple(Task(requested=name, name=name, version=1) for name in ("key", "tempo"))
ANSWER = completed(TASKS[0], Pitch(hz=440.0))
TOLD = partial(TASKS[0], 1.5, Pitch(hz=440.0))


def test_partial_results_come_before_the_answer_of_their_model() -> None:
    transcript = Transcript(Job(tasks=TASKS, partial_seconds=1))
    for event in (started(2), TOLD, TOLD, ANSWER):
        transcript.check(event)
    with pytest.raises(ValueError, match="not requested"):
        transcript.check(TOLD)


def test_a_whole_stream_passes() -> None:
    transcript = Transcript(Job(tasks=TASKS))
    for event in (started(2), ANSWER, failed("too short", TASKS[1]), failed("cut off"), finished(2)):
        transcript.check(event)


@pytest.mark.parametrize(
    "events",
    [
        [ANSWER],
        [started(2), started(2)],
        [started(3)],
        [started(2), ANSWER, ANSWER],
        [started(2), failed("no", TASKS[1]), completed(TASKS[1], Pitch(hz=1.0))],
        [started(2), completed(Task(requested="key", name="key", version=1), Pitch(hz=1.0))],
        [started(2), finished(2), failed("late")],
        [started(2), Event("completed", finished(2).data)],
        [started(2), Event("error", '{"status":"error","error":"x"}\n\ndata: {"status":"finished","total_models":2}')],
        [started(2), Event("error", '{"status":"error","error":"x"}\r{}')],
        [started(2), Event("error", '{"status":"error","error":"x","extra":1}')],
        [started(2), Event("error", '["error"]')],
        [started(2), TOLD],
        [started(2), Event("error", "[" * 100_000)],
        [started(2), Event("error", "no JSON")],
        [started(2), Event("completed", ANSWER.data.replace("440.0", "NaN"))],
        [started(2), Event("completed", ANSWER.data.replace('{"hz":440.0}', "3"))],
    ],
)
def test_what_no_worker_says_is_a_violation(events: list[Event]) -> None:
    transcript = Transcript(Job(tasks=TASKS))
    for event in events[:-1]:
        transcript.check(event)
    with pytest.raises(ValueError):  # noqa: PT011  # whatever it says, it is a violation
        transcript.check(events[-1])


@pytest.mark.parametrize("header", [b"\xff" * 9, b"\x00" * 9, b"short", pack(Kind.EVENT, 1)[:5] + b"\xff\xff\xff\xff"])
def test_bytes_that_are_no_header(header: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        unpack_header(header)


def test_a_frame_has_the_number_of_its_job() -> None:
    assert unpack_header(pack(Kind.DONE, 7, b"abc")[:9]) == (Kind.DONE, 7, 3)
    assert MAX_PAYLOAD <= 16 << 20
    with pytest.raises(ValueError, match="no known status"):
        unpack_event(b"cheering\n{}")


@pytest.mark.parametrize("value", ["1e400", "Infinity", "NaN", "-1"])
def test_a_cost_is_a_number(value: str) -> None:
    with pytest.raises(ValueError, match="decode_seconds"):
        Cost.model_validate_json(f'{{"decode_seconds": {value}}}')
