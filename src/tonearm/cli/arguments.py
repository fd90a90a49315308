"""What a command's arguments mean: models, sources, and where the models run. A usage error ends the command."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import typer

from tonearm.cli.backend import Backend
from tonearm.cli.exit_codes import FAILED, USAGE_ERROR
from tonearm.cli.source import Source, find
from tonearm.cli.terminal import complain
from tonearm.config import Settings
from tonearm.errors import MalformedSpec
from tonearm.protocol.spec import Spec, parse

_MOST_PER_WORKER = 4
"""Times as many processes as usual that may be asked for: each takes 100 MiB, and there are only so many cores."""


def parse_models(models: str) -> list[Spec]:
    try:
        return parse(models)
    except MalformedSpec as error:
        complain(str(error))
        raise typer.Exit(USAGE_ERROR) from error


def find_sources(arguments: Iterable[str]) -> list[Source]:
    sources = find(arguments)
    if not sources:
        complain(f"No audio files in {', '.join(arguments)}.")
        raise typer.Exit(FAILED)
    return sources


def local_backend(jobs: int | None, sources: Sequence[Source], models: str, settings: Settings) -> tuple[Backend, int]:
    """Processes of this machine, and how many there are."""
    from tonearm.cli.local_backend import LocalBackend

    count = min(jobs or settings.workers, _MOST_PER_WORKER * settings.workers, len(sources))
    return LocalBackend(count, models, settings), count


def remote_backend(url: str, api_key: str | None, models: str) -> Backend:
    """A server."""
    from tonearm.cli.remote_backend import RemoteBackend

    try:
        return RemoteBackend(url, api_key, models)
    except ValueError as error:
        complain(str(error))
        raise typer.Exit(USAGE_ERROR) from error
