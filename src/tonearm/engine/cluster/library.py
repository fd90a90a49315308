"""Ray, set up before anything imports it: it reads its settings once."""

from __future__ import annotations

import os

PIECE_BYTES = 512 << 10
"""Of what is sent in one call."""

# A cluster that asks for no token is not used: see connection.py.
os.environ["RAY_AUTH_MODE"] = "token"
# Larger arguments go through the object store, which takes three times as long as the call that they are for.
os.environ.setdefault("RAY_max_direct_call_object_size", str(4 * PIECE_BYTES))

import ray  # noqa: E402

__all__ = ["PIECE_BYTES", "ray"]
