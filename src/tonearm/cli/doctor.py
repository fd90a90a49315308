"""`tonearm doctor`: what is installed, what works, how fast this machine is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Iterable
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from tonearm.cli.checks import Finding

EXAMPLES = "[bold]tonearm doctor[/]\n\n[bold]TONEARM_RATE_LIMIT_STORAGE=redis://cache:6379/0 tonearm doctor[/]"


def command() -> None:
    """Look at what is installed, what works, the settings in force, and how fast this machine is.

    Exit code: 0, or 1 where something that is needed is broken.
    """
    from pydantic import ValidationError

    from tonearm.cli import checks
    from tonearm.config import Settings

    healthy = _print("installed", checks.programs())
    healthy &= _print("settings", checks.settings())
    try:
        given = Settings()
    except ValidationError as error:
        typer.echo("\nThe other checks need valid settings.")
        raise typer.Exit(1) from error
    healthy &= _print("sandbox", checks.sandbox(given))
    healthy &= _print("networks", checks.networks(given))
    healthy &= _print("redis", checks.redis(given))
    healthy &= _print("cluster", asyncio.run(_all(checks.cluster(given))))
    healthy &= _print("analysis", asyncio.run(_all(checks.analysis(given))))
    raise typer.Exit(0 if healthy else 1)


async def _all(findings: AsyncIterable[Finding]) -> list[Finding]:
    return [finding async for finding in findings]


def _print(heading: str, findings: Iterable[Finding]) -> bool:
    """Whether nothing is broken."""
    from rich.table import Table
    from rich.text import Text

    from tonearm.cli.checks import Grade
    from tonearm.cli.terminal import printable, show

    colours = {Grade.GOOD: "green", Grade.NOTE: "yellow", Grade.BROKEN: "bold red"}
    show(Text(heading, style="bold"))
    healthy = True
    for finding in findings:
        row = Table.grid(padding=(0, 1))
        row.add_row(
            " ", Text(f"{finding.grade.value:<6}", style=colours[finding.grade]), Text(printable(finding.words))
        )
        show(row)
        healthy &= finding.grade is not Grade.BROKEN
    return healthy
