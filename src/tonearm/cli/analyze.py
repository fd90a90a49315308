"""`tonearm analyze`: files, folders and addresses through the models, on this machine or on a server."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Protocol

import typer

from tonearm.cli.completion import model_names
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
        "[bold]tonearm analyze ~/Music --models key:2,beats --csv > music.csv[/]",
        "[bold]tonearm analyze ~/Music --json --skip-done music.jsonl >> music.jsonl[/]  resumes an interrupted run",
        "[bold]tonearm analyze https://example.com/track.mp3 --server http://studio:8000[/]",
        "[bold]ffmpeg -i film.mkv -f wav - | tonearm analyze -[/]",
    )
)
MODELS = "key:2,beats,loudness_ebur128:2"
_MOST_JOBS = 256


def command(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE",
            help="Files, folders (every audio file in them), http(s) URLs, or - for standard input.",
            show_default=False,
        ),
    ],
    models: Annotated[
        str,
        typer.Option(
            "--models",
            "-m",
            help="Models to run, comma-separated: name, name:version or name:version(key=value). "
            "`tonearm models list` lists them.",
            autocompletion=model_names,
        ),
    ] = MODELS,
    server: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Analyse on this server instead of this machine.", show_default=False),
    ] = None,
    api_key: Annotated[
        str | None,
        typer.Option(
            metavar="KEY", envvar="TONEARM_API_KEY", help="API key, if the server requires one.", show_default=False
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            "-j",
            min=1,
            max=_MOST_JOBS,
            help="Sources to analyse in parallel; defaults to the number of cores.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one line of JSON per source, as soon as it is done.")
    ] = False,
    as_csv: Annotated[
        bool,
        typer.Option("--csv", help="Print one row of CSV per source as it is done: single values, no lists."),
    ] = False,
    skip_done: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Skip sources that have complete results in this file, written by an earlier run with --json.",
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Analyse music: a table for people, or lines of JSON or CSV for programs.

    A source that fails is named at the end with the reason, and the others are analysed all the same.

    Exit code: 0 where everything was analysed, 1 where something failed, 2 where the command makes no sense.
    """
    from tonearm.cli.arguments import find_sources, local_backend, parse_models, remote_backend
    from tonearm.cli.exit_codes import USAGE_ERROR
    from tonearm.cli.progress import Progress
    from tonearm.cli.run import exit_on_broken_pipe, report, run_batch
    from tonearm.cli.terminal import complain

    if as_json and as_csv:
        complain("--json and --csv cannot be combined.")
        raise typer.Exit(USAGE_ERROR)
    specs = parse_models(models)
    given = settings()
    wanted = find_sources(sources)
    if server:
        backend, jobs = remote_backend(server, api_key, models), jobs or given.workers
    else:
        backend, jobs = local_backend(jobs, wanted, models, given)
    progress = Progress()
    writer = _writer(as_json, as_csv, wanted)
    remarkable: list[Outcome] = []

    aside = progress.aside if writer.immediate and sys.stdout.isatty() else nullcontext

    def plan(catalog: Catalog, tasks: tuple[Task, ...]) -> Sequence[Source]:
        with aside():
            left = wanted if skip_done is None else _left(wanted, tasks, skip_done)
            writer.ready(catalog, tasks)
        return left

    def on_outcome(outcome: Outcome) -> None:
        if outcome.analysis.errors or outcome.analysis.warnings:
            remarkable.append(outcome)
        with aside():
            writer.write(outcome)

    with exit_on_broken_pipe():
        code = run_batch(backend, specs, jobs, progress, plan, on_outcome)
        writer.end()
    raise typer.Exit(report(progress, remarkable, code))


class _Writer(Protocol):
    immediate: ClassVar[bool]
    """Whether it writes each outcome as it comes, or all at the end."""

    def ready(self, catalog: Catalog, tasks: tuple[Task, ...]) -> None: ...

    def write(self, outcome: Outcome) -> None: ...

    def end(self) -> None: ...


def _writer(as_json: bool, as_csv: bool, sources: Sequence[Source]) -> _Writer:
    from tonearm.cli.lines import Csv, JsonLines
    from tonearm.cli.table import People

    return JsonLines() if as_json else Csv() if as_csv else People(sources)


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
