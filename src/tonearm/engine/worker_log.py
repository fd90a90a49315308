"""The log of a worker, which reaches the server's through a pipe: a worker has no access to the log itself."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

from tonearm.logs import Format, formatter

_LONGEST_LINE = 1 << 16
"""Bytes; the rest of a longer line is left out."""
_CHUNK = 1 << 14
_LINES_PER_SECOND = 100
_BYTES_PER_SECOND = 1 << 17
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


def to_stderr(line: str) -> None:
    """As with the server's own log: if nobody can read it, requests are served all the same."""
    with suppress(OSError):
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


class WorkerLog:
    """Passes each line of a worker's standard error to `write`, until the worker ends.

    A line that names another process than this worker is not what Tonearm logs there, but a library's print or a
    forgery: it becomes the message of a line that names the worker. Control characters are escaped. A worker that logs
    faster than 100 lines or 128 KiB per second has to wait.
    """

    def __init__(
        self, process: asyncio.subprocess.Process, form: Format, write: Callable[[str], None] = to_stderr
    ) -> None:
        assert process.stderr is not None
        self._process = process
        self._stream = process.stderr
        self._form = form
        self._write_line = write
        self._formatter = formatter(form, "worker")
        self._begun = b""
        """The line that has not ended yet."""
        self._task = asyncio.create_task(self._relay())

    async def ended(self) -> None:
        """Return when all of an ended worker's lines are written."""
        await self._task

    async def _relay(self) -> None:
        while chunk := await self._stream.read(_CHUNK):
            lines = list(self._split(chunk))
            for line in lines:
                self._write(line)
            if self._process.returncode is None:
                await asyncio.sleep(max(len(lines) / _LINES_PER_SECOND, len(chunk) / _BYTES_PER_SECOND))
        self._write(self._begun)

    def _split(self, chunk: bytes) -> Iterator[bytes]:
        *ended, begun = chunk.split(b"\n")
        for part in ended:
            yield self._begun + part
            self._begun = b""
        self._begun = (self._begun + begun)[:_LONGEST_LINE]

    def _write(self, line: bytes) -> None:
        text = _CONTROL.sub(_escape, line[:_LONGEST_LINE].decode(errors="backslashreplace"))
        if not text.strip():
            return
        if not self._is_own(text):
            text = self._formatter.format(self._record(text))
        self._write_line(text)

    def _is_own(self, text: str) -> bool:
        if self._form == "json":
            try:
                fields = json.loads(text)
            except (ValueError, RecursionError):
                return False
            return isinstance(fields, dict) and (fields.get("process"), fields.get("pid")) == ("worker", self._pid)
        # An indented line belongs to a traceback.
        return text.startswith(" ") or re.match(rf"\S+ \S+ [A-Z]+ \S+ worker\[{self._pid}\] ", text) is not None

    def _record(self, text: str) -> logging.LogRecord:
        level = logging.WARNING
        fields = {"name": __name__, "levelno": level, "levelname": logging.getLevelName(level), "msg": text}
        return logging.makeLogRecord({**fields, "process": self._pid})

    @property
    def _pid(self) -> int:
        return self._process.pid


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()
