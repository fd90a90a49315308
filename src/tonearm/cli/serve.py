"""`tonearm serve`: the server."""

from __future__ import annotations

import os
import signal
from typing import Annotated

import typer

from tonearm.cli.exit_codes import FAILED
from tonearm.cli.settings import settings

EXAMPLES = "[bold]tonearm serve --port 9000[/]\n\n[bold]TONEARM_WORKERS=4 tonearm serve --host 0.0.0.0[/]"


def command(
    host: Annotated[str | None, typer.Option(help="Address to listen on (TONEARM_HOST).")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on, 0 for a free one (TONEARM_PORT).")
    ] = None,
) -> None:
    """Serve POST /v1/analysis/stream. Settings are environment variables, TONEARM_*: docs/operating.md lists them."""
    # One that comes before the server listens for it would end the process: let it wait.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    from tonearm.cli.terminal import complain
    from tonearm.server.run import run

    found = settings()
    if not found.guarded and "TONEARM_API_KEY" in os.environ:
        complain("TONEARM_API_KEY is for clients, and a server without keys is open. Did you mean TONEARM_API_KEYS?")
        raise typer.Exit(FAILED)
    given = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
    run(found.model_copy(update=given))
