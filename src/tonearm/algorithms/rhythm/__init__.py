"""Beats from an onset detection function: what Essentia's TempoTapDegara does, in memory that hardly grows."""

from tonearm.algorithms.rhythm.beats import track_beats
from tonearm.algorithms.rhythm.tempo import tempo

__all__ = ["tempo", "track_beats"]
