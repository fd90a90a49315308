"""`tonearm report`: an album on one page, for mastering and for archives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonearm.cli.options import ApiKey, Jobs, ServerUrl
from tonearm.cli.settings import settings

if TYPE_CHECKING:
    # It costs every other command a tenth of a second.
    from tonearm.cli.backend import Outcome
    from tonearm.cli.source import Source
    from tonearm.protocol.catalog import Catalog
    from tonearm.protocol.job import Task

EXAMPLES = "\n\n".join(
    (
        "[bold]tonearm report ~/Music/album --output report.html[/]",
        "[bold]tonearm report ~/Music/album -o report.html -o report.csv[/]  the same as a table",
    )
)


def command(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE", help="A folder, or the files of an album in order.", show_default=False),
    ],
    output: Annotated[
        list[Path],
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where to write it: a page (.html) or a table (.csv); both if it is given twice.",
            dir_okay=False,
            show_default=False,
        ),
    ],
    title: Annotated[
        str | None,
        typer.Option(help="What it is called; by default as the tags name the album, or the folder."),
    ] = None,
    server: ServerUrl = None,
    api_key: ApiKey = None,
    jobs: Jobs = None,
) -> None:
    """Write a report on an album: loudness, peaks, clipping, DC, channels, tempo, key and warnings of each track.

    The page needs nothing else and can be printed. The loudness of the album has the gating blocks of all its tracks
    together.

    Exit code: 0 where everything was analysed, 1 where something failed, 2 where the command makes no sense.
    """
    from tonearm.cli.arguments import chosen_backend, find_sources, parse_models
    from tonearm.cli.exit_codes import FAILED, USAGE_ERROR
    from tonearm.cli.progress import Progress
    from tonearm.cli.report_page import page
    from tonearm.cli.report_rows import MODELS, as_csv, report
    from tonearm.cli.run import report as tell
    from tonearm.cli.run import run_batch
    from tonearm.cli.source import words
    from tonearm.cli.terminal import complain

    writers = {".html": page, ".csv": as_csv}
    if wrong := [file for file in output if file.suffix.lower() not in writers]:
        complain(f"{wrong[0]}: a report is a page (.html) or a table (.csv).")
        raise typer.Exit(USAGE_ERROR)
    given = settings()
    wanted = find_sources(sources)
    backend, jobs = chosen_backend(server, api_key, jobs, MODELS, given, most=len(wanted))
    progress = Progress()
    outcomes: dict[str, Outcome] = {}

    def plan(catalog: Catalog, tasks: tuple[Task, ...]) -> Sequence[Source]:
        progress.expect(wanted)
        return wanted

    def on_outcome(outcome: Outcome) -> None:
        outcomes[outcome.source.name] = outcome

    code = run_batch(backend, parse_models(MODELS), jobs, progress, plan, on_outcome)
    in_order = [outcomes[source.name] for source in wanted if source.name in outcomes]
    if code == 0:
        made = report(title, in_order)
        for file in output:
            try:
                file.write_text(writers[file.suffix.lower()](made), "utf-8", "backslashreplace")
            except OSError as error:
                complain(f"{file}: {words(error)}")
                code = FAILED
    remarkable = [each for each in in_order if each.analysis.errors or each.analysis.warnings]
    raise typer.Exit(tell(progress, remarkable, code))
