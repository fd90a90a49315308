"""What a network is about, which its metadata does not say: the headings under which MTG lists it."""

from __future__ import annotations

_OTHERS = "genre and tags"
_STARTS = {
    "key and harmony": ("tonal_atonal",),
    "sound": (
        *("fs_loop_ds", "gender", "mood_acoustic", "mood_electronic"),
        *("mtg_jamendo_instrument", "nsynth", "timbre", "voice_instrumental"),
    ),
    "mood": (
        *("approachability", "danceability", "deam", "emomusic", "engagement", "mood"),
        *("mtg_jamendo_moodtheme", "muse"),
    ),
    "embeddings": ("audioset-vggish", "discogs_"),
}
"""Beginnings of the names of files; the first group that one is in counts."""


def group(stem: str) -> str:
    return next((group for group, starts in _STARTS.items() if stem.startswith(starts)), _OTHERS)
