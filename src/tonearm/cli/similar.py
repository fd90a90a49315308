"""`tonearm similar`: what sounds like a track in a library of one's own."""

from __future__ import annotations

from typing import Annotated

import typer

from tonearm.cli.options import Embedding, LibraryFolder, Listed, ListedAs

EXAMPLES = "\n\n".join(
    (
        "[bold]tonearm similar track.mp3 --library music[/]",
        "[bold]tonearm similar track.mp3 --library music --key --tempo 6[/]  only what mixes with it",
        "[bold]tonearm similar first.mp3 --to last.mp3 --library music -f m3u > way.m3u8[/]",
    )
)


def command(
    tracks: Annotated[
        list[str],
        typer.Argument(
            metavar="TRACK",
            help="Files or addresses, in the library or not. What is like several tracks is like their middle.",
            show_default=False,
        ),
    ],
    library: LibraryFolder,
    to: Annotated[
        str | None,
        typer.Option(metavar="TRACK", help="Find tracks that lead from the first to this one.", show_default=False),
    ] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=10_000, help="How many tracks at most.")] = 10,
    key: Annotated[
        bool, typer.Option("--key", help="Only tracks whose key mixes: neighbours by Camelot code.")
    ] = False,
    tempo: Annotated[
        float | None,
        typer.Option(
            metavar="PERCENT",
            min=0,
            max=50,
            help="Only tracks whose tempo, or half or double of it, differs by at most so many per cent.",
            show_default=False,
        ),
    ] = None,
    embedding: Embedding = None,
    form: ListedAs = Listed.TABLE,
) -> None:
    """List the tracks of a library that sound most like a track, or a path from one track to another.

    A track that the library has not is analysed first. With --key or --tempo, tracks whose key or tempo is uncertain
    are left out, and each track of a path mixes with the one before it.

    Exit code: 0 where tracks were found, 1 where none was or something failed, 2 where the command makes no sense.
    """
    # Deferred: numpy and pyarrow cost every other command a tenth of a second.
    from tonearm.cli.formats.matches import write_matches
    from tonearm.cli.library_folder import opened, with_tracks
    from tonearm.cli.terminal import complain
    from tonearm.library.library import middle
    from tonearm.library.mixing import Mixing
    from tonearm.library.path import path

    found = opened(library, embedding)
    mixing = Mixing(key, tempo)
    joined, rows = with_tracks(found, [*tracks, *([to] if to else [])], mixing != Mixing())
    if to:
        matches = path(joined, rows[0], rows[-1], max(count, 2), mixing)
    else:
        among = joined.except_for(rows)
        for row in rows if mixing != Mixing() else ():
            among &= mixing.of(joined.tracks[row], joined)
        matches = joined.nearest(middle(joined.vectors[rows]), among, count)
    if not matches:
        complain("No track of the library mixes with it." if mixing != Mixing() else "The library has no other track.")
        raise typer.Exit(1)
    write_matches(joined, matches, form)
