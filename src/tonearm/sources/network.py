"""The connections of downloads: to checked addresses only, and with bounds on what httpcore parses at a time."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable

import httpcore

from tonearm.config import Network
from tonearm.errors import FetchError
from tonearm.sources.addresses import is_allowed, may_reach
from tonearm.sources.lookups import Lookups

FAILED = "Failed to download or decode audio from the provided URL."
_PUBLIC_PORTS = frozenset({80, 443})
_PIECE = 16 << 10
_HEAD_PIECE = 4 << 10
_MAX_HEAD_BYTES = 32 << 10
_ICY = b"ICY "
_HTTP_1_0 = b"HTTP/1.0 "


class HeadTooLarge(Exception):
    """The origin sends more before its response than the head of a response may have."""


class Budget:
    """Bytes that may still be read before the response's head is complete; None if it is."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.at_start = False
        """Whether the next byte is the first of a response."""

    def expect_head(self) -> None:
        self.left = _MAX_HEAD_BYTES
        self.at_start = True

    def head_complete(self) -> None:
        self.left = None

    def size(self, most: int) -> int:
        """How much to read next."""
        if self.left is None:
            return min(most, _PIECE)
        # Informational responses have no end that httpcore would see, and each is an event of its parser.
        if self.left <= 0:
            raise HeadTooLarge
        return min(most, _HEAD_PIECE, self.left)

    def read(self, size: int) -> None:
        if self.left is not None:
            self.left -= size


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name, rejects it if any address is not allowed, and connects to the checked addresses."""

    def __init__(self, allow: tuple[Network, ...], budget: Budget, lookups: Lookups, client: str) -> None:
        self._allow = allow
        self._budget = budget
        self._lookups = lookups
        self._client = client
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
                stream = await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
                return _BoundedStream(stream, self._budget)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if address == addresses[-1]:
                    raise
        raise FetchError(f"{FAILED} Its host name has no address.")

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
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._lookups.addresses(host, self._client)
        except TimeoutError as error:
            raise FetchError(f"{FAILED} The name server does not respond.") from error
        except (OSError, UnicodeError) as error:
            raise FetchError(f"{FAILED} The host name cannot be resolved.") from error
        for address in addresses:
            if not may_reach(address, self._allow):
                raise FetchError(f"The audio-url leads to {address}, which is not a public address.")
            if port not in _PUBLIC_PORTS and not is_allowed(address, self._allow):
                raise FetchError(f"The audio-url leads to port {port}; only ports 80 and 443 are allowed.")
        return [str(address) for address in addresses]


class _BoundedStream(httpcore.AsyncNetworkStream):
    """Reads in small pieces, and lets others run after each: httpcore parses a piece without a pause."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, budget: Budget) -> None:
        self._inner = inner
        self._budget = budget

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        await asyncio.sleep(0)
        data = await self._inner.read(self._budget.size(max_bytes), timeout)
        self._budget.read(len(data))
        begins, self._budget.at_start = self._budget.at_start, False
        # Internet radio answers in a dialect of HTTP/1.0, of which only the first word differs.
        return _HTTP_1_0 + data.removeprefix(_ICY) if begins and data.startswith(_ICY) else data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        return _BoundedStream(await self._inner.start_tls(ssl_context, server_hostname, timeout), self._budget)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)
