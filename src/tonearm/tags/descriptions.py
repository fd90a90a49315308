"""Mood, genre and energy of a track, where the models are sure enough for a tag."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

MOODS = {
    "mood_happy": "happy",
    "mood_sad": "sad",
    "mood_aggressive": "aggressive",
    "mood_relaxed": "relaxed",
    "mood_party": "party",
}
"""Models, each of which tells the probability of one label against all else."""
GENRES = "genre_discogs400"
"""Its labels are a family and a style: `Electronic---House`."""
ENERGY = "energy"

_LIKELY_MOOD = 0.8
_LIKELY_GENRE = 0.5
_BETWEEN_FAMILY_AND_STYLE = "---"
_LEVELS = 10

Results = Mapping[str, Mapping[str, Any]]


def mood(results: Results) -> str | None:
    """The likeliest mood, where its probability is 0.8 or more."""
    found = {label: results[model]["activations"][label] for model, label in MOODS.items() if model in results}
    return _likeliest(found, _LIKELY_MOOD)


def genre(results: Results) -> str | None:
    """The style with the highest activation, where that is 0.5 or more."""
    if GENRES not in results:
        return None
    likeliest = _likeliest(results[GENRES]["activations"], _LIKELY_GENRE)
    return None if likeliest is None else likeliest.rpartition(_BETWEEN_FAMILY_AND_STYLE)[2]


def energy(results: Results) -> int | None:
    """From 1 to 10, each a tenth of the model's scale from 0 to 1."""
    value = results.get(ENERGY, {}).get("energy")
    return None if value is None else max(1, math.ceil(_LEVELS * value))


def _likeliest(activations: Mapping[str, float], least: float) -> str | None:
    label = max(activations, key=activations.__getitem__, default=None)
    return label if label is not None and activations[label] >= least else None
