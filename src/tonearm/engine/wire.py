"""The frames that a local worker and its engine exchange over pipes: one byte of kind, four of length, the payload.

A worker says READY with its catalogue, once. Then for each job: the engine sends JOB, and when the worker has ACCEPTED
it any number of AUDIO, and END or CANCEL. The worker sends any number of EVENT, or one REFUSED, and DONE with
what the analysis cost (protocol.cost); and PROGRESS while it works long on audio that it has.

The payload of an EVENT is its status, a line break, and its JSON.
"""

from __future__ import annotations

from enum import IntEnum
from struct import Struct
from typing import get_args

from tonearm.protocol.events import Event, Status

HEADER = Struct(">BI")
MAX_PAYLOAD = 1 << 30
_STATUSES: dict[str, Status] = {status: status for status in get_args(Status)}


class Kind(IntEnum):
    JOB = 1
    AUDIO = 2
    END = 3
    CANCEL = 4
    READY = 11
    ACCEPTED = 12
    PROGRESS = 13
    EVENT = 14
    REFUSED = 15
    DONE = 16


def pack(kind: Kind, payload: bytes = b"") -> bytes:
    return HEADER.pack(kind, len(payload)) + payload


def unpack_header(header: bytes) -> tuple[Kind, int]:
    """Raises ValueError for bytes that are no header."""
    kind, size = HEADER.unpack(header)
    if size > MAX_PAYLOAD:
        raise ValueError(f"a frame of {size} bytes")
    return Kind(kind), size


def pack_event(event: Event) -> bytes:
    return f"{event.status}\n{event.data}".encode()


def unpack_event(payload: bytes) -> Event:
    """Raises ValueError for a payload that is no event."""
    status, _, data = payload.decode().partition("\n")
    if status not in _STATUSES:
        raise ValueError("an event of no known status")
    return Event(_STATUSES[status], data)
