"""Groups of tracks that are one recording."""

from __future__ import annotations

from rich.table import Table

from tonearm.cli.formats.matches import described, length
from tonearm.cli.formats.output import line, write
from tonearm.cli.formats.playlist import m3u
from tonearm.cli.library_folder import places
from tonearm.cli.options import Listed
from tonearm.cli.terminal import Name, show
from tonearm.library.duplicates import duplicates
from tonearm.library.library import Library


def write_duplicates(library: Library, form: Listed) -> None:
    """The places of each track of a group that are still there. In JSON, a line for each group."""
    found = ([(track, source) for track in group for source in places(library, track)] for group in duplicates(library))
    groups = [group for group in found if len(group) > 1]
    match form:
        case Listed.TABLE:
            table = Table("group", "track", "format", "length", box=None, pad_edge=False)
            for number, group in enumerate(groups, 1):
                for track, source in group:
                    table.add_row(str(number), Name(source), track.codec, length(track))
            if groups:
                show(table)
        case Listed.JSON:
            for group in groups:
                write(line({"tracks": [{**described(track, source), "codec": track.codec} for track, source in group]}))
        case Listed.M3U:
            write(m3u((source, round(track.seconds or 0)) for group in groups for track, source in group))
