"""Parts are whole or not there: a process that is stopped before any step on the disk loses and repeats nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyarrow as pa
import pytest

from tests.support.catalogue import rows
from tonearm.parquet import durable
from tonearm.parquet.parts import OutputInUse, Parts

RESULTS = "results/model=key/version=2"


class Stopped(BaseException):
    """As a kill does, it lets nothing be tidied up."""


@contextmanager
def stopped_before(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    sync = durable._sync
    left = step

    def counted(path: Path) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Stopped
        sync(path)

    with monkeypatch.context() as patched:
        patched.setattr(durable, "_sync", counted)
        yield


def part(numbers: range, failed: int = -1) -> dict[str, pa.Table]:
    """Sources, and tracks of the same names; one of them may have failed."""
    names = [f"{number:02}" for number in numbers]
    errors = ["it broke" if number == failed else None for number in numbers]
    sources = pa.table({"source": names, "track": names, "error": pa.array(errors, pa.string())})
    return {"sources": sources, "tracks": pa.table({"track": names}), RESULTS: pa.table({"track": names})}


def done(folder: Path) -> set[str]:
    with closing(Parts(folder)) as parts:
        return {source for table in parts.read("source") for source in table["source"].to_pylist()}


def test_a_part_is_whole_or_not_there_wherever_it_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stops = 0
    for step in range(100):
        folder = tmp_path / str(step)
        with closing(Parts(folder)) as parts:
            parts.append(part(range(3)))
        try:
            with closing(Parts(folder)) as parts, stopped_before(step, monkeypatch):
                parts.append(part(range(3, 6)))
            break
        except Stopped:
            stops += 1
        before = done(folder)
        assert before in ({"00", "01", "02"}, {"00", "01", "02", "03", "04", "05"})
        left = range(len(before), 8)
        with closing(Parts(folder)) as parts:
            parts.append(part(left))
        for table in ("sources", "tracks", "key/2"):
            assert [row[0] for row in rows(folder, table)] == [f"{number:02}" for number in range(8)]
        assert not list(folder.rglob("*.tmp"))
    assert stops == 6


def test_what_failed_is_forgotten_wherever_that_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With it goes a second source of the same track, which has no rows of its own."""
    stops = 0
    copy = pa.table({"source": ["copy"], "track": ["01"], "error": pa.array([None], pa.string())})
    for step in range(100):
        folder = tmp_path / str(step)
        with closing(Parts(folder)) as parts:
            parts.append({"sources": copy})
            parts.append(part(range(3), failed=1))
        try:
            with closing(Parts(folder)) as parts, stopped_before(step, monkeypatch):
                parts.forget_failed()
            break
        except Stopped:
            stops += 1
        with closing(Parts(folder)) as parts:
            parts.forget_failed()
        for table in ("sources", "tracks", "key/2"):
            assert [row[0] for row in rows(folder, table)] == ["00", "02"]
    assert stops == 8


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with closing(Parts(tmp_path)), pytest.raises(OutputInUse, match="another `tonearm batch`"):
        Parts(tmp_path)
