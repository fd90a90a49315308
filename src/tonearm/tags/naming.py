"""What the tags of a file call it: title, artist and album."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import mutagen

from tonearm.tags.error import TagError, failing_in_our_words


class Naming(NamedTuple):
    """None where the tags do not say."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    album_artist: str | None = None
    track: int | None = None

    def called(self, path: str) -> str:
        """The title, or else the name of the file without its extension."""
        return self.title or os.path.splitext(os.path.basename(path))[0]


_NAMES = {
    "title": ("TIT2", "\xa9nam", "Title", "title"),
    "artist": ("TPE1", "\xa9ART", "Author", "Artist", "artist"),
    "album": ("TALB", "\xa9alb", "WM/AlbumTitle", "Album", "album"),
    "album_artist": ("TPE2", "aART", "WM/AlbumArtist", "Album Artist", "albumartist"),
    "track": ("TRCK", "trkn", "WM/TrackNumber", "Track", "tracknumber"),
}
"""In ID3, MP4, ASF, APEv2 and Vorbis comments."""


def naming(path: str) -> Naming:
    """Nothing for a file without tags, or of a format whose tags are not known. Raises TagError and OSError."""
    with failing_in_our_words("read"):
        file: Any = mutagen.File(path)
        if file is None or file.tags is None:
            return Naming()
        texts = {field: _text(file.tags, names) for field, names in _NAMES.items()}
    number = (texts.pop("track") or "").partition("/")[0]
    return Naming(**texts, track=int(number) if number.isdecimal() else None)


def naming_if_readable(path: str) -> Naming:
    """Nothing also for a file that cannot be read."""
    try:
        return naming(path)
    except (TagError, OSError):
        return Naming()


def _text(tags: Any, names: tuple[str, ...]) -> str | None:
    for name in names:
        try:
            value = tags[name]
        except (KeyError, ValueError):
            # A name that the format cannot have is a ValueError.
            continue
        first = value[0] if isinstance(value, list) else value
        first = first[0] if isinstance(first, tuple) else first
        if text := str(first).split("\0")[0].strip():
            return text
    return None
