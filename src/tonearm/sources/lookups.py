"""Host names become addresses, in threads of their own.

The C library waits for a name server as long as its configuration says, and cannot be interrupted. The event loop has a
few threads for that, which names whose server never answers would take from everybody.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from contextlib import suppress
from functools import partial
from ipaddress import ip_address
from threading import Thread

from tonearm.errors import FetchError
from tonearm.sources.addresses import Address

_MOST = 64
_MOST_PER_CLIENT = 8
_TOO_MANY = "Too many host names are being looked up. Send the request again later."


class Lookups:
    """Those of all clients: a limited number of each, also of those that nobody waits for any more."""

    def __init__(self) -> None:
        self._running: Counter[str] = Counter()

    async def addresses(self, host: str, client: str) -> list[Address]:
        """All addresses of a name, or the one that `host` is. Raises FetchError if too many are being looked up, and
        OSError or UnicodeError for a name that has none.
        """
        try:
            # Answers at once: it asks nobody.
            found = _addresses(host, socket.AI_NUMERICHOST)
        except socket.gaierror:
            found = await self._in_thread(host, client)
        return found

    async def _in_thread(self, host: str, client: str) -> list[Address]:
        if self._running.total() >= _MOST or self._running[client] >= _MOST_PER_CLIENT:
            raise FetchError(_TOO_MANY)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[Address]] = loop.create_future()
        self._running[client] += 1

        def ended(found: list[Address] | OSError | UnicodeError) -> None:
            self._running[client] -= 1
            if not self._running[client]:
                del self._running[client]
            if answer.done():
                return
            if isinstance(found, list):
                answer.set_result(found)
            else:
                answer.set_exception(found)

        def look_up() -> None:
            found: list[Address] | OSError | UnicodeError
            try:
                found = _addresses(host)
            except (OSError, UnicodeError) as error:
                found = error
            # The server may have ended meanwhile.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(partial(ended, found))

        # Nobody waits for its end at the server's end.
        Thread(target=look_up, name="look-up", daemon=True).start()
        return await answer


def _addresses(host: str, flags: int = 0) -> list[Address]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=flags)
    return [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
