"""The values of an analysis that go into tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tonearm.results import music
from tonearm.results.analysis import Analysis
from tonearm.results.certainty import key_is_certain, tempo_is_certain

MODELS = "key:2,beats,loudness_ebur128:2"


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
        """The values from the results of MODELS, certain or not."""
        key, tempo, loudness = _results(analysis)
        return cls(
            bpm=music.tempo(tempo) if tempo else None,
            key=_key(key) if key else None,
            loudness=loudness.get("integrated_lufs"),
            true_peak=loudness.get("true_peak_dbtp"),
        )

    @classmethod
    def certain(cls, analysis: Analysis) -> Values:
        """Those to be written unless told otherwise: a tag has no room for a doubt."""
        found = cls.of(analysis)
        key, tempo, _ = _results(analysis)
        return replace(
            found,
            bpm=found.bpm if tempo and tempo_is_certain(tempo) else None,
            key=found.key if key and key_is_certain(key) else None,
        )


def _results(analysis: Analysis) -> Iterator[dict[str, Any]]:
    return (analysis.results.get(name, {}) for name in ("key", "beats", "loudness_ebur128"))


def _key(result: dict[str, Any]) -> str | None:
    found = music.key(result)
    return None if found is None else found.tonic + ("m" if found.scale == "minor" else "")
