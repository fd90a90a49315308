"""The values of an analysis that go into tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tonearm.results import music
from tonearm.results.analysis import Analysis

MODELS = "key,bpm_degara,loudness_ebur128:2"


@dataclass(frozen=True)
class Values:
    """A value is None if the audio has none, such as the key of silence, or if the model failed."""

    bpm: float | None = None
    key: str | None = None
    """In the format of TKEY in ID3v2.4: the tonic, and m for minor, at most three characters."""
    loudness: float | None = None
    """In LUFS."""
    true_peak: float | None = None
    """In dBTP."""

    @classmethod
    def of(cls, analysis: Analysis) -> Values:
        """The values from the results of MODELS."""
        key, tempo, loudness = (analysis.results.get(name, {}) for name in ("key", "bpm_degara", "loudness_ebur128"))
        return cls(
            bpm=music.tempo(tempo) if tempo else None,
            key=_key(key),
            loudness=loudness.get("integrated_lufs"),
            true_peak=loudness.get("true_peak_dbtp"),
        )


def _key(result: dict[str, Any]) -> str | None:
    found = music.key(result) if result else None
    return None if found is None else found.tonic + ("m" if found.scale == "minor" else "")
