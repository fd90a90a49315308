"""On PYTHONPATH of a server: its names are looked up at the tests' own name server, on this machine.

What is replaced is `socket.getaddrinfo`, the one door to the C library's resolver, which cannot be told of a name
server on another port than 53. Numbers in all their forms are still read by the C library.
"""

from __future__ import annotations

import os
import socket
import sys
from typing import Any

if "serve" in sys.orig_argv:
    import dns.exception
    import dns.resolver

    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = int(os.environ["TEST_NAME_SERVER_PORT"])
    # Without a cache, so that a second look-up is seen, and without a search list.
    resolver.cache = None

    def lookup(host: str, port: int | None) -> list[Any]:
        found: list[Any] = []
        for kind, family in (("A", socket.AF_INET), ("AAAA", socket.AF_INET6)):
            try:
                answer = resolver.resolve(host, kind, search=False, raise_on_no_answer=False, lifetime=60)
            except dns.exception.DNSException:
                continue
            for record in answer.rrset or ():
                found.append((family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (str(record.address), port or 0)))
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found

    original = socket.getaddrinfo

    def getaddrinfo(
        host: Any,
        port: Any,
        family: int = 0,
        type: int = 0,  # noqa: A002
        proto: int = 0,
        flags: int = 0,
    ) -> Any:
        try:
            return original(host, port, family, type, proto, flags | socket.AI_NUMERICHOST)
        except socket.gaierror:
            if flags & socket.AI_NUMERICHOST:
                raise
            return lookup(host, port)

    socket.getaddrinfo = getaddrinfo
