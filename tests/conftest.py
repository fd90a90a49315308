from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.http import Server
from tonearm.sample import sample_track

FOUND: dict[str, str] = {}
"""What the comparisons with the references found, printed at the end of the run."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FOUND:
        terminalreporter.section("found")
        for what, value in FOUND.items():
            terminalreporter.write_line(f"{what}: {value}")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The real server on a real port, with two workers, allowed to download from this machine."""
    with Server.started(TONEARM_WORKERS="2", TONEARM_FETCH_ALLOW="127.0.0.0/8") as running:
        yield running


@pytest.fixture(scope="session")
def track() -> bytes:
    """Twenty seconds in A minor at 120 bpm, as a WAV file."""
    return sample_track(20)
