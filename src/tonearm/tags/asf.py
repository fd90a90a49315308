"""Attributes of an ASF file, such as a WMA: Microsoft's names, and those of the ReplayGain specification."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from mutagen.asf import ASF
from mutagen.asf._attrs import ASFValue

from tonearm.tags.replaygain import replaygain
from tonearm.tags.tags import Entry, Names, begun
from tonearm.tags.values import Values

_NAMES = Names(bpm="WM/BeatsPerMinute", key=("WM/InitialKey",), mood="WM/Mood", genre="WM/Genre", energy="EnergyLevel")


class Attributes:
    def __init__(self, path: str) -> None:
        self._file: Any = ASF(path)
        self._tags: Any = begun(self._file)

    def wanted(self, values: Values) -> dict[str, str]:
        return _NAMES.of(values) | replaygain(values)

    def get(self, name: str) -> str | None:
        found = [str(value) for _, value in self._found(name)]
        return " / ".join(found) if found else None

    def set(self, name: str, value: str) -> None:
        self._remove(name)
        self._tags[name] = [value]

    def entries(self, name: str) -> list[Entry]:
        return [_entry(key, value) for key, value in self._found(name)]

    def restore(self, name: str, entries: list[Entry]) -> None:
        self._remove(name)
        for each in entries:
            value = b64decode(each["bytes"]) if "bytes" in each else each["value"]
            attribute = ASFValue(value, each["type"], language=each["language"], stream=each["stream"])
            self._tags.append((each["name"], attribute))

    def save(self) -> None:
        self._file.save()

    def _remove(self, name: str) -> None:
        for key in {key for key, _ in self._found(name)}:
            del self._tags[key]

    def _found(self, name: str) -> list[tuple[str, Any]]:
        """Case does not matter: programs write the names of ReplayGain in both."""
        return [(key, value) for key, value in self._tags if key.lower() == name.lower()]


def _entry(key: str, attribute: Any) -> Entry:
    value = attribute.value
    told = {"bytes": b64encode(value).decode()} if isinstance(value, bytes) else {"value": value}
    return {"name": key, "type": attribute.TYPE, "language": attribute.language, "stream": attribute.stream, **told}
