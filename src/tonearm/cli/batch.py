"""`tonearm batch`: whole catalogues into Parquet, by runs that may be killed and resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tonearm.cli.options import MODELS, ApiKey, CatalogueSources, Jobs, Models, RetryFailed, ServerUrl

EXAMPLES = "\n\n".join(
    (
        "[bold]tonearm batch ~/Music --output music[/]  the same again goes on where that was stopped",
        "[bold]tonearm batch s3://archive/masters addresses.txt --models key:2,beats --output archive[/]",
        "[bold]find /archive -name '*.flac' -newer last | tonearm batch - --output archive[/]",
    )
)


def command(
    sources: CatalogueSources,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FOLDER", help="Where the results go, or are.", show_default=False),
    ],
    models: Models = MODELS,
    server: ServerUrl = None,
    api_key: ApiKey = None,
    jobs: Jobs = None,
    retry_failed: RetryFailed = False,
) -> None:
    """Analyse a catalogue of any size into Parquet files.

    Sources that the output has are not analysed again, so a run that was stopped goes on when the command is repeated;
    nor are tracks that were moved or tagged since. A source that fails is a row with its error.

    Needs an extra: install Tonearm as [bold]tonearm\\[batch][/].

    Exit code: 0 where the output has no errors, 1 where it has some, 2 where the command makes no sense.
    """
    # Deferred: it costs every other command a tenth of a second.
    from tonearm.cli.fill import fill

    raise typer.Exit(fill(output, sources, models, server, api_key, jobs, retry_failed))
