"""`tonearm tag`: tempo, key and gain into the tags of files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from tonearm.cli.settings import settings

if TYPE_CHECKING:
    from rich.table import Table

    from tonearm.cli.backend import Outcome
    from tonearm.cli.source import Source
    from tonearm.protocol.catalog import Catalog
    from tonearm.protocol.job import Task

EXAMPLES = "\n\n".join(
    (
        "[bold]tonearm tag track.mp3[/]  shows changes only",
        "[bold]tonearm tag ~/Music/album --write[/]",
        "[bold]tonearm tag ~/Music/album --write --uncertain[/]  the tempi and keys too that may be wrong",
    )
)


@dataclass(frozen=True)
class Change:
    tag: str
    now: str | None
    new: str | None
    """The same as now where nothing is written."""
    note: str = ""


def command(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Audio files, or folders of them.", show_default=False),
    ],
    write: Annotated[
        bool, typer.Option("--write", help="Write the tags; without this option, nothing is changed.")
    ] = False,
    uncertain: Annotated[
        bool, typer.Option("--uncertain", help="Also write tempi and keys that are uncertain.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            "-j",
            min=1,
            max=256,
            help="Files to analyse in parallel; defaults to the number of cores.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Show the BPM, key and gain tags that files have and would have, or write them.

    A tempo or key that is uncertain is shown and, without --uncertain, not written. The gain is ReplayGain 2.0
    (-18 LUFS), in Opus files R128 (-23 LUFS). Sound and all other tags stay as they are.

    MP3, WAV, AIFF, FLAC, Ogg Vorbis, Opus and M4A. Exit code: 0, or 1 where something failed.
    """
    from tonearm.cli.arguments import find_sources, local_backend, parse_models
    from tonearm.cli.progress import Progress
    from tonearm.cli.run import exit_on_broken_pipe, report, run_batch
    from tonearm.cli.source import words
    from tonearm.cli.terminal import show
    from tonearm.errors import TonearmError
    from tonearm.results import gather
    from tonearm.tags import MODELS

    sources = find_sources(files)
    backend, jobs = local_backend(jobs, sources, MODELS, settings())
    progress = Progress()
    told: dict[Source, list[Change]] = {}
    remarkable: list[Outcome] = []

    def plan(catalog: Catalog, tasks: tuple[Task, ...]) -> Sequence[Source]:
        return [_tried(source) for source in sources]

    def on_outcome(outcome: Outcome) -> None:
        try:
            if outcome.analysis.results and not outcome.analysis.broken_off:
                told[outcome.source] = changes(outcome, write, uncertain)
        except (TonearmError, OSError) as error:
            outcome = replace(outcome, analysis=gather.failed(words(error)))
        if outcome.analysis.errors or outcome.analysis.warnings:
            remarkable.append(outcome)

    with exit_on_broken_pipe():
        code = run_batch(backend, parse_models(MODELS), jobs, progress, plan, on_outcome)
        if told:
            show(_table({source: told[source] for source in sources if source in told}, write))
    raise typer.Exit(report(progress, remarkable, code))


def _tried(source: Source) -> Source:
    """With the reason where its tags cannot be written, before it is analysed in vain."""
    from tonearm.cli.source import Kind, words
    from tonearm.tags import TagError, opened

    if source.problem is None:
        try:
            if source.kind is not Kind.FILE:
                raise TagError("Only files have tags.")
            opened(source.name)
        except (TagError, OSError) as error:
            return replace(source, problem=words(error))
    return source


def changes(outcome: Outcome, write: bool, uncertain: bool) -> list[Change]:
    """Every tag that the analysis can fill; with `write`, written where another one is there now, and it is certain or
    `uncertain` ones are wanted too.
    """
    from tonearm import tags

    now = tags.opened(outcome.source.name)
    found = tags.Values.of(outcome.analysis)
    certain = now.wanted(tags.Values.certain(outcome.analysis))
    wanted = now.wanted(found) if uncertain else certain
    probabilities: dict[str, float] = {}
    if found.bpm is not None:
        probabilities |= dict.fromkeys(now.wanted(tags.Values(bpm=found.bpm)), outcome.analysis["beats"]["confidence"])
    if found.key is not None:
        probabilities |= dict.fromkeys(now.wanted(tags.Values(key=found.key)), outcome.analysis["key"]["probability"])
    possible = [
        Change(
            tag,
            now.get(tag),
            wanted.get(tag, now.get(tag)),
            ("" if tag in certain else f"{value} is uncertain, ")
            + (f"{100 * probabilities[tag]:.0f} %" if tag in probabilities else ""),
        )
        for tag, value in now.wanted(found).items()
    ]
    if write and any(change.now != change.new for change in possible):
        tags.write(outcome.source.name, wanted)
    return possible


def _table(changes: dict[Source, list[Change]], written: bool) -> Table:
    from rich.table import Table
    from rich.text import Text

    from tonearm.cli.terminal import Name, printable

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("file", "tag", *(("was", "is") if written else ("now", "would be")), ""):
        table.add_column(heading)
    for source, each in changes.items():
        if not each:
            table.add_row(Name(source.name), Text("nothing to write", style="dim"))
        for index, change in enumerate(each):
            same = change.now == change.new
            name = Name(source.name if index == 0 else "")
            now, new = (Text(printable(value or "-"), style="dim") for value in (change.now, change.new))
            if not same:
                new.stylize("green")
            table.add_row(name, change.tag.removeprefix("TXXX:"), now, new, Text(change.note, style="dim"))
    return table
