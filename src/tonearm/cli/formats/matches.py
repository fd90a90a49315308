"""Tracks of a library, the nearest first, or in the order of a path."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from tonearm.cli.formats.output import line, write
from tonearm.cli.formats.playlist import m3u
from tonearm.cli.library_folder import places
from tonearm.cli.options import Listed
from tonearm.cli.terminal import Name, show
from tonearm.library.library import Library, Match
from tonearm.library.track import Track

_UNKNOWN = "-"


def write_matches(library: Library, matches: Sequence[Match], form: Listed) -> None:
    # What is nowhere any more is named by where it was.
    where_now = [next(iter(places(library, match.track)), match.track.source) for match in matches]
    match form:
        case Listed.TABLE:
            table = Table("similarity", "track", "key", "BPM", "length", box=None, pad_edge=False)
            for found, where in zip(matches, where_now, strict=True):
                track = found.track
                bpm = f"{track.tempo:.1f}" if track.tempo else _UNKNOWN
                camelot = track.key.camelot if track.key else _UNKNOWN
                table.add_row(f"{found.similarity:.3f}", Name(where), camelot, bpm, length(track))
            show(table)
        case Listed.JSON:
            for found, where in zip(matches, where_now, strict=True):
                write(line({"similarity": round(found.similarity, 4), **described(found.track, where)}))
        case Listed.M3U:
            write(
                m3u((where, round(found.track.seconds or 0)) for found, where in zip(matches, where_now, strict=True))
            )


def described(track: Track, where: str) -> dict[str, object]:
    """For programs; what is not known, or not certain, is null."""
    return {
        "track": track.id,
        "source": where,
        "key": f"{track.key.tonic} {track.key.scale}" if track.key else None,
        "camelot": track.key.camelot if track.key else None,
        "tempo": track.tempo,
        "seconds": track.seconds,
    }


def length(track: Track) -> str:
    if track.seconds is None:
        return _UNKNOWN
    minutes, seconds = divmod(round(track.seconds), 60)
    return f"{minutes}:{seconds:02}"
