"""The frames that a local worker and its engine exchange over pipes: kind, number of the job, length, payload.

A worker says READY with its catalogue, once. Then for each job: the engine sends JOB, and when the worker has ACCEPTED
it any number of AUDIO, and END or CANCEL. The worker sends any number of EVENT, or one REFUSED, and DONE with
what the analysis cost (protocol.cost); and PROGRESS while it works long on audio that it has. Each frame of a worker
has the number of the job that it belongs to.

PARTIALS are the partial results of one round, and come together or not at all. The worker makes no more of them until
the engine says TAKEN: the client has got them all. So they never queue for a client that reads slowly.

The payload of an EVENT is its status, a line break, and its JSON; that of REFUSED is what the bytes are if they are
something else than audio, a line break, and advice about that, or the words of the refusal. That of PARTIALS is the
JSON of each of its events, with line breaks between them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple, get_args

from tonearm.errors import AudioError, NotAudio, TonearmError
from tonearm.protocol.events import Event, Status

HEADER = struct.Struct(">BII")
MAX_PAYLOAD = 16 << 20
_STATUSES: dict[str, Status] = {status: status for status in get_args(Status)}


class Kind(IntEnum):
    JOB = 1
    AUDIO = 2
    END = 3
    CANCEL = 4
    TAKEN = 5
    READY = 11
    ACCEPTED = 12
    PROGRESS = 13
    EVENT = 14
    REFUSED = 15
    DONE = 16
    PARTIALS = 17


class Header(NamedTuple):
    kind: Kind
    job: int
    size: int
    """Of the payload, in bytes."""


def pack(kind: Kind, job: int, payload: bytes = b"") -> bytes:
    return HEADER.pack(kind, job, len(payload)) + payload


def unpack_header(header: bytes) -> Header:
    """Raises ValueError for bytes that are no header."""
    try:
        kind, job, size = HEADER.unpack(header)
    except struct.error as error:
        raise ValueError("a header that is cut off") from error
    if size > MAX_PAYLOAD:
        raise ValueError(f"a frame of {size} bytes")
    return Header(Kind(kind), job, size)


def pack_event(event: Event) -> bytes:
    return f"{event.status}\n{event.data}".encode()


def unpack_event(payload: bytes) -> Event:
    """Raises ValueError for a payload that is no event."""
    status, _, data = payload.decode().partition("\n")
    if status not in _STATUSES:
        raise ValueError("an event of no known status")
    return Event(_STATUSES[status], data)


def pack_partials(events: Iterable[Event]) -> bytes:
    return "\n".join(event.data for event in events).encode()


def unpack_partials(payload: bytes) -> list[Event]:
    """Raises ValueError for a payload that is no text."""
    return [Event("partial", data) for data in payload.decode().split("\n")]


def pack_refusal(error: TonearmError) -> bytes:
    found, words = (error.found, error.advice) if isinstance(error, NotAudio) else ("", str(error))
    return f"{found}\n{words}".encode()


def unpack_refusal(payload: bytes) -> AudioError:
    found, _, words = payload.decode(errors="replace").partition("\n")
    return NotAudio(found, words) if found else AudioError(words)
