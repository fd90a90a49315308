"""Log formats of the server and its workers: a line for people, or JSON for programs.

Both include the correlation ID of the request. The record's `fields` describe a whole request.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

Format = Literal["line", "json"]
Field = str | int | float | list[str] | None

current: ContextVar[str] = ContextVar("correlation_id", default="-")
"""The correlation ID of the current request."""


def formatter(form: Format, process: str) -> logging.Formatter:
    """A formatter for one kind of process: `process` is server or worker."""
    return JsonFormatter(process) if form == "json" else LineFormatter(process)


class LineFormatter(logging.Formatter):
    """`time LEVEL correlation-id process[pid] message name=value …`"""

    def __init__(self, process: str) -> None:
        super().__init__(f"%(asctime)s %(levelname)s %(correlation_id)s {process}[%(process)d] %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        record.correlation_id = current.get()
        pairs = [f"{name}={_word(value)}" for name, value in _fields(record).items() if value is not None]
        return " ".join([super().formatMessage(record), *pairs])


class JsonFormatter(logging.Formatter):
    """One JSON object per line; times in UTC, in RFC 3339 format."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Field] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": self._process,
            "pid": record.process,
            "correlation_id": current.get(),
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _fields(record: logging.LogRecord) -> Mapping[str, Field]:
    fields: Mapping[str, Field] = getattr(record, "fields", {})
    return fields


def _word(value: Field) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)
