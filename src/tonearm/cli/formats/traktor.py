"""The NML that Traktor imports: a collection with tempo, the first beat of the grid and key, and a playlist of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import PurePath
from xml.etree.ElementTree import Element, SubElement

from tonearm.cli.formats.collection import Collection
from tonearm.cli.formats.track import Track
from tonearm.cli.formats.xml import attributes, document

_VERSION = "19"
_GRID = "4"
"""The type of a cue that the grid begins at."""
_FIRST_MINOR = 12
"""Keys are numbered from C major by semitones, those in minor after those in major."""


class Traktor(Collection):
    def collected(self, tracks: Sequence[Track]) -> bytes:
        count = str(len(tracks))
        root = Element("NML", VERSION=_VERSION)
        SubElement(root, "HEAD", COMPANY="www.native-instruments.com", PROGRAM="Traktor")
        SubElement(root, "MUSICFOLDERS")
        collection = SubElement(root, "COLLECTION", ENTRIES=count)
        SubElement(root, "SETS", ENTRIES="0")
        folder = SubElement(SubElement(root, "PLAYLISTS"), "NODE", TYPE="FOLDER", NAME="$ROOT")
        node = SubElement(SubElement(folder, "SUBNODES", COUNT="1"), "NODE", TYPE="PLAYLIST", NAME="Tonearm")
        playlist = SubElement(node, "PLAYLIST", ENTRIES=count, TYPE="LIST", UUID="")
        for each in tracks:
            collection.append(_element(each))
            key = attributes(TYPE="TRACK", KEY=f"{_folder(each.path)}{os.path.basename(each.path)}")
            SubElement(SubElement(playlist, "ENTRY"), "PRIMARYKEY", key)
        return document(root, ' standalone="no"')


def _element(track: Track) -> Element:
    names = track.naming
    entry = Element("ENTRY", attributes(TITLE=track.title, ARTIST=names.artist))
    SubElement(
        entry,
        "LOCATION",
        attributes(DIR=_folder(track.path), FILE=os.path.basename(track.path), VOLUME="", VOLUMEID=""),
    )
    if names.album or names.track:
        SubElement(entry, "ALBUM", attributes(TITLE=names.album, TRACK=names.track))
    SubElement(
        entry,
        "INFO",
        attributes(
            KEY=track.key.open_key if track.key else None,
            PLAYTIME=round(track.seconds),
            PLAYTIME_FLOAT=f"{track.seconds:.6f}",
            FILESIZE=track.size // 1024,
        ),
    )
    if track.bpm is not None:
        bpm = track.grid[0].bpm if len(track.grid) == 1 else track.bpm
        SubElement(entry, "TEMPO", BPM=f"{bpm:.6f}", BPM_QUALITY="100.000000")
    if track.key is not None:
        minor = _FIRST_MINOR if track.key.scale == "minor" else 0
        SubElement(entry, "MUSICAL_KEY", VALUE=str(track.key.pitch_class + minor))
    # Its grids have one tempo.
    if len(track.grid) == 1:
        cue = attributes(
            NAME="AutoGrid",
            DISPL_ORDER=0,
            TYPE=_GRID,
            START=f"{1000 * track.grid[0].time:.6f}",
            LEN="0.000000",
            REPEATS=-1,
            HOTCUE=-1,
        )
        SubElement(entry, "CUE_V2", cue)
    return entry


def _folder(path: str) -> str:
    """As Traktor writes it: /:home/:music/: for /home/music."""
    parts = PurePath(path).parent.parts[1:]
    return "".join(f"/:{part}" for part in parts) + "/:"
