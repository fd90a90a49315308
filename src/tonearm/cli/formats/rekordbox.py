"""The XML that rekordbox imports: a collection with tempo, beat grid and key, and a playlist of it.

Pioneer DJ: rekordbox XML Format List, 2013.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement

from tonearm._version import __version__
from tonearm.cli.formats.collection import Collection
from tonearm.cli.formats.track import Track
from tonearm.cli.formats.xml import attributes, document
from tonearm.results.music import KeyNotation


class Rekordbox(Collection):
    def collected(self, tracks: Sequence[Track]) -> bytes:
        root = Element("DJ_PLAYLISTS", Version="1.0.0")
        SubElement(root, "PRODUCT", Name="Tonearm", Version=__version__, Company="")
        collection = SubElement(root, "COLLECTION", Entries=str(len(tracks)))
        folder = SubElement(SubElement(root, "PLAYLISTS"), "NODE", Type="0", Name="ROOT", Count="1")
        playlist = SubElement(folder, "NODE", Name="Tonearm", Type="1", KeyType="0", Entries=str(len(tracks)))
        for number, each in enumerate(tracks, 1):
            collection.append(_element(each, number))
            SubElement(playlist, "TRACK", Key=str(number))
        return document(root)


def _element(track: Track, number: int) -> Element:
    names = track.naming
    found = attributes(
        TrackID=number,
        Name=track.title,
        Artist=names.artist,
        Album=names.album,
        Kind=f"{os.path.splitext(track.path)[1].lstrip('.').upper()} File",
        Size=track.size,
        TotalTime=round(track.seconds),
        TrackNumber=names.track,
        AverageBpm=None if track.bpm is None else f"{track.bpm:.2f}",
        Tonality=None if track.key is None else track.key.written(KeyNotation.MUSICAL),
        Location=location(track.path),
    )
    element = Element("TRACK", found)
    for mark in track.grid:
        SubElement(
            element,
            "TEMPO",
            Inizio=f"{mark.time:.3f}",
            Bpm=f"{mark.bpm:.2f}",
            Metro=f"{track.metre or 4}/4",
            Battito=str(mark.beat),
        )
    return element


def location(path: str) -> str:
    """An absolute path as the address that rekordbox wants."""
    return f"file://localhost/{quote(os.fsencode(path).lstrip(b'/'), safe='/:')}"
