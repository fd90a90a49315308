"""A batch from beginning to end, whichever end it comes to."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import typer

from tonearm.cli.backend import Backend, Outcome, Stop
from tonearm.cli.batch import Done, Plan, analyze_all
from tonearm.cli.progress import Progress
from tonearm.cli.source import Source, find
from tonearm.cli.terminal import complain, err
from tonearm.config import Settings
from tonearm.errors import MalformedSpec, UnknownModel
from tonearm.protocol.spec import Spec, parse

FAILED, USAGE_ERROR, INTERRUPTED, BROKEN_PIPE = 1, 2, 130, 141
"""Exit codes; the last two as a shell has them for SIGINT and SIGPIPE."""
_MOST_PER_WORKER = 4
"""Times as many processes as usual that may be asked for: each takes 100 MiB, and there are only so many cores."""


def parsed(models: str) -> list[Spec]:
    """Ends the command where they do not follow the grammar."""
    try:
        return parse(models)
    except MalformedSpec as error:
        complain(str(error))
        raise typer.Exit(USAGE_ERROR) from error


def found(arguments: Iterable[str]) -> list[Source]:
    """Ends the command where these arguments mean nothing that could be analysed."""
    sources = find(arguments)
    if not sources:
        complain(f"There are no audio files in {', '.join(arguments)}.")
        raise typer.Exit(FAILED)
    return sources


def local(jobs: int | None, sources: Sequence[Source], models: str, settings: Settings) -> tuple[Backend, int]:
    """Processes of this machine, and how many there are."""
    from tonearm.cli.local_backend import LocalBackend

    count = min(jobs or settings.workers, _MOST_PER_WORKER * settings.workers, len(sources))
    return LocalBackend(count, models, settings), count


def run(backend: Backend, models: Sequence[Spec], jobs: int, progress: Progress, plan: Plan, done: Done) -> int:
    """The exit code, which says nothing of single sources; what has ended the batch too early is said."""
    try:
        progress.start()
        try:
            asyncio.run(analyze_all(backend, models, jobs, progress, plan, done))
        finally:
            progress.stop()
    except KeyboardInterrupt:
        return INTERRUPTED
    except (UnknownModel, MalformedSpec) as error:
        # The catalogue speaks to clients of a server.
        complain(str(error).replace("GET /v1/models", backend.listing))
        return USAGE_ERROR
    except Stop as error:
        complain(str(error))
        return FAILED
    return 0


@contextmanager
def exit_on_broken_pipe() -> Iterator[None]:
    """Ends the command, without a word, where nobody reads its output any more, as `head` does."""
    try:
        yield
    except BrokenPipeError as error:
        # Python would complain when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(BROKEN_PIPE) from error


def report(progress: Progress, failed: Sequence[Outcome], code: int) -> None:
    """On standard error: how it went, for people, and what failed, for everybody."""
    if progress.watched and (progress.expected > 1 or code == INTERRUPTED):
        err.print(_told(progress, len(failed), code), style="dim")
    for outcome in failed:
        for failure in outcome.analysis.errors:
            model = f"{failure.model_name}: " if failure.model_name else ""
            complain(f"{outcome.source.name}: {model}{failure.error}")
    if code == FAILED and progress.done < progress.expected:
        complain(f"{progress.expected - progress.done} of {progress.expected} were not analysed.")


def _told(progress: Progress, failed: int, code: int) -> str:
    of = f" of {progress.expected}" if progress.done < progress.expected else ""
    words = f"{progress.done}{of} in {timedelta(seconds=round(progress.seconds))}"
    if progress.audio_seconds:
        words += f", {progress.audio_seconds / progress.seconds:.0f}x realtime"
    if failed:
        words += f", {failed} failed"
    return f"interrupted: {words}" if code == INTERRUPTED else words
