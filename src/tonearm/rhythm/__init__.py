"""Beats from an onset detection function: what Essentia's TempoTapDegara does, in memory that hardly grows."""

from tonearm.rhythm.beats import track_beats
from tonearm.rhythm.tempo import tempo

__all__ = ["tempo", "track_beats"]
