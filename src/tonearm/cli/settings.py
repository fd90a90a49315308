"""The settings in force. An invalid one ends the command."""

from __future__ import annotations

import os
from collections.abc import Iterator

import typer
from pydantic import ValidationError

from tonearm.config import Settings, unknown_variables

SECRET = frozenset({"API_KEYS", "RATE_LIMIT_STORAGE"})
"""Settings whose value may hold a key or a password, and is not repeated."""


def settings() -> Settings:
    unknown = list(unknown_complaints())
    for complaint in unknown:
        typer.echo(f"tonearm: {complaint}", err=True)
    if unknown:
        raise typer.Exit(1)
    try:
        return Settings()
    except ValidationError as error:
        for complaint in complaints(error):
            typer.echo(f"tonearm: {complaint}", err=True)
        raise typer.Exit(1) from error


def unknown_complaints() -> Iterator[str]:
    """What is wrong with each TONEARM_* in the environment that is not a setting."""
    for name, near in unknown_variables(os.environ).items():
        yield f"{name} is not a setting." + (f" Did you mean {near}?" if near else "")


def complaints(error: ValidationError) -> Iterator[str]:
    """What is wrong with each setting that is invalid."""
    for wrong in error.errors():
        if not wrong["loc"]:
            yield wrong["msg"].removeprefix("Value error, ")
            continue
        name = str(wrong["loc"][0]).upper()
        value = "" if name in SECRET else f" (it is {wrong['input']!r})"
        yield f"TONEARM_{name}: {wrong['msg']}{value}"
