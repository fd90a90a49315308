"""What a worker writes to its standard error, as it arrives in the log."""

from __future__ import annotations

import asyncio
import json
import sys
import time

import pytest

from tonearm.engine.worker_log import WorkerLog
from tonearm.logs import Format

OWN = 'f"2026-01-01 00:00:00,000 INFO - worker[{os.getpid()}] it works"'


def relayed(program: str, form: Format, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """The process id of a program, and its lines."""

    async def run() -> int:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", f"import os, sys, json\nwrite = sys.stderr.write\n{program}"),
            stderr=asyncio.subprocess.PIPE,
        )
        await WorkerLog(process, form).ended()
        await process.wait()
        return process.pid

    return asyncio.run(run()), capsys.readouterr().err.splitlines()


def test_a_line_of_the_worker_is_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    pid, lines = relayed(f'write({OWN} + "\\n")', "line", capsys)
    assert lines == [f"2026-01-01 00:00:00,000 INFO - worker[{pid}] it works"]


def test_a_traceback_keeps_its_indentation(capsys: pytest.CaptureFixture[str]) -> None:
    pid, lines = relayed("1 / 0", "line", capsys)
    assert f" WARNING - worker[{pid}] Traceback (most recent call last):" in lines[0]
    assert lines[1].startswith('  File "<string>", line 3')
    assert lines[-1].endswith(f"worker[{pid}] ZeroDivisionError: division by zero")


def test_every_line_is_json_if_the_log_is(capsys: pytest.CaptureFixture[str]) -> None:
    program = """
for process in ("worker", "server"):
    write(json.dumps({"process": process, "pid": os.getpid(), "message": "one"}) + "\\n")
write("a library prints\\n[1]\\n")
write("the last line has no end")
"""
    pid, lines = relayed(program, "json", capsys)
    told = [json.loads(line) for line in lines]
    assert told[0] == {"process": "worker", "pid": pid, "message": "one"}
    assert {(line["process"], line["pid"]) for line in told} == {("worker", pid)}
    assert [line["message"] for line in told[2:]] == ["a library prints", "[1]", "the last line has no end"]


def test_no_byte_can_move_the_cursor_or_end_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    _, lines = relayed(
        'sys.stderr.buffer.write("\\x1b[2J\\r \\x9b \\u2028 \\x00 é".encode() + b"\\xff")', "line", capsys
    )
    assert len(lines) == 1
    assert lines[0].endswith(r"\x1b[2J\r \x9b \u2028 \x00 é\xff")


def test_a_line_without_end_takes_no_memory(capsys: pytest.CaptureFixture[str]) -> None:
    _, lines = relayed('write("x" * 200_000 + "\\n" + "after" + "\\n")', "line", capsys)
    assert len(lines) == 2
    assert len(lines[0]) < 70_000
    assert lines[1].endswith("after")


def test_a_worker_that_logs_too_much_waits(capsys: pytest.CaptureFixture[str]) -> None:
    # More than the pipe holds, so that the rest comes at the pace of the reader.
    begun = time.monotonic()
    _, lines = relayed('for _ in range(100): write("x" * 4000 + "\\n")', "line", capsys)
    assert len(lines) == 100
    assert time.monotonic() - begun > 1
