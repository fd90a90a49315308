"""iTunes atoms in an MP4. Tempo has its own atom, an integer.

Key and gain do not; they are free-form atoms, under the names that other programs use.
"""

from __future__ import annotations

from typing import Any

from mutagen.mp4 import MP4, MP4FreeForm

from tonearm.tags.replaygain import replaygain
from tonearm.tags.tags import begun
from tonearm.tags.values import Values

_FREE = "----:com.apple.iTunes:"


class Atoms:
    def __init__(self, path: str) -> None:
        self._file: Any = MP4(path)
        self._tags = begun(self._file)

    def wanted(self, values: Values) -> dict[str, str]:
        tags = {}
        if values.bpm is not None:
            tags["tmpo"] = str(round(values.bpm))
        if values.key is not None:
            tags["initialkey"] = values.key
        return tags | {name.lower(): value for name, value in replaygain(values).items()}

    def get(self, name: str) -> str | None:
        atoms = [
            str(value, "utf-8", "replace") if isinstance(value, bytes) else str(value)
            for key in self._keys(name)
            for value in self._tags[key]
        ]
        return " / ".join(atoms) if atoms else None

    def set(self, name: str, value: str) -> None:
        for key in self._keys(name):
            del self._tags[key]
        if name == "tmpo":
            self._tags[name] = [int(value)]
        else:
            self._tags[_FREE + name] = [MP4FreeForm(value.encode())]

    def save(self) -> None:
        self._file.save()

    def _keys(self, name: str) -> list[str]:
        """The atoms of a name. Case does not matter: some programs write names in upper case."""
        wanted = {name.lower(), (_FREE + name).lower()}
        return [key for key in self._tags if key.lower() in wanted]
