"""The message for audio that is too large, as an upload or as a download."""

from __future__ import annotations


def too_large(limit: int) -> str:
    return f"The audio is larger than {limit} bytes, the limit of this server (TONEARM_MAX_BODY_BYTES)."
