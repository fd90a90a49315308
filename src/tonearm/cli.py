"""The `tonearm` command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from tonearm import __version__
from tonearm.config import Settings
from tonearm.errors import TonearmError
from tonearm.key_commands import app as keys
from tonearm.networks.commands import app as models

app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(models, name="models")
app.add_typer(keys, name="keys")


_SECRET = frozenset({"API_KEYS", "RATE_LIMIT_STORAGE"})
"""Settings whose value may hold a key or a password, and is not repeated."""


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"tonearm {__version__}")
        raise typer.Exit


@app.callback()
def tonearm(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Analyse music while it is still arriving: key, tempo and loudness."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (TONEARM_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on, 0 for a free one (TONEARM_PORT).")] = None,
) -> None:
    """Serve POST /v1/analysis/stream. Every setting is an environment variable, TONEARM_*; the README lists them."""
    from tonearm.server.run import run

    given = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
    run(_settings().model_copy(update=given))


@app.command()
def analyze(
    file: Annotated[Path, typer.Argument(help="An audio file, or - for standard input.", allow_dash=True)],
    models: Annotated[str, typer.Option(help="Models to run, as the server's `models` parameter.")] = (
        "key,bpm_degara,loudness_ebur128"
    ),
) -> None:
    """Run the filter on a file, without a server: one JSON event per line, as the stream would carry it."""
    from tonearm import pipeline, registry, spec
    from tonearm.job import Job

    try:
        job = Job(tasks=registry.catalog().resolve(spec.parse(models)), caps=_settings().caps)
        with sys.stdin.buffer if file == Path("-") else file.open("rb") as source:
            for event in pipeline.analyze(source.read, job):
                typer.echo(event.data)
                sys.stdout.flush()
    except (TonearmError, OSError) as error:
        typer.echo(f"tonearm: {error}", err=True)
        raise typer.Exit(1) from error


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        for wrong in error.errors():
            name = "_".join(str(part) for part in wrong["loc"][:1]).upper()
            value = "" if name in _SECRET else f" (it is {wrong['input']!r})"
            typer.echo(f"tonearm: TONEARM_{name}: {wrong['msg']}{value}", err=True)
        raise typer.Exit(1) from error
