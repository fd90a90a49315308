"""`tonearm plot`: one picture of a track."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote, urlsplit

import typer

from tonearm.cli.settings import settings

if TYPE_CHECKING:
    from tonearm.cli.backend import Outcome
    from tonearm.cli.source import Source
    from tonearm.protocol.catalog import Catalog
    from tonearm.protocol.job import Task

EXAMPLES = "[bold]tonearm plot track.mp3[/]\n\n[bold]tonearm plot track.mp3 -o ~/Pictures/track.svg[/]"
_SUFFIXES = (".png", ".svg", ".pdf", ".jpg", ".webp")


def command(
    audio: Annotated[
        str,
        typer.Argument(metavar="FILE", help="Audio file, http(s) URL, or - for standard input.", show_default=False),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help=f"Output file ({', '.join(_SUFFIXES)}); default: a PNG named after the audio.",
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Draw waveform, beats and bars, loudness and key of a track in one picture.

    Needs an extra: install Tonearm as [bold]tonearm\\[plot][/].
    """
    from tonearm.cli.arguments import find_sources, local_backend, parse_models
    from tonearm.cli.exit_codes import FAILED, USAGE_ERROR
    from tonearm.cli.progress import Progress
    from tonearm.cli.run import report, run_batch
    from tonearm.cli.source import words
    from tonearm.cli.terminal import complain, printable

    if find_spec("matplotlib") is None:
        complain("Plotting needs an extra: install Tonearm as tonearm[plot].")
        raise typer.Exit(FAILED)
    picture = output or Path(f"{_stem(audio)}.png")
    if picture.suffix.lower() not in _SUFFIXES:
        complain(f"{picture}: the file name must end in {', '.join(_SUFFIXES)}.")
        raise typer.Exit(USAGE_ERROR)
    if os.path.isdir(audio):
        complain(f"{audio} is a folder; plot takes one file.")
        raise typer.Exit(USAGE_ERROR)
    # Deferred: matplotlib takes half a second.
    from tonearm.cli.picture import MODELS, draw

    sources = find_sources([audio])
    backend, jobs = local_backend(1, MODELS, settings())
    progress = Progress()
    outcomes: list[Outcome] = []

    def plan(catalog: Catalog, tasks: tuple[Task, ...]) -> Sequence[Source]:
        progress.expect(sources)
        return sources

    code = run_batch(backend, parse_models(MODELS), jobs, progress, plan, outcomes.append)
    for outcome in outcomes:
        if outcome.analysis.results:
            try:
                draw(printable(Path(audio).name if audio != "-" else "standard input"), outcome.analysis, picture)
            except OSError as error:
                complain(f"{picture}: {words(error)}")
                raise typer.Exit(FAILED) from error
            typer.echo(printable(str(picture)))
    raise typer.Exit(report(progress, outcomes, code))


def _stem(audio: str) -> str:
    path = unquote(urlsplit(audio).path) if audio.lower().startswith(("http://", "https://")) else audio
    return Path(path).stem.strip("-") or "track"
