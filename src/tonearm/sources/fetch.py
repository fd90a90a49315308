"""Downloads for `audio-url`, without access to the operator's network (SSRF).

A name is resolved once, all its addresses are checked, and the connection goes to a checked address, so a second DNS
answer has no effect. Redirects are followed here, and each target gets the same checks.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager
from time import monotonic
from urllib.parse import urlsplit

import httpcore

from tonearm._version import __version__
from tonearm.config import Network, Settings
from tonearm.errors import FetchError, NotAudio, TooLarge
from tonearm.sources.content_coding import Coding, coding
from tonearm.sources.framing import Framing
from tonearm.sources.icy import IcyMetadata
from tonearm.sources.network import FAILED, Budget, CheckedBackend, HeadTooLarge
from tonearm.sources.pace import Pace
from tonearm.sources.url import check, plain, redirected

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 10
_CONNECT_SECONDS = 10.0
_PARTIAL = 206
_ALL_BYTES = re.compile(r"bytes 0-(\d{1,18})/(\d{1,18})", re.ASCII)
_INTERVAL = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}", re.ASCII)
_PIECES_PER_TURN = 16
"""A piece costs httpcore and the tasks between it and the worker a tenth of a millisecond."""


class Fetcher:
    """Downloads under one policy.

    `allow` lists private networks that are allowed. `limit` is the maximum size in bytes. `idle_seconds` is the longest
    pause, and the longest time until the response starts, including redirects. `max_seconds` is the longest audio.
    """

    def __init__(self, allow: Iterable[Network], limit: int, idle_seconds: float, max_seconds: float) -> None:
        self._allow = tuple(allow)
        self._limit = limit
        self._idle_seconds = idle_seconds
        self._max_seconds = max_seconds

    @classmethod
    def of(cls, settings: Settings, allow: Iterable[Network] | None = None) -> Fetcher:
        """A fetcher with the policy of the settings; `allow` overrides the allowed networks."""
        allow = settings.fetch_allow if allow is None else allow
        return cls(allow, settings.max_body_bytes, settings.idle_seconds, settings.max_seconds)

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Yield the body of a URL as it arrives.

        Raises FetchError for a URL that is not allowed or does not return a file, and TooLarge for a file over the
        limit. Reading the body raises the same. NotAudio, raised by whoever analyses the body within the context,
        becomes a FetchError that says what the address answered with.
        """
        budget = Budget()
        backend = CheckedBackend(self._allow, budget)
        # One at a time: a redirect to another server closes the connection to the last one.
        async with httpcore.AsyncConnectionPool(max_connections=1, network_backend=backend, retries=0) as pool:
            response = await self._answer(pool, budget, plain(url))
            try:
                self._check(response)
                yield self._body(response, coding(_joined(response, b"content-encoding")))
            except NotAudio as error:
                raise FetchError(_answered_with(error, _header(response, b"content-type") or "")) from error
            finally:
                await response.aclose()

    async def _answer(self, pool: httpcore.AsyncConnectionPool, budget: Budget, url: str) -> httpcore.Response:
        """The first response that is not a redirect, once its headers have arrived."""
        try:
            # A timeout per read is not enough: headers can arrive byte by byte, and 1xx responses without end.
            async with asyncio.timeout(self._idle_seconds):
                for _ in range(_MOST_REDIRECTS + 1):
                    check(url)
                    budget.expect_head()
                    response = await pool.handle_async_request(_request(url))
                    budget.head_complete()
                    if response.status not in _REDIRECTS:
                        return response
                    await response.aclose()
                    url = redirected(url, _first(response, b"location") or b"")
        except TimeoutError as error:
            raise FetchError(f"{FAILED} The server did not respond within {self._idle_seconds:g} seconds.") from error
        except HeadTooLarge as error:
            raise FetchError(f"{FAILED} The head of the server's response is too large.") from error
        except _DOWN as error:
            raise FetchError(f"{FAILED} {_words(error)}") from error
        raise FetchError(f"{FAILED} It redirects more than {_MOST_REDIRECTS} times.")

    def _check(self, response: httpcore.Response) -> None:
        if response.status not in {200, _PARTIAL}:
            raise FetchError(f"{FAILED} The server answered with status {response.status}.")
        if response.status == _PARTIAL and _whole_range(response) is None:
            raise FetchError(f"{FAILED} The server answered with a part of the file (status {_PARTIAL}).")
        length = _header(response, b"content-length")
        if length is not None and length.isdigit() and int(length) > self._limit:
            raise TooLarge(self._limit)

    async def _body(self, response: httpcore.Response, coding: Coding) -> AsyncIterator[bytes]:
        icy = _icy(response)
        decoded = number = 0
        async with aclosing(self._chunks(response)) as chunks:
            async for chunk in chunks:
                for piece in coding.decoded(chunk):
                    decoded += len(piece)
                    if decoded > self._limit:
                        raise TooLarge(self._limit)
                    if audio := icy.audio(piece) if icy else piece:
                        yield audio
                    number += 1
                    if number % _PIECES_PER_TURN == 0:
                        # What httpcore has already read it gives without a pause, and what is inflated has none.
                        await asyncio.sleep(0)
        coding.end()
        if icy and (rest := icy.end()):
            yield rest

    async def _chunks(self, response: httpcore.Response) -> AsyncGenerator[bytes, None]:
        """The body as it was sent."""
        pace = Pace(self._idle_seconds, self._max_seconds)
        framing = Framing()
        chunked = _header(response, b"transfer-encoding") is not None
        promised = _whole_range(response)
        received = 0
        chunks = aiter(response.aiter_stream())
        try:
            while True:
                begun = monotonic()
                # A timeout per read is not enough: chunk framing can trickle in without any data.
                async with asyncio.timeout(self._idle_seconds):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    break
                received += len(chunk)
                if received > self._limit:
                    raise TooLarge(self._limit)
                complaint = pace.complaint(len(chunk), monotonic() - begun)
                if complaint or (complaint := framing.complaint(len(chunk)) if chunked else None):
                    raise FetchError(f"{FAILED} {complaint}")
                yield chunk
        except TimeoutError as error:
            raise FetchError(f"{FAILED} No byte arrived for {self._idle_seconds:g} seconds.") from error
        except _DOWN as error:
            raise FetchError(f"{FAILED} {_words(error)}") from error
        if promised not in {None, received}:
            raise FetchError(f"{FAILED} The server announced {promised} bytes and sent {received}.")


