"""APEv2 tags, at the end of WavPack, Musepack and Monkey's Audio files."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from mutagen.apev2 import BINARY, TEXT, APEValue
from mutagen.monkeysaudio import MonkeysAudio
from mutagen.musepack import Musepack
from mutagen.wavpack import WavPack

from tonearm.tags.replaygain import replaygain
from tonearm.tags.tags import Entry, Names, begun
from tonearm.tags.values import Values

_NAMES = Names(bpm="BPM", key=("KEY", "INITIALKEY"), mood="Mood", genre="Genre", energy="EnergyLevel")


class Ape:
    """Names are one tag whatever their case, as the format has it."""

    def __init__(self, path: str, kind: type[WavPack | Musepack | MonkeysAudio]) -> None:
        self._file: Any = kind(path)
        self._tags = begun(self._file)

    def wanted(self, values: Values) -> dict[str, str]:
        return _NAMES.of(values) | replaygain(values)

    def get(self, name: str) -> str | None:
        if name not in self._tags:
            return None
        value = self._tags[name]
        return " / ".join(value) if value.kind == TEXT else str(value)

    def set(self, name: str, value: str) -> None:
        self.restore(name, [])
        self._tags[name] = value

    def entries(self, name: str) -> list[Entry]:
        return [
            {"name": key, "kind": value.kind, "bytes": b64encode(bytes(value)).decode()}
            for key, value in self._tags.items()
            if key.upper() == name.upper()
        ]

    def restore(self, name: str, entries: list[Entry]) -> None:
        if name in self._tags:
            del self._tags[name]
        for each in entries:
            data, kind = b64decode(each["bytes"]), each["kind"]
            self._tags[each["name"]] = APEValue(data if kind == BINARY else data.decode(), kind)

    def save(self) -> None:
        self._file.save()
