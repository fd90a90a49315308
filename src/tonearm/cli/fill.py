"""Sources into an output folder of Parquet, whichever command asks for it."""

from __future__ import annotations

from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import typer

from tonearm.cli.arguments import chosen_backend, parse_models, tell_left_out
from tonearm.cli.exit_codes import FAILED, USAGE_ERROR
from tonearm.cli.listing import Listing
from tonearm.cli.progress import Progress
from tonearm.cli.run import run_batch, summary
from tonearm.cli.settings import settings
from tonearm.cli.source import words
from tonearm.cli.terminal import complain
from tonearm.protocol.spec import Spec


def need_parquet() -> None:
    """End the command where pyarrow is missing."""
    if find_spec("pyarrow") is None:
        complain("Parquet needs an extra: install Tonearm as tonearm[batch].")
        raise typer.Exit(FAILED)


def fill(
    output: Path,
    sources: list[str],
    models: str,
    server: str | None,
    api_key: str | None,
    jobs: int | None,
    retry_failed: bool,
) -> int:
    """Analyse what the output has not yet, and print how it went: the exit code, 1 where the output has errors."""
    need_parquet()
    # Deferred: pyarrow takes a tenth of a second.
    from tonearm.cli.batch_run import BatchRun
    from tonearm.cli.look_first import LookFirst
    from tonearm.parquet.manifest import OtherModels
    from tonearm.parquet.parts import Parts
    from tonearm.parquet.track import AUDIO

    name, version = AUDIO
    specs = [*parse_models(models), Spec(name, version, {})]
    given = settings()
    backend, jobs = chosen_backend(server, api_key, jobs, f"{models},{name}:{version}", given)
    progress, listing = Progress(), Listing(sources)
    try:
        with closing(Parts(output)) as parts:
            if retry_failed:
                parts.forget_failed()
            run = BatchRun(output, parts, listing, server, given, progress)
            code = run_batch(LookFirst(backend, run.known), specs, jobs, progress, run.plan, run.take)
            run.end()
    except OtherModels as error:
        complain(str(error))
        raise typer.Exit(USAGE_ERROR) from error
    except OSError as error:
        complain(f"{output}: {words(error)}")
        raise typer.Exit(FAILED) from error
    tell_left_out(listing.left_out)
    summary(progress, progress.failed, code)
    if run.known.failed:
        complain(f"{run.known.failed} in {output} failed: `error` in its sources says why.")
    return code or (FAILED if run.known.failed else 0)
