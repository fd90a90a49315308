"""The values of an analysis that go into tags."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from tonearm.results import music
from tonearm.results.analysis import Analysis
from tonearm.results.certainty import key_is_certain, tempo_is_certain
from tonearm.results.music import KeyNotation
from tonearm.tags import serato
from tonearm.tags.descriptions import energy, genre, mood


class Field(StrEnum):
    """What can be asked for, each of which is one tag or several."""

    BPM = "bpm"
    KEY = "key"
    GAIN = "gain"
    MOOD = "mood"
    GENRE = "genre"
    ENERGY = "energy"
    GRID = "grid"


@dataclass(frozen=True)
class Values:
    """A value is None if the audio has none, such as the key of silence, or if the model failed."""

    bpm: float | None = None
    key: str | None = None
    """As the notation has it."""
    loudness: float | None = None
    """In LUFS."""
    true_peak: float | None = None
    """In dBTP."""
    album_loudness: float | None = None
    """In LUFS, over the gating blocks of all tracks of the album."""
    album_true_peak: float | None = None
    """In dBTP."""
    mood: str | None = None
    genre: str | None = None
    energy: int | None = None
    """From 1 to 10."""
    grid: str | None = None
    """The beat grid, as tonearm.tags.serato writes it."""

    @classmethod
    def of(cls, analysis: Analysis, notation: KeyNotation = KeyNotation.MUSICAL) -> Values:
        """What is known, certain or not; of moods and genres only what is likely enough to be told at all."""
        key, tempo, loudness = _results(analysis)
        return cls(
            bpm=music.tempo(tempo) if tempo else None,
            key=_key(key, notation) if key else None,
            loudness=loudness.get("integrated_lufs"),
            true_peak=loudness.get("true_peak_dbtp"),
            mood=mood(analysis.results),
            genre=genre(analysis.results),
            energy=energy(analysis.results),
            grid=serato.text(tempo) if tempo else None,
        )

    def certain(self, analysis: Analysis) -> Values:
        """Those to be written unless told otherwise: a tag has no room for a doubt."""
        key, tempo, _ = _results(analysis)
        return replace(
            self,
            bpm=self.bpm if tempo and tempo_is_certain(tempo) else None,
            grid=self.grid if tempo and tempo_is_certain(tempo) else None,
            key=self.key if key and key_is_certain(key) else None,
        )

    def only(self, fields: Collection[Field]) -> Values:
        """Without the values of other fields."""
        unwanted = [name for field in Field if field not in fields for name in _VALUES[field]]
        return replace(self, **dict.fromkeys(unwanted))


_VALUES = {
    Field.BPM: ("bpm",),
    Field.KEY: ("key",),
    Field.GAIN: ("loudness", "true_peak", "album_loudness", "album_true_peak"),
    Field.MOOD: ("mood",),
    Field.GENRE: ("genre",),
    Field.ENERGY: ("energy",),
    Field.GRID: ("grid",),
}


def _results(analysis: Analysis) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    key, tempo, loudness = (analysis.results.get(name, {}) for name in ("key", "beats", "loudness_ebur128"))
    return key, tempo, loudness


def _key(result: dict[str, Any], notation: KeyNotation) -> str | None:
    found = music.key(result)
    return None if found is None else found.written(notation)
