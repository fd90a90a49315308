"""`tonearm analyze`: files, folders and addresses through the models, on this machine or on a server."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonearm.cli.options import MODELS, ApiKey, Format, Jobs, Models, ServerUrl
from tonearm.cli.settings import settings

if TYPE_CHECKING:
    # It costs every other command a tenth of a second.
    from tonearm.cli.backend import Outcome
    from tonearm.cli.source import Source
    from tonearm.protocol.catalog import Catalog
    from tonearm.protocol.job import Task


EXAMPLES = "\n\n".join(
    (
        "[bold]tonearm analyze track.mp3[/]",
        "[bold]tonearm analyze ~/Music --models key:2,beats --format csv > music.csv[/]",
        "[bold]tonearm analyze ~/Music -f json --skip-done music.jsonl >> music.jsonl[/]  resumes an interrupted run",
        "[bold]tonearm analyze https://example.com/track.mp3 --server http://studio:8000[/]",
        "[bold]tonearm analyze track.mp3 --models beats -f labels > beats.txt[/]",
        "[bold]tonearm analyze ~/Music -f rekordbox > tonearm.xml[/]",
        "[bold]ffmpeg -i film.mkv -f wav - | tonearm analyze -[/]",
    )
)


def command(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE",
            help="Files, folders (every audio file in them), http(s) URLs, or - for standard input.",
            show_default=False,
        ),
    ],
    models: Models = MODELS,
    server: ServerUrl = None,
    api_key: ApiKey = None,
    jobs: Jobs = None,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            "-f",
            help="A table for people; a line of JSON or a row of CSV per source, as soon as it is done; Audacity's "
            "or Sonic Visualiser's labels, or JAMS, of one source; an M3U playlist by key; a collection for rekordbox "
            "or Traktor.",
        ),
    ] = Format.TABLE,
    uncertain: Annotated[
        bool,
        typer.Option("--uncertain", help="Give rekordbox and Traktor also the tempi and keys that are uncertain."),
    ] = False,
    skip_done: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Skip sources that have complete results in this file, written by an earlier run with --format json.",
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Analyse music: a table for people, or what programs read.

    A source that fails is named at the end with the reason, and the others are analysed all the same.

    Exit code: 0 where everything was analysed, 1 where something failed, 2 where the command makes no sense.
    """
    from tonearm.cli.arguments import chosen_backend, find_sources, parse_models
    from tonearm.cli.exit_codes import USAGE_ERROR
    from tonearm.cli.formats import OF_ONE_SOURCE, writer
    from tonearm.cli.progress import Progress
    from tonearm.cli.run import exit_on_broken_pipe, report, run_batch
    from tonearm.cli.terminal import complain

    specs = parse_models(models)
    given = settings()
    wanted = find_sources(sources)
    if form in OF_ONE_SOURCE and len(wanted) != 1:
        complain(f"--format {form} is for one source: it does not say to which a label belongs.")
        raise typer.Exit(USAGE_ERROR)
    backend, jobs = chosen_backend(server, api_key, jobs, models, given, most=len(wanted))
    progress = Progress()
    output = writer(form, wanted, uncertain)
    remarkable: list[Outcome] = []

    aside = progress.aside if output.immediate and sys.stdout.isatty() else nullcontext

    def plan(catalog: Catalog, tasks: tuple[Task, ...]) -> Sequence[Source]:
        with aside():
            left = wanted if skip_done is None else _left(wanted, tasks, skip_done)
            output.ready(catalog, tasks)
        progress.expect(left)
        return left

    def on_outcome(outcome: Outcome) -> None:
        if outcome.analysis.errors or outcome.analysis.warnings:
            remarkable.append(outcome)
        with aside():
            output.write(outcome)

    with exit_on_broken_pipe():
        code = run_batch(backend, specs, jobs, progress, plan, on_outcome)
        output.end()
    raise typer.Exit(report(progress, remarkable, code))


def _left(sources: Sequence[Source], tasks: tuple[Task, ...], skip_done: Path) -> Sequence[Source]:
    """What an earlier run has not done; says how much it has."""
    from tonearm.cli.resume import EarlierRun, end_cut_off_line
    from tonearm.cli.terminal import err

    if not skip_done.exists():
        return sources
    earlier = EarlierRun(skip_done)
    end_cut_off_line(skip_done)
    left = [source for source in sources if not earlier.has(source.name, tasks)]
    broken = f" (lines that are not results: {earlier.unreadable})" if earlier.unreadable else ""
    err.print(
        f"{len(sources) - len(left)} of {len(sources)} are already in {skip_done}{broken}", style="dim", markup=False
    )
    return left
