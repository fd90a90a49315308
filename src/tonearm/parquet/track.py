"""Which track a source is: audio by its digest, whatever the file is called and whatever its tags say."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

_BYTES = 16
AUDIO = ("audio", 1)
"""Name and version of the model that tells tracks apart."""


def track_of(audio: dict[str, Any] | None, source: str) -> str:
    """32 hexadecimal digits, of the result of `audio:1`.

    The digest is of samples or packets alone: what else they mean, such as their rate, is part of the track. Audio
    without a digest, because it was not read to its end, is the track of its source.
    """
    if audio is None or audio["digest"] is None:
        return key_of(source).hex()
    facts = [audio[name] for name in ("digest", "sample_rate", "layout", "duration", "damaged")]
    return key_of(json.dumps(facts, sort_keys=True)).hex()


def key_of(text: str) -> bytes:
    """16 bytes that stand for it."""
    return blake2b(text.encode(), digest_size=_BYTES).digest()
