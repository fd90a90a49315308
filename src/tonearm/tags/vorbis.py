"""Vorbis comments, in FLAC and Ogg.

The specification (xiph.org/vorbis/doc/v-comment.html) has no fields for tempo and key. Programs read the tempo from
BPM, and the key from KEY or INITIALKEY.
"""

from __future__ import annotations

from typing import Any

from mutagen.flac import FLAC
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from tonearm.tags.replaygain import replaygain
from tonearm.tags.tags import begun
from tonearm.tags.values import Values

_R128_LUFS = -23.0


class VorbisComments:
    def __init__(self, path: str, kind: type[FLAC | OggVorbis | OggFLAC | OggOpus]) -> None:
        self._file: Any = kind(path)
        self._tags = begun(self._file)

    def wanted(self, values: Values) -> dict[str, str]:
        tags = {}
        if values.bpm is not None:
            tags["BPM"] = str(round(values.bpm))
        if values.key is not None:
            tags |= {"KEY": values.key, "INITIALKEY": values.key}
        return tags | self._gain(values)

    def get(self, name: str) -> str | None:
        return " / ".join(self._tags[name]) if name in self._tags else None

    def set(self, name: str, value: str) -> None:
        self._tags[name] = [value]

    def save(self) -> None:
        self._file.save()

    def _gain(self, values: Values) -> dict[str, str]:
        return replaygain(values)


class OpusComments(VorbisComments):
    """RFC 7845, section 5.2.1: the gain brings the track to -23 LUFS (EBU R 128), in units of 1/256 dB. REPLAYGAIN_*
    tags should not be present.

    The gain adds to the output gain in the file's header, which the decoder applies before the measurement.
    """

    def _gain(self, values: Values) -> dict[str, str]:
        if values.loudness is None:
            return {}
        gain = round(256 * (_R128_LUFS - values.loudness))
        return {"R128_TRACK_GAIN": str(max(-(1 << 15), min((1 << 15) - 1, gain)))}
