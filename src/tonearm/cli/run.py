"""A batch from its start to its end, whichever way it ends."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import typer

from tonearm.cli.analyze_all import OnOutcome, Plan, analyze_all
from tonearm.cli.backend import Backend, BatchAborted, Outcome
from tonearm.cli.exit_codes import BROKEN_PIPE, FAILED, INTERRUPTED, USAGE_ERROR
from tonearm.cli.progress import Progress
from tonearm.cli.terminal import complain, err
from tonearm.errors import MalformedSpec, ModelUnavailable, UnknownModel, UnknownVersion
from tonearm.protocol.spec import Spec


def run_batch(
    backend: Backend, models: Sequence[Spec], jobs: int, progress: Progress, plan: Plan, on_outcome: OnOutcome
) -> int:
    """The exit code, which says nothing of single sources. Prints why a batch ended early."""
    try:
        progress.start()
        try:
            asyncio.run(analyze_all(backend, models, jobs, progress, plan, on_outcome))
        finally:
            progress.stop()
    except KeyboardInterrupt:
        return INTERRUPTED
    except (UnknownVersion, ModelUnavailable, MalformedSpec) as error:
        complain(str(error))
        return USAGE_ERROR
    except UnknownModel as error:
        complain(f"{error} {backend.listing} lists every model.")
        return USAGE_ERROR
    except BatchAborted as error:
        complain(str(error))
        return FAILED
    return 0


@contextmanager
def exit_on_broken_pipe() -> Iterator[None]:
    """End the command without a message when nobody reads its output any more, as `head` does."""
    try:
        yield
    except BrokenPipeError as error:
        # Python would complain when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(BROKEN_PIPE) from error


def report(progress: Progress, outcomes: Sequence[Outcome], code: int) -> int:
    """On standard error: how it went, for people; what failed and what to know of the audio, for everybody.

    Returns the exit code: `code`, or FAILED where something failed.
    """
    failed = [outcome for outcome in outcomes if outcome.analysis.errors]
    summary(progress, len(failed), code)
    for outcome in outcomes:
        for failure in outcome.analysis.errors:
            complain(f"{outcome.source.name}: {failure.words}")
        for warning in outcome.analysis.warnings:
            complain(f"{outcome.source.name}: warning: {warning.message}")
    if code == FAILED and progress.expected and progress.done < progress.expected:
        complain(f"{progress.expected - progress.done} of {progress.expected} were not analysed.")
    return code or (FAILED if failed else 0)


def summary(progress: Progress, failed: int, code: int) -> None:
    """Where somebody watches: how many sources in what time."""
    if progress.watched and (progress.expected != 1 or code == INTERRUPTED):
        err.print(_words(progress, failed, code), style="dim")


def _words(progress: Progress, failed: int, code: int) -> str:
    of = f" of {progress.expected}" if progress.expected and progress.done < progress.expected else ""
    words = f"{progress.done}{of} in {timedelta(seconds=round(progress.seconds))}"
    if progress.audio_seconds:
        words += f", {progress.audio_seconds / progress.seconds:.0f}x realtime"
    if failed:
        words += f", {failed} failed"
    return f"interrupted: {words}" if code == INTERRUPTED else words