_DOWN = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


def _request(url: str) -> httpcore.Request:
    """A request without anything from the client's own request: no cookies, no credentials."""
    parts = urlsplit(url)
    # httpcore's own reading of a URL loses what follows a semicolon in the path.
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [
        ("Host", parts.netloc),
        ("User-Agent", f"tonearm/{__version__}"),
        ("Accept", "audio/*, application/octet-stream;q=0.9, */*;q=0.5"),
        ("Accept-Encoding", "identity"),
    ]
    return httpcore.Request(
        "GET",
        httpcore.URL(scheme=parts.scheme, host=parts.hostname or "", port=parts.port, target=target),
        headers=headers,
        extensions={"timeout": {"connect": _CONNECT_SECONDS}},
    )


def _whole_range(response: httpcore.Response) -> int | None:
    """The length of the file if the response's Content-Range is all of it; None for any other range, and without."""
    found = _ALL_BYTES.fullmatch(_header(response, b"content-range") or "")
    return int(found[2]) if found and int(found[1]) + 1 == int(found[2]) else None


def _icy(response: httpcore.Response) -> IcyMetadata | None:
    """Nobody asked for metadata, but some stations send it."""
    interval = _header(response, b"icy-metaint") or ""
    return IcyMetadata(int(interval)) if _INTERVAL.fullmatch(interval) else None


def _answered_with(error: NotAudio, content_type: str) -> str:
    found = _MEDIA_TYPE.match(content_type)
    media_type = found[0].lower() if found else ""
    what = "a web page" if media_type == "text/html" else error.found
    return f"The address answered with {what}{f' ({media_type})' if found else ''}, not audio. {error.advice}".rstrip()


def _header(response: httpcore.Response, name: bytes) -> str | None:
    value = _first(response, name)
    return None if value is None else value.decode("latin-1").strip()


def _joined(response: httpcore.Response, name: bytes) -> str:
    return ",".join(value.decode("latin-1") for key, value in response.headers if key.lower() == name)


def _first(response: httpcore.Response, name: bytes) -> bytes | None:
    return next((value for key, value in response.headers if key.lower() == name), None)


def _words(error: Exception) -> str:
    """Not the error's own: those are Python's, httpcore's or OpenSSL's."""
    match error:
        case httpcore.ConnectTimeout():
            return "The server did not accept the connection in time."
        case httpcore.ConnectError():
            return _not_connected(error)
        case httpcore.TimeoutException():
            return "The server did not respond in time."
        case httpcore.NetworkError():
            return "The server broke the connection."
        case _:
            return "The server's response is not valid HTTP, or it ended early."


def _not_connected(error: BaseException | None) -> str:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return "The server's TLS certificate is not valid."
        if isinstance(error, ssl.SSLError):
            return "The server does not speak TLS as it should."
        error = error.__cause__ or error.__context__
    return "The server cannot be reached."
