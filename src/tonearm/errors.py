"""What can go wrong, and the HTTP status that each failure stands for before a stream has started.

TonearmError
├── BadRequest               400  the request cannot be served as it is
│   ├── UnknownModel         400  no model of that name
│   │   ├── UnknownVersion   400  a model that has no such version
│   │   └── ModelUnavailable 400  a model that cannot run here
│   ├── AudioError           400  bytes that cannot be decoded, or audio outside the caps
│   │   ├── EndlessHead      400  a beginning that takes too long to read
│   │   ├── TooLong          400  more audio than is analysed
│   │   └── NotAudio         400  bytes that are something else
│   ├── FetchError           400  an `audio-url` that may not be, or could not be, fetched
│   ├── TooLarge             413  more bytes than the server takes
│   └── CompressedBody       415  a body that has to be decompressed first
├── Forbidden                403  a page that may not use this server, or a name that is not the server's
├── Unauthorized             401  no API key, or one that is not known
│   └── KeyExpired           401  an API key whose last day is over
├── MalformedSpec            422  a `models` parameter that does not follow the grammar
├── TryLater                      what passes by itself
│   ├── TooManyRequests      429
│   │   ├── RateLimited      429  a client asks more often than it may
│   │   └── EngineFull       429  every worker is busy and the queue is full
│   └── Unavailable          503
│       └── ShuttingDown     503  the server is about to end
├── ModelError                    one model cannot answer for this audio: its `error` event says why
├── ServerFault              500  what a client calls a failure that is not its own
│   └── WorkerLost           500  the worker of this request died or stopped answering
│       └── HostLost         500  its machine did, which is not the fault of the audio
├── ConnectionLost                a client cannot reach its server, or no longer
└── ClientGone               499  the client went away; nobody is left to answer

An error says what went wrong, as data and in words that hold anywhere. What to do about it depends on who asked, so
each face adds that: the server names its endpoints, the command line its commands.

A client raises what the server answered with: the same classes, with the server's words.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar


class TonearmError(Exception):
    """Base of all: `str(error)` is written for the person who made the request."""

    status: ClassVar[int] = 500


class BadRequest(TonearmError):
    status = 400


class UnknownModel(BadRequest):
    """`near` are the models that may be meant by `name`, the likeliest first."""

    def __init__(self, name: str, near: tuple[str, ...] = ()) -> None:
        super().__init__(name, near)
        self.name = name
        self.near = near

    def __str__(self) -> str:
        *others, last = self.near or ("",)
        meant = f"{', '.join(others)} or {last}" if others else last
        return f"Unknown model {self.name!r}." + (f" Did you mean {meant}?" if meant else "")


class UnknownVersion(UnknownModel):
    """`known` are the versions that there are, as `name:version`."""

    def __init__(self, name: str, version: int, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.args = name, version, known
        self.version = version
        self.known = known

    def __str__(self) -> str:
        return f"The model {self.name!r} has no version {self.version}. It has {', '.join(self.known)}."


class ModelUnavailable(UnknownModel):
    """`reason` completes the sentence "The model x:1 …"."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name)
        self.args = name, reason
        self.reason = reason

    def __str__(self) -> str:
        return f"The model {self.name} {self.reason}"


class AudioError(BadRequest):
    pass


class EndlessHead(AudioError):
    def __init__(self) -> None:
        super().__init__("The beginning of this file takes too long to read: it has too many tags, or is not audio.")


class TooLong(AudioError):
    """More than `limit` seconds of audio: what comes before can be analysed."""

    def __init__(self, limit: float) -> None:
        super().__init__(limit)
        self.limit = limit

    def __str__(self) -> str:
        return (
            f"The audio is longer than {self.limit:g} seconds, the limit (TONEARM_MAX_SECONDS). "
            f"The results cover the first {self.limit:g} seconds."
        )


class NotAudio(AudioError):
    """`found` is what the bytes are, such as "a ZIP archive"; `advice`, if any, holds wherever they came from."""

    def __init__(self, found: str, advice: str = "") -> None:
        super().__init__(found, advice)
        self.found = found
        self.advice = advice

    def __str__(self) -> str:
        return f"This is {self.found}, not audio. {self.advice}".rstrip()


class FetchError(BadRequest):
    pass


class TooLarge(BadRequest):
    """More than `limit` bytes; None if only the server that refused them knows it."""

    status = 413

    def __init__(self, limit: int | None, words: str | None = None) -> None:
        super().__init__(limit, words)
        self.limit = limit
        self.words = words

    def __str__(self) -> str:
        return self.words or f"The audio is larger than {self.limit} bytes, the limit (TONEARM_MAX_BODY_BYTES)."


class CompressedBody(BadRequest):
    status = 415

    def __init__(self, coding: str) -> None:
        super().__init__(coding)
        self.coding = coding

    def __str__(self) -> str:
        return f"The body is compressed (Content-Encoding: {self.coding}). Send the audio file as it is."


class Unauthorized(TonearmError):
    status = 401

    def __init__(self, words: str = "This server requires an API key that it knows.") -> None:
        super().__init__(words)


class KeyExpired(Unauthorized):
    """`until` was the last day of the key, in UTC."""

    def __init__(self, until: date) -> None:
        super().__init__()
        self.args = (until,)
        self.until = until

    def __str__(self) -> str:
        return f"This API key expired at the end of {self.until} (UTC)."


class Forbidden(TonearmError):
    status = 403


class MalformedSpec(TonearmError):
    status = 422


class TryLater(TonearmError):
    """What passes by itself: `retry_after` says in how many seconds."""

    words: ClassVar[str] = "Not now."

    def __init__(self, retry_after: float, words: str | None = None) -> None:
        super().__init__(words or self.words)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type[TryLater], tuple[float, str]]:
        """So that it comes out of another process, or a copy, as it was."""
        return type(self), (self.retry_after, str(self))


class TooManyRequests(TryLater):
    status = 429


class RateLimited(TooManyRequests):
    words = "Too many requests."


class EngineFull(TooManyRequests):
    words = "Every worker is busy and the queue is full."


class Unavailable(TryLater):
    status = 503


class ShuttingDown(Unavailable):
    words = "This server is shutting down."


class ModelError(TonearmError):
    pass


class ServerFault(TonearmError):
    pass


class WorkerLost(ServerFault):
    pass


class HostLost(WorkerLost):
    pass


class ConnectionLost(TonearmError):
    pass


class ClientGone(TonearmError):
    status = 499
