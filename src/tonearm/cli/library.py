"""`tonearm library`: tracks that can be compared by how they sound."""

from __future__ import annotations

from typing import Annotated

import typer

from tonearm.cli.options import (
    ApiKey,
    CatalogueSources,
    Jobs,
    LibraryFolder,
    Listed,
    ListedAs,
    RetryFailed,
    ServerUrl,
)

app = typer.Typer(no_args_is_help=True, help="Index a library to find similar tracks in, and find duplicates.")

_EMBEDDING = "embedding:1"
_OTHERS = "key:2,beats:1"


@app.command(epilog="[bold]tonearm library index ~/Music --library music[/]  the same again adds what is new")
def index(
    sources: CatalogueSources,
    library: LibraryFolder,
    embedding: Annotated[
        str,
        typer.Option(
            "--embedding",
            metavar="MODEL",
            help="The model whose embedding is stored, such as embedding_musicnn where its network is installed.",
        ),
    ] = _EMBEDDING,
    server: ServerUrl = None,
    api_key: ApiKey = None,
    jobs: Jobs = None,
    retry_failed: RetryFailed = False,
) -> None:
    """Analyse what the library has not yet: embedding, key and tempo of each track.

    It is `tonearm batch` with these models, and as it can be stopped and goes on. The output of a batch that had an
    embedding among its models is a library as well.

    Needs an extra: install Tonearm as [bold]tonearm\\[batch][/].

    Exit code: 0 where the library has no errors, 1 where it has some, 2 where the command makes no sense.
    """
    # Deferred: it costs every other command a tenth of a second.
    from tonearm.cli.fill import fill

    raise typer.Exit(fill(library, sources, f"{embedding},{_OTHERS}", server, api_key, jobs, retry_failed))


@app.command(epilog="[bold]tonearm library duplicates --library music[/]")
def duplicates(
    library: LibraryFolder,
    form: ListedAs = Listed.TABLE,
) -> None:
    """List tracks that are the same recording: in other formats, at other levels, as other masters.

    They are about as similar as a track and its MP3, about equally long, and neither in another key nor at another
    tempo. The same file twice is one track, and listed with its places. Nothing is deleted: listen first.

    Exit code: 0, also where there are none; 1 where the library cannot be read.
    """
    from tonearm.cli.formats.duplicates import write_duplicates
    from tonearm.cli.library_folder import opened

    write_duplicates(opened(library, _EMBEDDING), form)
