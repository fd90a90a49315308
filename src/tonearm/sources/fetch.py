"""Downloads for `audio-url`, without access to the operator's network (SSRF).

A name is resolved once, all its addresses are checked, and the connection goes to a checked address, so a second DNS
answer has no effect. Redirects are followed here, and each target gets the same checks.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from time import monotonic
from urllib.parse import unquote, urljoin, urlsplit

import httpcore

from tonearm._version import __version__
from tonearm.config import Network, Settings
from tonearm.errors import FetchError, TooLarge
from tonearm.sources.addresses import is_allowed, may_reach
from tonearm.sources.pace import Pace

FAILED = "Failed to download or decode audio from the provided URL."
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3
_PUBLIC_PORTS = frozenset({80, 443})
_CONNECT_SECONDS = 10.0


class Fetcher:
    """Downloads under one policy.

    `allow` lists private networks that are allowed. `limit` is the maximum size in bytes. `idle_seconds` is the longest
    pause, and the longest time until the response starts, including redirects. `max_seconds` is the longest download.
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
        limit. Reading the body raises the same.
        """
        async with httpcore.AsyncConnectionPool(network_backend=_CheckedBackend(self._allow), retries=0) as pool:
            response = await self._answer(pool, plain(url))
            try:
                self._check(response)
                yield self._body(response)
            finally:
                await response.aclose()

    async def _answer(self, pool: httpcore.AsyncConnectionPool, url: str) -> httpcore.Response:
        """The first response that is not a redirect, once its headers have arrived."""
        try:
            # A timeout per read is not enough: headers can arrive byte by byte, and 1xx responses without end.
            async with asyncio.timeout(self._idle_seconds):
                for _ in range(_MOST_REDIRECTS + 1):
                    check(url)
                    response = await pool.handle_async_request(_request(url))
                    if response.status not in _REDIRECTS:
                        return response
                    await response.aclose()
                    url = _target(url, response)
        except TimeoutError as error:
            raise FetchError(f"{FAILED} The server did not respond within {self._idle_seconds:g} seconds.") from error
        except _DOWN as error:
            raise FetchError(f"{FAILED} {_words(error)}") from error
        raise FetchError(f"{FAILED} It redirects more than {_MOST_REDIRECTS} times.")

    def _check(self, response: httpcore.Response) -> None:
        if response.status != 200:
            raise FetchError(f"{FAILED} The server answered with status {response.status}.")
        encoding = _header(response, b"content-encoding")
        if encoding is not None and encoding.lower() not in {"", "identity"}:
            raise FetchError(
                f"{FAILED} The server sent it compressed ({encoding}) although the request did not allow that."
            )
        length = _header(response, b"content-length")
        if length is not None and length.isdigit() and int(length) > self._limit:
            raise TooLarge(self._limit)

    async def _body(self, response: httpcore.Response) -> AsyncIterator[bytes]:
        pace = Pace(self._idle_seconds, self._max_seconds)
        received = 0
        chunks = aiter(response.aiter_stream())
        try:
            while True:
                begun = monotonic()
                # A timeout per read is not enough: chunk framing can trickle in without any data.
                async with asyncio.timeout(self._idle_seconds):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    return
                received += len(chunk)
                if received > self._limit:
                    raise TooLarge(self._limit)
                if complaint := pace.complaint(len(chunk), monotonic() - begun):
                    raise FetchError(f"{FAILED} {complaint}")
                yield chunk
        except TimeoutError as error:
            raise FetchError(f"{FAILED} No byte arrived for {self._idle_seconds:g} seconds.") from error
        except _DOWN as error:
            raise FetchError(f"{FAILED} {_words(error)}") from error


def plain(url: str) -> str:
    """The URL as written, decoded if all of it is percent-encoded."""
    return unquote(url) if "://" not in url and "%3a" in url.lower() else url


def check(url: str) -> None:
    """Raise FetchError unless it is a plain http or https URL."""
    # Before urlsplit, which removes line breaks and tabs.
    if any(ord(letter) <= 32 or letter in '\\"<>' or ord(letter) > 126 for letter in url):
        raise FetchError("The audio-url has characters that must be percent-encoded.")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # raises for a port that is not a number
        host = parts.hostname
    except ValueError as error:
        # Not urlsplit's message, which can contain part of a password.
        raise FetchError("The audio-url is not a URL: its host or its port is malformed.") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise FetchError("The audio-url must be an http or https address, for example https://example.com/track.mp3.")
    if parts.username is not None or parts.password is not None:
        raise FetchError("The audio-url must not carry a user name or password.")


class _CheckedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name, rejects it if any address is not allowed, and connects to the checked addresses."""

    def __init__(self, allow: tuple[Network, ...]) -> None:
        self._allow = allow
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._checked(host, port, timeout)
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if address == addresses[-1]:
                    raise
        raise httpcore.ConnectError("the host name has no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise FetchError("The audio-url must be an http or https address.")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)

    async def _checked(self, host: str, port: int, timeout: float | None) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("the name server does not respond") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the host name cannot be resolved") from error
        addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
        for address in addresses:
            if not may_reach(address, self._allow):
                raise FetchError(f"The audio-url leads to {address}, which is not a public address.")
            if port not in _PUBLIC_PORTS and not is_allowed(address, self._allow):
                raise FetchError(f"The audio-url leads to port {port}; only ports 80 and 443 are allowed.")
        return [str(address) for address in addresses]


_DOWN = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


def _request(url: str) -> httpcore.Request:
    """A request without anything from the client's own request: no cookies, no credentials."""
    headers = [
        ("Host", urlsplit(url).netloc),
        ("User-Agent", f"tonearm/{__version__}"),
        ("Accept", "audio/*, application/octet-stream;q=0.9, */*;q=0.5"),
        ("Accept-Encoding", "identity"),
    ]
    return httpcore.Request("GET", url, headers=headers, extensions={"timeout": {"connect": _CONNECT_SECONDS}})


def _target(url: str, response: httpcore.Response) -> str:
    try:
        return urljoin(url, _header(response, b"location") or "")
    except ValueError as error:
        raise FetchError(f"{FAILED} It redirects to what is not a URL.") from error


def _header(response: httpcore.Response, name: bytes) -> str | None:
    return next((value.decode("latin-1").strip() for key, value in response.headers if key.lower() == name), None)


def _words(error: Exception) -> str:
    reason = str(error) or type(error).__name__
    return f"{reason[0].upper()}{reason[1:]}."
