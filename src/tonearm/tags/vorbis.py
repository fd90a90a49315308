"""Vorbis comments, in FLAC and Ogg.

The specification (xiph.org/vorbis/doc/v-comment.html) has no fields for tempo and key. Programs read the tempo from
BPM, and the key from KEY or INITIALKEY, and Serato keeps a beat grid in FLAC.
"""

from __future__ import annotations

from typing import Any

from mutagen.flac import FLAC
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from tonearm.tags import serato
from tonearm.tags.replaygain import replaygain
from tonearm.tags.tags import Entry, Names, begun
from tonearm.tags.values import Values

_NAMES = Names(bpm="BPM", key=("KEY", "INITIALKEY"), mood="MOOD", genre="GENRE", energy="ENERGYLEVEL")
_R128_LUFS = -23.0
_GRID = "SERATO_BEATGRID"


class VorbisComments:
    def __init__(self, path: str, kind: type[FLAC | OggVorbis | OggFLAC | OggOpus]) -> None:
        self._file: Any = kind(path)
        self._tags = begun(self._file)

    def wanted(self, values: Values) -> dict[str, str]:
        grid = {_GRID: values.grid} if values.grid is not None and isinstance(self._file, FLAC) else {}
        return _NAMES.of(values) | grid | self._gain(values)

    def get(self, name: str) -> str | None:
        if name not in self._tags:
            return None
        return " / ".join(map(serato.from_base64, self._tags[name]) if name == _GRID else self._tags[name])

    def set(self, name: str, value: str) -> None:
        self._tags[name] = [serato.to_base64(value, lines=True) if name == _GRID else value]

    def entries(self, name: str) -> list[Entry]:
        return [{"name": key, "value": value} for key, value in self._tags if key.upper() == name]

    def restore(self, name: str, entries: list[Entry]) -> None:
        if name in self._tags:
            del self._tags[name]
        for each in entries:
            self._tags.append((each["name"], each["value"]))

    def save(self) -> None:
        self._file.save()

    def _gain(self, values: Values) -> dict[str, str]:
        return replaygain(values)


class OpusComments(VorbisComments):
    """RFC 7845, section 5.2.1: the gain brings the track, or the album, to -23 LUFS (EBU R 128), in units of 1/256 dB.
    REPLAYGAIN_* tags should not be present.

    The gain adds to the output gain in the file's header, which the decoder applies before the measurement.
    """

    def _gain(self, values: Values) -> dict[str, str]:
        loudness = {"R128_TRACK_GAIN": values.loudness, "R128_ALBUM_GAIN": values.album_loudness}
        return {name: _q7_8(_R128_LUFS - lufs) for name, lufs in loudness.items() if lufs is not None}


def _q7_8(decibels: float) -> str:
    return str(max(-(1 << 15), min((1 << 15) - 1, round(256 * decibels))))
