"""On PYTHONPATH of a server: its names are looked up at the tests' own name server, on this machine.

What is replaced is the event loop's `getaddrinfo`, the one door to the C library's resolver, which cannot be told of a
name server on another port than 53. Numbers in all their forms are still read by the C library.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from typing import Any

if "serve" in sys.orig_argv:
    import dns.exception
    import dns.resolver
    import uvloop

    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = int(os.environ["TEST_NAME_SERVER_PORT"])
    # Without a cache, so that a second look-up is seen, and without a search list.
    resolver.cache = None

    def lookup(host: str, port: int) -> list[Any]:
        found: list[Any] = []
        for kind, family in (("A", socket.AF_INET), ("AAAA", socket.AF_INET6)):
            try:
                answer = resolver.resolve(host, kind, search=False, raise_on_no_answer=False, lifetime=60)
            except dns.exception.DNSException:
                continue
            for record in answer.rrset or ():
                found.append((family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (str(record.address), port)))
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found

    def replaced(loop: type[asyncio.AbstractEventLoop]) -> None:
        original: Any = loop.getaddrinfo

        async def getaddrinfo(self: Any, host: Any, port: Any, **options: Any) -> Any:
            try:
                return await original(self, host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
            except OSError:
                return await self.run_in_executor(None, lookup, host, port)

        loop.getaddrinfo = getaddrinfo  # type: ignore[method-assign]

    replaced(uvloop.Loop)
    replaced(asyncio.BaseEventLoop)
