"""What a command's arguments mean: models, sources, and where the models run. A usage error ends the command."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable

import typer

from tonearm.cli.backend import Backend
from tonearm.cli.exit_codes import FAILED, USAGE_ERROR
from tonearm.cli.source import Source, find
from tonearm.cli.terminal import complain, err, printable
from tonearm.config import Settings
from tonearm.errors import MalformedSpec
from tonearm.protocol.spec import Spec, parse

_MOST_KINDS = 6
_MOST_PER_WORKER = 4
"""Times as many processes as usual that may be asked for: each takes 100 MiB, and there are only so many cores."""


def parse_models(models: str) -> list[Spec]:
    try:
        return parse(models)
    except MalformedSpec as error:
        complain(str(error))
        raise typer.Exit(USAGE_ERROR) from error


def find_sources(arguments: Iterable[str]) -> list[Source]:
    """What the arguments mean; says what was left out of folders."""
    found = find(arguments)
    tell_left_out(found.left_out)
    if not found.sources:
        complain(f"No audio files in {', '.join(arguments)}.")
        raise typer.Exit(FAILED)
    return found.sources


def tell_left_out(reasons: Counter[str]) -> None:
    """In one line, of the files in folders that are no sources; nothing where there are none."""
    if not reasons:
        return
    kinds = [f"{count} {why}" for why, count in reasons.most_common(_MOST_KINDS)]
    others = reasons.total() - sum(count for _, count in reasons.most_common(_MOST_KINDS))
    words = ", ".join([*kinds, *([f"{others} others"] if others else [])])
    err.print(printable(f"left out: {words}"), style="dim", markup=False)


def chosen_backend(
    server: str | None, api_key: str | None, jobs: int | None, models: str, settings: Settings, most: int = sys.maxsize
) -> tuple[Backend, int]:
    """A server where one is named, else worker processes, and how many sources it takes at a time."""
    if server:
        return remote_backend(server, api_key), jobs or settings.workers
    return local_backend(jobs, models, settings, most)


def local_backend(jobs: int | None, models: str, settings: Settings, most: int = sys.maxsize) -> tuple[Backend, int]:
    """Worker processes, and how many there are: at most `most`."""
    from tonearm.cli.local_backend import LocalBackend

    if settings.engine == "ray":
        count = min(jobs or settings.ray_workers.most, most)
    else:
        count = min(jobs or settings.workers, _MOST_PER_WORKER * settings.workers, most)
    return LocalBackend(count, models, settings), count


def remote_backend(url: str, api_key: str | None) -> Backend:
    """A server."""
    from tonearm.cli.remote_backend import RemoteBackend

    try:
        return RemoteBackend(url, api_key)
    except ValueError as error:
        complain(str(error))
        raise typer.Exit(USAGE_ERROR) from error
