"""Tonearm: a self-hosted server that analyses music while it is still arriving.

`Client` and `AsyncClient` ask a server; `analyze` does without one.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from tonearm._version import __version__

if TYPE_CHECKING:
    from tonearm.client import AsyncClient, Client
    from tonearm.local import analyze
    from tonearm.results.analysis import Analysis

__all__ = ["Analysis", "AsyncClient", "Client", "__version__", "analyze"]

_HOMES = {
    "Analysis": "tonearm.results.analysis",
    "AsyncClient": "tonearm.client",
    "Client": "tonearm.client",
    "analyze": "tonearm.local",
}


def __getattr__(name: str) -> object:
    # On demand: every worker imports this package, and none of them asks a server.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
