"""Beats and tempo from onset detection functions: what Essentia's beat trackers do, in memory that hardly grows."""

from tonearm.algorithms.rhythm.agreement import most_agreed
from tonearm.algorithms.rhythm.bar_pointer import Bars, track_bars
from tonearm.algorithms.rhythm.beat_emphasis import BeatEmphasis
from tonearm.algorithms.rhythm.beats import track_beats
from tonearm.algorithms.rhythm.onsets import find_onsets
from tonearm.algorithms.rhythm.tempo import tempo
from tonearm.algorithms.rhythm.tempo_votes import TempoVotes

__all__ = [
    "Bars",
    "BeatEmphasis",
    "TempoVotes",
    "find_onsets",
    "most_agreed",
    "tempo",
    "track_bars",
    "track_beats",
]
