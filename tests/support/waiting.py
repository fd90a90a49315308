"""Waiting for what another process does, however slow the machine is."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

PATIENCE_SECONDS = 240
"""Less than the time that pytest gives a test. It ends a test that would fail anyway, and decides no verdict."""


def wait_for(condition: Callable[[], object]) -> None:
    """Ask again and again until it is so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def listens(port: int) -> bool:
    """Whether something takes connections at a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True
