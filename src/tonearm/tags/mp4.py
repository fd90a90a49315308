"""iTunes atoms in an MP4. Tempo has its own atom, an integer, and genre one of text.

The others do not; they are free-form atoms, under the names that other programs use.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from mutagen.mp4 import MP4, MP4FreeForm

from tonearm.tags import serato
from tonearm.tags.replaygain import replaygain
from tonearm.tags.tags import Entry, Names, begun
from tonearm.tags.values import Values

_FREE = "----:com.apple.iTunes:"
_GRID = "----:com.serato.dj:beatgrid"
_NAMES = Names(bpm="tmpo", key=("initialkey",), mood="MOOD", genre="\xa9gen", energy="energylevel")


class Atoms:
    def __init__(self, path: str) -> None:
        self._file: Any = MP4(path)
        self._tags = begun(self._file)

    def wanted(self, values: Values) -> dict[str, str]:
        grid = {} if values.grid is None else {_GRID: values.grid}
        return _NAMES.of(values) | grid | {name.lower(): value for name, value in replaygain(values).items()}

    def get(self, name: str) -> str | None:
        atoms = [
            str(value, "utf-8", "replace") if isinstance(value, bytes) else str(value)
            for key in self._keys(name)
            for value in self._tags[key]
        ]
        return " / ".join(map(serato.from_base64, atoms) if name == _GRID else atoms) if atoms else None

    def set(self, name: str, value: str) -> None:
        self._remove(name)
        if name == _NAMES.bpm:
            self._tags[name] = [int(value)]
        elif name == _NAMES.genre:
            self._tags[name] = [value]
        elif name == _GRID:
            self._tags[name] = [MP4FreeForm(serato.to_base64(value, lines=False).encode())]
        else:
            self._tags[_FREE + name] = [MP4FreeForm(value.encode())]

    def entries(self, name: str) -> list[Entry]:
        return [_entry(key, value) for key in self._keys(name) for value in self._tags[key]]

    def restore(self, name: str, entries: list[Entry]) -> None:
        self._remove(name)
        for each in entries:
            self._tags[each["atom"]] = [*self._tags.get(each["atom"], ()), _value(each)]

    def save(self) -> None:
        self._file.save()

    def _remove(self, name: str) -> None:
        for key in self._keys(name):
            del self._tags[key]

    def _keys(self, name: str) -> list[str]:
        """The atoms of a name. Case does not matter: some programs write names in upper case."""
        wanted = {name.lower(), (_FREE + name).lower()}
        return [key for key in self._tags if key.lower() in wanted]


def _entry(key: str, value: int | str | MP4FreeForm) -> Entry:
    if isinstance(value, MP4FreeForm):
        return {"atom": key, "bytes": b64encode(value).decode(), "type": int(value.dataformat)}
    return {"atom": key, "value": value}


def _value(entry: Entry) -> int | str | MP4FreeForm:
    if "bytes" in entry:
        return MP4FreeForm(b64decode(entry["bytes"]), entry["type"])
    value: int | str = entry["value"]
    return value
