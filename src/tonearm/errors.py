"""What can go wrong, and the HTTP status that each failure stands for before a stream has started.

TonearmError
├── BadRequest               400  the request cannot be served as it is
│   ├── UnknownModel         400  no model, or no version, of that name
│   ├── AudioError           400  bytes that cannot be decoded, or audio outside the caps
│   ├── FetchError           400  an `audio-url` that may not be, or could not be, fetched
│   └── TooLarge             413  more bytes than the server takes
├── Unauthorized             401  no API key, or one that is not known
├── MalformedSpec            422  a `models` parameter that does not follow the grammar
├── TryLater                      what passes by itself
│   ├── RateLimited          429  a client asks more often than it may
│   ├── EngineFull           429  every worker is busy and the queue is full
│   └── ShuttingDown         503  the server is about to end
├── ModelError                    one model cannot answer for this audio: its `error` event says why
├── WorkerLost               500  the worker of this request died or stopped answering
└── ClientGone               499  the client went away; nobody is left to answer
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


class Unauthorized(TonearmError):
    status = 401

    def __init__(self) -> None:
        super().__init__("This server wants an API key that it knows. Send it as `Authorization: Bearer ta_...`.")


class MalformedSpec(TonearmError):
    status = 422


class TryLater(TonearmError):
    """What passes by itself: `retry_after` says in how many seconds."""

    words: ClassVar[str]

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"{self.words} Retry after the time in Retry-After.")
        self.retry_after = retry_after


class RateLimited(TryLater):
    status = 429
    words = "Too many requests: RateLimit-Policy says how many (q) in how many seconds (w)."


class EngineFull(TryLater):
    status = 429
    words = "Every worker is busy and the queue is full."


class ShuttingDown(TryLater):
    status = 503
    words = "This server is about to end and takes nothing new."


class ModelError(TonearmError):
    pass


class WorkerLost(TonearmError):
    pass


class ClientGone(TonearmError):
    status = 499
