"""ID3v2 tags, at the start of an MP3 or in a chunk of a WAV or AIFF.

ID3v2.4.0 native frames (id3.org): TBPM is an integer, TKEY at most three characters such as C#m. Gain and peak are TXXX
frames, as in the ReplayGain 2.0 specification.
"""

from __future__ import annotations

from typing import Any, BinaryIO

from mutagen.aiff import AIFF
from mutagen.id3 import TBPM, TKEY, TXXX, Encoding
from mutagen.mp3 import MP3
from mutagen.wave import WAVE

from tonearm.tags.replaygain import replaygain
from tonearm.tags.tags import begun
from tonearm.tags.values import Values

_NATIVE: dict[str, Any] = {"TBPM": TBPM, "TKEY": TKEY}


class Id3:
    def __init__(self, file: str | BinaryIO, kind: type[MP3 | WAVE | AIFF]) -> None:
        # No translation: ID3v2.3 stays ID3v2.3, the only version that some players read.
        self._file: Any = kind(file, translate=False)
        self._tags = begun(self._file)

    def wanted(self, values: Values) -> dict[str, str]:
        tags = {}
        if values.bpm is not None:
            tags["TBPM"] = str(round(values.bpm))
        if values.key is not None:
            tags["TKEY"] = values.key
        return tags | {f"TXXX:{name}": value for name, value in replaygain(values).items()}

    def get(self, name: str) -> str | None:
        frames = self._frames(name)
        return " / ".join(str(frame) for frame in frames) if frames else None

    def set(self, name: str, value: str) -> None:
        for frame in self._frames(name):
            self._tags.pop(frame.HashKey)
        if name in _NATIVE:
            self._tags.add(_NATIVE[name](encoding=Encoding.LATIN1, text=[value]))
        else:
            self._tags.add(TXXX(encoding=Encoding.LATIN1, desc=name.removeprefix("TXXX:"), text=[value]))

    def save(self) -> None:
        old = (2, 0, 0) < self._tags.version < (2, 4, 0)
        self._file.save(v2_version=3 if old else 4, v23_sep=None)

    def _frames(self, name: str) -> list[Any]:
        """The frames of a name. Case does not matter: some programs write descriptions in lower case."""
        identifier, _, described = name.partition(":")
        frames: list[Any] = self._tags.getall(identifier)
        return [frame for frame in frames if not described or frame.desc.upper() == described]
