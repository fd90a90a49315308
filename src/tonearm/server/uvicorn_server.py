"""The listening sockets, and uvicorn's server with an end that lets running streams finish."""

from __future__ import annotations

import asyncio
import gc
import logging
import math
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import ip_address

import uvicorn

from tonearm.server.connection import Connection
from tonearm.server.drain import Drain

log = logging.getLogger(__name__)

_TICK_SECONDS = 0.1
_LAST_WORDS_SECONDS = 3.0
"""For a client to stop sending, and to read why its stream ends."""
_HANG_UP_SECONDS = 1.0
"""For a request to notice that its connection is gone."""


class Server(uvicorn.Server):
    """Goes on accepting connections while it drains, so that a balancer sees /readyz fail and a client gets its 503.

    On SIGHUP it calls `reload`. Without one it drains, as a terminal that closes may leave no other sign.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        drain: Drain,
        metrics: Sequence[socket.socket] = (),
        reload: Callable[[], None] | None = None,
    ) -> None:
        """`metrics` are sockets to listen on besides those for everyone."""
        super().__init__(config)
        self._drain = drain
        self._metrics = metrics
        self._reload = reload

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        # nohup lets a process ignore it, so that it outlives its terminal.
        if self._reload or signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._hung_up)
        # The command has held it back until now.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
        await super().serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup([*(sockets or []), *self._metrics])
        # What is there now stays: going through all of it would stop the event loop for a tenth of a second each time.
        gc.collect()
        gc.freeze()
        if self._metrics:
            log.info("metrics are at %s/metrics", url(self._metrics))
        log.info("Tonearm is ready: open %s", url(sockets or []))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._drain.begun = True
        running = set(self.server_state.tasks)
        loop = asyncio.get_running_loop()
        end = loop.time() + (self.config.timeout_graceful_shutdown or 0)
        if running:
            log.info("%d running requests have %d s to finish", len(running), end - loop.time())
        while running and not self.force_exit and loop.time() < end:
            _, running = await asyncio.wait(running, timeout=min(_TICK_SECONDS, end - loop.time()))
        if running:
            self._drain.over.set()
            _, running = await asyncio.wait(running, timeout=_LAST_WORDS_SECONDS)
        if running:
            # A cancelled request would be a trace in the log: hang up, which every request can cope with.
            self._hang_up()
            _, running = await asyncio.wait(running, timeout=_HANG_UP_SECONDS)
        # What is left of the time is for the last bytes on their way to the clients.
        self.config.timeout_graceful_shutdown = 0 if running else math.ceil(max(1.0, end - loop.time()))
        await super().shutdown([*(sockets or []), *self._metrics])

    def _hung_up(self) -> None:
        if self._reload:
            self._reload()
        else:
            self.handle_exit(signal.SIGTERM, None)

    def _hang_up(self) -> None:
        for connection in list(self.server_state.connections):
            assert isinstance(connection, Connection)
            if connection.cycle is not None and not connection.cycle.response_complete:
                connection.evict()


def url(listening: Sequence[socket.socket]) -> str:
    """Where a browser on this machine reaches the sockets, by IPv4 if one of them has it: http://127.0.0.1:8000."""
    first = min(listening, key=lambda each: each.family != socket.AF_INET)
    host, port = first.getsockname()[:2]
    six = first.family == socket.AF_INET6
    if ip_address(host).is_unspecified:
        host = "::1" if six else "127.0.0.1"
    return f"http://[{host}]:{port}" if six else f"http://{host}:{port}"


def bind(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of the host, bound and not yet listening. Raises OSError for what cannot be had."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    bound: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            bound.append(listening := socket.socket(family, kind, protocol))
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            if port == 0 and len(bound) > 1:
                address = (address[0], bound[0].getsockname()[1], *address[2:])
            listening.bind(address)
    except OSError:
        for listening in bound:
            with suppress(OSError):
                listening.close()
        raise
    return bound
