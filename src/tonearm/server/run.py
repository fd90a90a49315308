"""`tonearm serve`: the application under uvicorn, with a log a person can read."""

from __future__ import annotations

import logging
import resource
import signal
import socket
import sys
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from tonearm.config import Settings
from tonearm.engine.chosen import for_server
from tonearm.logs import formatter
from tonearm.sandbox import hide_memory
from tonearm.server.app import create_app
from tonearm.server.connection import Bounds, bounded
from tonearm.server.default_networks import get_default_networks
from tonearm.server.drain import Drain
from tonearm.server.key_ring import KeyRing
from tonearm.server.places import Places
from tonearm.server.uvicorn_server import Server, bind

log = logging.getLogger(__name__)
_FEWEST_RESERVED = 16


def run(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM, or until SIGHUP if there is no file of API keys to read again."""
    hide_memory()
    engine = for_server(settings)
    drain = Drain(max(1, settings.grace_seconds))
    keys = KeyRing(settings.api_keys, settings.api_keys_file)
    sockets = _listen(settings.host, settings.port, "with --host and --port")
    metrics = _listen_for_metrics(settings)
    config = uvicorn.Config(
        create_app(engine, settings, drain, keys, metrics[0].getsockname()[1] if metrics else None),
        log_config=_logging(settings),
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=settings.grace_seconds,
        # Unlike httptools it keeps the body of a request that also offers to upgrade, as many clients' do (h2c).
        # ws: the connection has its own WebSocket, within the same bounds.
        http=bounded(Bounds(settings.idle_seconds, _places(settings), settings.trusted_proxies)),
        ws="none",
        # Whose word is taken for a client's address is for TONEARM_TRUSTED_PROXIES to say.
        proxy_headers=False,
    )
    get_default_networks(settings)
    # uvicorn raises the signal once more after its end, which then would not be a success.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: None)
    if keys:
        keys.report()
    else:
        log.warning("no API keys are set: open to everyone who reaches %s, port %d", settings.host, settings.port)
    server = Server(config, drain, metrics, keys.reread if settings.api_keys_file else None)
    server.run(sockets)
    if not server.started:
        sys.exit(STARTUP_FAILURE)


def _listen(host: str, port: int, how: str) -> list[socket.socket]:
    try:
        return bind(host, port)
    except OSError as error:
        sys.exit(
            f"tonearm: cannot listen on {host}, port {port}: {error.strerror}. "
            f"Stop the process that listens there, or choose another address {how}."
        )


def _listen_for_metrics(settings: Settings) -> list[socket.socket]:
    endpoint = settings.metrics_port
    if endpoint is None:
        return []
    # Also at another address, because a connection is told by its port alone.
    if endpoint.port == settings.port != 0:
        sys.exit(f"tonearm: port {endpoint.port} cannot be both TONEARM_PORT and TONEARM_METRICS_PORT. Change one.")
    return _listen(endpoint.host, endpoint.port, "in TONEARM_METRICS_PORT")


def _places(settings: Settings) -> Places:
    """A third of the file descriptors is for connections, a third for the downloads that they may ask for, and the rest
    for workers; half of them for connections where there are no downloads.
    """
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = sys.maxsize if soft == resource.RLIM_INFINITY else soft // (3 if settings.audio_url else 2)
    return Places(most, settings.connections_per_address or most // 2, max(_FEWEST_RESERVED, most // 32))


def _logging(settings: Settings) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": formatter, "form": settings.log_format, "process": "server"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ours"}},
        "root": {"handlers": ["stderr"], "level": settings.log_level.upper()},
        # What the SDK of the Model Context Protocol says of a request quotes it.
        "loggers": {"asyncio": {"level": "WARNING"}, "httpcore": {"level": "WARNING"}, "mcp": {"level": "ERROR"}},
    }
