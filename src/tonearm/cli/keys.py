"""`tonearm keys`: make API keys."""

from __future__ import annotations

from typing import Annotated

import typer

from tonearm import api_keys

app = typer.Typer(no_args_is_help=True, help="Create API keys for a server.")


@app.callback()
def group() -> None:
    """Keeps `create` a command of its own while it is the only one."""


@app.command()
def create(
    name: Annotated[str | None, typer.Argument(help="Name of the key's owner, for logs and rate limits.")] = None,
) -> None:
    """Print a new key, once, and the entry for TONEARM_API_KEYS or a line of TONEARM_API_KEYS_FILE."""
    try:
        key, entry = api_keys.create(name)
    except ValueError as error:
        typer.echo(f"tonearm: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"key for the client, shown only now:  {key}")
    typer.echo(f"entry for the server:                {entry}")
