"""Sound files to damage: every format that is decoded, and recordings where they are at hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.support import shared
from tests.support.media import FORMATS, encoded

_SECONDS = 1.5
_RECORDING_BYTES = 200_000
_EVERY = 8

Corpus = dict[str, bytes]


def synthesised() -> Corpus:
    """A short file of each format, the same bytes each time: muxers would draw their identifiers by chance."""
    return {
        form.name: encoded(replace(form, muxer=(*form.muxer, ("fflags", "+bitexact"))), _SECONDS) for form in FORMATS
    }


def recordings(root: Path = shared.ROOT / "audio") -> Corpus:
    """The heads of some of the recordings in ../shared; nothing where it is absent."""
    found = sorted(path for path in root.rglob("*") if path.suffix in {".mp3", ".ogg", ".flac", ".wav"})
    return {path.name: _head(path) for path in found[::_EVERY]}


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_RECORDING_BYTES)
