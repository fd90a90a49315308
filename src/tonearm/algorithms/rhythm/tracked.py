"""What a beat tracker found: tempo, beats and bars, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Tracked:
    bpm: float | None
    """None if there is no tempo; nothing else is there then."""
    confidence: float = 0.0
    """How likely the tempo is right within 4 %."""
    stands_out: bool = True
    """Whether the beat does: else the tempo is not to be relied upon, however likely it is in music."""
    alternatives: list[tuple[float, float]] = field(default_factory=list)
    """Other tempi in bpm, and how likely each is right, the likeliest first."""
    beats: list[float] = field(default_factory=list)
    """Times in s."""
    numbers: list[int] = field(default_factory=list)
    """The place of each beat in its bar, 1 for the downbeat; empty if bars are not known."""
    metre: int | None = None
    """Beats in a bar."""
    curve: list[tuple[float, float]] | None = None
    """Times in s and local tempi in bpm; None where the tempo is constant."""
