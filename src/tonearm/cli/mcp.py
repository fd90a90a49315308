"""`tonearm mcp`: the analysis as tools for assistants."""

from __future__ import annotations

import asyncio
import signal
from importlib.util import find_spec

import typer

from tonearm.cli.settings import settings

EXAMPLES = '[bold]{"mcpServers": {"tonearm": {"command": "tonearm", "args": ["mcp"]}}}[/]'


def command() -> None:
    """Serve analysis as tools of the Model Context Protocol, over standard input and output.

    For the settings of a program that starts such servers. Needs an extra: install Tonearm as
    [bold]tonearm\\[mcp][/].
    """
    from tonearm.cli.exit_codes import FAILED
    from tonearm.cli.terminal import complain

    if find_spec("mcp") is None:
        complain("The Model Context Protocol needs an extra: install Tonearm as tonearm[mcp].")
        raise typer.Exit(FAILED)
    from tonearm.mcp.stdio import serve

    # The thread that waits for standard input cannot be interrupted, and the analysis ends with this process.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    asyncio.run(serve(settings()))
