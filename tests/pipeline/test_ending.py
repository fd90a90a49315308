from __future__ import annotations

import ctypes
import math
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.support.waiting import wait_for
from tonearm.pipeline.ending import Overdue, any_overdue, each_in_time

Calls = dict[str, Callable[[], object]]


@pytest.fixture
def blocked() -> Iterator[threading.Event]:
    """What a call waits for that does not end; it ends with the test."""
    event = threading.Event()
    yield event
    event.set()
    wait_for(lambda: not any_overdue())


def ended(calls: Calls, seconds: float = math.inf) -> Iterator[tuple[str, object]]:
    return each_in_time(calls.items(), seconds, lambda: None)


def spin(until: threading.Event) -> None:
    while not until.is_set():
        pass


def test_what_is_done_comes_before_what_began_earlier(blocked: threading.Event) -> None:
    outcomes = ended({"slow": lambda: blocked.wait() and "late", "a": lambda: 1, "b": lambda: 2})
    assert [next(outcomes), next(outcomes)] == [("a", 1), ("b", 2)]
    blocked.set()
    assert list(outcomes) == [("slow", "late")]


@pytest.mark.parametrize("kind", ["wait", "spin"])
def test_what_takes_too_long_is_given_up_and_nothing_else(blocked: threading.Event, kind: str) -> None:
    call = blocked.wait if kind == "wait" else lambda: spin(blocked)
    outcomes = dict(ended({"endless": call, "a": lambda: 1, "another": call, "b": lambda: 2}, seconds=1))
    assert (outcomes["a"], outcomes["b"]) == (1, 2)
    for name in ("endless", "another"):
        overdue = outcomes[name]
        assert isinstance(overdue, Overdue)
        if sys.platform == "linux":
            assert (overdue.cpu_seconds > 0.02) is (kind == "spin")
    assert any_overdue()


def test_what_holds_the_interpreter_makes_nobody_late() -> None:
    """Other threads, the one that looks at the time too, wait for it."""
    sleep = ctypes.PyDLL(None).usleep
    outcomes = ended({"a": lambda: sleep(1_500_000), "b": lambda: sleep(1_500_000), "c": lambda: 3}, seconds=1)
    assert sorted(outcomes) == [("a", 0), ("b", 0), ("c", 3)]


def test_what_a_call_raises_is_raised() -> None:
    with pytest.raises(SystemExit):
        list(ended({"leaving": sys.exit}))


def test_a_call_that_gets_no_thread_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start
    threads = iter([True, False, True])

    def start_some(thread: threading.Thread) -> None:
        if not next(threads):
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_some)
    a, b, c = ended({"a": lambda: 1, "b": lambda: 2, "c": lambda: 3})
    assert (a, c) == (("a", 1), ("c", 3))
    assert str(b[1]) == "can't start new thread"


def test_whoever_waits_is_told_that_time_passes(blocked: threading.Event) -> None:
    looks = 0

    def looked() -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            blocked.set()

    assert list(each_in_time([("a", blocked.wait)], math.inf, looked)) == [("a", True)]
