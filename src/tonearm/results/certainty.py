"""Which keys and tempi are certain enough to be relied upon.

`key:2` and `beats` say so themselves. The other models name a key and a tempo for everything that sounds, speech and
noise too: what people are told of those has the rules here, and on the page the same (web/static/certainty.js).

The bounds come from the labelled recordings that tests/results/test_certainty.py runs on.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from statistics import median
from typing import Any

CERTAIN_STRENGTH = 0.75
"""Strength from which a key is certain.

One single tone fits its best key with 0.69, white noise with 0.71, and speech, whales and birds with up to 0.69: less
than this tells no key. Of labelled music, one key in seven below it is right, and six in seven above. A drone passes,
and so does a drum with a pitch, at its own pitch.
"""

CERTAIN_CONFIDENCE = 1.5
"""Confidence of bpm_multifeature above which beats are reliable, as its authors have published."""

FEWEST_BEATS = 10
"""Of fewer beats a tempo is exact to a few per cent at best."""

STEADY, AS_LONG = 0.7, 0.05
"""Share of the beats that must be as long as their median, and by how much a beat may differ from it.

In speech, whale song and a violin alone it is up to half of the beats, in labelled loops and songs three quarters and
more. It cannot tell a steady tone, which a beat tracker counts through at its own pace.
"""


def key_is_certain(result: Mapping[str, Any]) -> bool:
    """Whether a result of either version of the model `key` can be relied upon."""
    if "certainty" in result:
        return bool(result["certainty"] == "certain")
    strength: float = result["strength"][0]
    return strength >= CERTAIN_STRENGTH


def tempo_is_certain(result: Mapping[str, Any]) -> bool:
    """Whether a result of a tempo model can be relied upon, as far as it says or its beats and its confidence tell; a
    model that gives neither is believed.
    """
    if "certainty" in result:
        return bool(result["certainty"] == "certain")
    confidence, beats = result.get("confidence"), result.get("beat_positions")
    reliable = confidence is None or confidence > CERTAIN_CONFIDENCE
    return reliable and (beats is None or _steady(beats))


def _steady(beats: list[float]) -> bool:
    if len(beats) < FEWEST_BEATS:
        return False
    lengths = [after - before for before, after in pairwise(beats)]
    usual = median(lengths)
    same = sum(abs(length - usual) <= AS_LONG * usual for length in lengths)
    return same >= STEADY * len(lengths)
