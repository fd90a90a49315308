from __future__ import annotations

from tonearm.sources.pace import SLOWEST, Pace


def test_a_body_is_too_slow_when_a_whole_window_was() -> None:
    pace = Pace(window_seconds=10, max_seconds=1000)
    assert pace.complaint(SLOWEST, 9.5) is None
    complaint = pace.complaint(SLOWEST, 0.5)
    assert complaint == "Less than 1000 bytes per second arrived."


def test_each_window_is_measured_by_itself() -> None:
    pace = Pace(window_seconds=10, max_seconds=1000)
    assert pace.complaint(1_000_000, 10) is None
    assert pace.complaint(SLOWEST * 10, 10) is None
    assert pace.complaint(SLOWEST * 10 - 1, 10) is not None


def test_waiting_is_limited_in_total_however_fast_the_rest_comes() -> None:
    pace = Pace(window_seconds=10, max_seconds=25)
    assert pace.complaint(1_000_000, 17.5) is None
    assert pace.complaint(1_000_000, 17.5) is None
    assert "TONEARM_MAX_SECONDS" in (pace.complaint(1_000_000, 0.1) or "")
