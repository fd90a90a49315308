"""The settings in force, or the end of the command where one of them makes no sense."""

from __future__ import annotations

from collections.abc import Iterator

import typer
from pydantic import ValidationError

from tonearm.config import Settings

SECRET = frozenset({"API_KEYS", "RATE_LIMIT_STORAGE"})
"""Settings whose value may hold a key or a password, and is not repeated."""


def settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        for complaint in complaints(error):
            typer.echo(f"tonearm: {complaint}", err=True)
        raise typer.Exit(1) from error


def complaints(error: ValidationError) -> Iterator[str]:
    """What is wrong with each setting that is."""
    for wrong in error.errors():
        name = "_".join(str(part) for part in wrong["loc"][:1]).upper()
        value = "" if name in SECRET else f" (it is {wrong['input']!r})"
        yield f"TONEARM_{name}: {wrong['msg']}{value}"
