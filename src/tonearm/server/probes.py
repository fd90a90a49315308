"""The paths by which an operator's systems watch the server."""

from __future__ import annotations

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
