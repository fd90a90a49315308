"""How `tonearm tag` tells what it does: a table for people, or a line of JSON for each file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from tonearm.cli.backend import Outcome
from tonearm.cli.source import Source
from tonearm.cli.tag_changes import Change, shortened
from tonearm.cli.terminal import Name, printable


def line(outcome: Outcome, changes: Sequence[Change], written: bool) -> bytes:
    """`{"file", "tags", "written", "errors", "warnings"}`."""
    told = outcome.analysis.model_dump(include={"errors", "warnings"})
    tags = [asdict(change) for change in changes]
    return json.dumps({"file": outcome.source.name, "tags": tags, "written": written, **told}).encode() + b"\n"


def table(changes: Mapping[Source, Sequence[Change]], written: bool) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("file", "tag", *(("was", "is") if written else ("now", "would be")), ""):
        table.add_column(heading)
    for source, each in changes.items():
        if not each:
            table.add_row(Name(source.name), Text("nothing to write", style="dim"))
        for index, change in enumerate(each):
            name = Name(source.name if index == 0 else "")
            now, new = (Text(printable(shortened(value or "-")), style="dim") for value in (change.now, change.new))
            if change.now != change.new:
                new.stylize("green")
            table.add_row(
                name,
                change.tag.removeprefix("TXXX:").removeprefix("GEOB:"),
                now,
                new,
                Text(printable(change.note), style="dim"),
            )
    return table
