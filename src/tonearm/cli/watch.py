"""`tonearm watch`: what arrives in folders, as it arrives."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from tonearm.cli.options import MODELS, ApiKey, Jobs, Models, ServerUrl
from tonearm.cli.settings import settings

if TYPE_CHECKING:
    # It costs every other command a tenth of a second.
    from tonearm.cli.backend import Outcome
    from tonearm.cli.source import Source
    from tonearm.protocol.catalog import Catalog
    from tonearm.protocol.job import Task

EXAMPLES = "\n\n".join(
    (
        "[bold]tonearm watch ~/Incoming >> incoming.jsonl[/]",
        "[bold]tonearm watch ~/Incoming --skip-done incoming.jsonl >> incoming.jsonl[/]  goes on after a stop",
    )
)


def command(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="FOLDER", exists=True, file_okay=False, show_default=False),
    ],
    models: Models = MODELS,
    server: ServerUrl = None,
    api_key: ApiKey = None,
    jobs: Jobs = None,
    skip_done: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Skip files that are there at the start and have complete results in this file.",
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Analyse the audio files of folders, and then what arrives in them, until Ctrl-C or SIGTERM.

    Prints the lines of [bold]tonearm analyze --format json[/], each as soon as a file is done. A file is begun when it
    has not changed for two seconds, and one that changes later is analysed again. What is under way is finished first.

    Exit code: 0, or 1 where it could not start.
    """
    from tonearm.cli.arguments import chosen_backend, parse_models
    from tonearm.cli.arrivals import arrivals
    from tonearm.cli.formats.json_lines import JsonLines
    from tonearm.cli.progress import Progress
    from tonearm.cli.resume import EarlierRun, end_cut_off_line
    from tonearm.cli.run import exit_on_broken_pipe, run_batch, summary
    from tonearm.cli.terminal import complain

    specs = parse_models(models)
    given = settings()
    backend, jobs = chosen_backend(server, api_key, jobs, models, given)
    progress, output, stop = Progress(), JsonLines(), Event()
    aside = progress.aside if sys.stdout.isatty() else nullcontext

    def plan(catalog: Catalog, tasks: tuple[Task, ...]) -> Iterator[Source]:
        output.ready(catalog, tasks)
        earlier = None
        if skip_done is not None and skip_done.exists():
            earlier = EarlierRun(skip_done)
            end_cut_off_line(skip_done)
        return arrivals(
            [str(folder) for folder in folders], lambda name: earlier is not None and earlier.has(name, tasks), stop
        )

    def on_outcome(outcome: Outcome) -> None:
        with aside():
            output.write(outcome)
            for failure in outcome.analysis.errors:
                complain(f"{outcome.source.name}: {failure.error}")

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: stop.set())
    with exit_on_broken_pipe():
        code = run_batch(backend, specs, jobs, progress, plan, on_outcome)
    summary(progress, progress.failed, code)
    raise typer.Exit(code)
