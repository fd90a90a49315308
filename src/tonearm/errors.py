"""What can go wrong, and the HTTP status that each failure stands for before a stream has started.

TonearmError
├── BadRequest               400  the request cannot be served as it is
│   ├── UnknownModel         400  no model, or no version, of that name
│   ├── AudioError           400  bytes that cannot be decoded, or audio outside the caps
│   ├── FetchError           400  an `audio-url` that may not be, or could not be, fetched
│   └── TooLarge             413  more bytes than the server takes
├── MalformedSpec            422  a `models` parameter that does not follow the grammar
├── EngineFull               429  every worker is busy and the queue is full
├── ModelError                    one model cannot answer for this audio: its `error` event says why
├── WorkerLost               500  the worker of this request died or stopped answering
└── ClientGone                    the client went away; nobody is left to answer
"""

from __future__ import annotations

from typing import ClassVar


class TonearmError(Exception):
    """Base of all: the message is written for the person who made the request."""

    status: ClassVar[int] = 500


class BadRequest(TonearmError):
    status = 400


class UnknownModel(BadRequest):
    pass


class AudioError(BadRequest):
    pass


class FetchError(BadRequest):
    pass


class TooLarge(BadRequest):
    status = 413


class MalformedSpec(TonearmError):
    status = 422


class EngineFull(TonearmError):
    status = 429

    def __init__(self, retry_after: float) -> None:
        super().__init__("Every worker is busy and the queue is full. Retry after the time in Retry-After.")
        self.retry_after = retry_after


class ModelError(TonearmError):
    pass


class WorkerLost(TonearmError):
    pass


class ClientGone(TonearmError):
    pass
