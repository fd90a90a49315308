"""The `tonearm` command: one file for each of its commands."""

from __future__ import annotations

from typing import Annotated

import typer

from tonearm._version import __version__
from tonearm.cli import (
    analyze,
    batch,
    doctor,
    keys,
    library,
    mcp,
    models,
    plot,
    report,
    serve,
    similar,
    tag,
    watch,
)
from tonearm.cli.settings import settings


def _check_settings() -> None:
    settings()


app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)
for module in (analyze, batch, watch, similar, plot, report, tag, serve, mcp, doctor):
    app.command(module.__name__.rpartition(".")[2], epilog=module.EXAMPLES)(module.command)
app.add_typer(library.app, name="library", callback=_check_settings)
app.add_typer(models.app, name="models", callback=_check_settings)
app.add_typer(keys.app, name="keys")


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
    """Analyse music while it is still arriving: key, tempo, loudness and more."""
