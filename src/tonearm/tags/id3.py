"""ID3v2 tags, at the start of an MP3 or in a chunk of a WAV or AIFF.

ID3v2.4.0 native frames (id3.org): TBPM is an integer, TKEY at most three characters such as C#m, TMOO a mood, which
ID3v2.3 has no frame for. Gain and peak are TXXX frames, as in the ReplayGain 2.0 specification; EnergyLevel is what
Mixed In Key writes. A beat grid is Serato's, a GEOB frame.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any, BinaryIO

from mutagen.aiff import AIFF
from mutagen.id3 import GEOB, TBPM, TCON, TKEY, TMOO, TXXX, Encoding
from mutagen.mp3 import MP3
from mutagen.wave import WAVE

from tonearm.tags import serato
from tonearm.tags.replaygain import replaygain
from tonearm.tags.tags import Entry, Names, begun
from tonearm.tags.values import Values

_NATIVE: dict[str, Any] = {"TBPM": TBPM, "TKEY": TKEY, "TMOO": TMOO, "TCON": TCON}
_GRID = f"GEOB:{serato.NAME}"


class Id3:
    def __init__(self, file: str | BinaryIO, kind: type[MP3 | WAVE | AIFF]) -> None:
        # No translation: ID3v2.3 stays ID3v2.3, the only version that some players read.
        self._file: Any = kind(file, translate=False)
        self._tags = begun(self._file)
        self._old = (2, 0, 0) < self._tags.version < (2, 4, 0)

    def wanted(self, values: Values) -> dict[str, str]:
        mood = "TXXX:MOOD" if self._old else "TMOO"
        names = Names(bpm="TBPM", key=("TKEY",), mood=mood, genre="TCON", energy="TXXX:EnergyLevel")
        grid = {} if values.grid is None else {_GRID: values.grid}
        return names.of(values) | grid | {f"TXXX:{name}": value for name, value in replaygain(values).items()}

    def get(self, name: str) -> str | None:
        frames = self._frames(name)
        return " / ".join(_text(frame) for frame in frames) if frames else None

    def set(self, name: str, value: str) -> None:
        self._replace(name, [_new(name, value)])

    def entries(self, name: str) -> list[Entry]:
        return [_entry(frame) for frame in self._frames(name)]

    def restore(self, name: str, entries: list[Entry]) -> None:
        self._replace(name, [_old(name, each) for each in entries])

    def save(self) -> None:
        self._file.save(v2_version=3 if self._old else 4, v23_sep=None)

    def _replace(self, name: str, frames: list[Any]) -> None:
        for frame in self._frames(name):
            self._tags.pop(frame.HashKey)
        for frame in frames:
            self._tags.add(frame)

    def _frames(self, name: str) -> list[Any]:
        """The frames of a name. Case does not matter: some programs write descriptions in lower case."""
        identifier, _, described = name.partition(":")
        frames: list[Any] = self._tags.getall(identifier)
        return [frame for frame in frames if not described or frame.desc.upper() == described.upper()]


def _text(frame: Any) -> str:
    return serato.from_bytes(frame.data) if frame.FrameID == "GEOB" else str(frame)


def _new(name: str, value: str) -> Any:
    if name == _GRID:
        return _object(serato.NAME, serato.MIME, serato.to_bytes(value))
    encoding = Encoding.LATIN1 if value.isascii() else Encoding.UTF16
    return _frame(name, encoding, name.removeprefix("TXXX:"), [value])


def _entry(frame: Any) -> Entry:
    if frame.FrameID == "GEOB":
        return {"description": frame.desc, "mime": frame.mime, "bytes": b64encode(frame.data).decode()}
    return {
        "encoding": int(frame.encoding),
        "description": getattr(frame, "desc", ""),
        "text": [str(text) for text in frame.text],
    }


def _old(name: str, entry: Entry) -> Any:
    if "bytes" in entry:
        return _object(entry["description"], entry["mime"], b64decode(entry["bytes"]))
    return _frame(name, entry["encoding"], entry["description"], entry["text"])


def _frame(name: str, encoding: int, description: str, text: list[str]) -> Any:
    if name in _NATIVE:
        return _NATIVE[name](encoding=encoding, text=text)
    return TXXX(encoding=encoding, desc=description, text=text)


def _object(description: str, mime: str, data: bytes) -> Any:
    return GEOB(encoding=Encoding.LATIN1, mime=mime, desc=description, data=data)
