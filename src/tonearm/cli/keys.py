"""`tonearm keys`: make API keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from tonearm import api_keys

app = typer.Typer(no_args_is_help=True, help="Create API keys for a server.")


@app.callback()
def group() -> None:
    """Keeps `create` a command of its own while it is the only one."""


@app.command()
def create(
    name: Annotated[
        str | None, typer.Argument(help="Name of the key's owner, for logs, metrics and rate limits.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day on which the key is valid, in UTC.")
    ] = None,
) -> None:
    """Print a new key, once, and the entry for TONEARM_API_KEYS or a line of TONEARM_API_KEYS_FILE."""
    last = until.date() if until else None
    if last and last < datetime.now(UTC).date():
        raise typer.BadParameter(f"{last} is over. Choose a day to come.", param_hint="--until")
    try:
        key, entry = api_keys.create(name, last)
    except ValueError as error:
        typer.echo(f"tonearm: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"key for the client, shown only now:  {key}")
    typer.echo(f"entry for the server:                {entry}")
