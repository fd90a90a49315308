"""`tonearm tag`: tempo, key, gain and more into the tags of files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Never

import typer

from tonearm.cli.options import AlbumBy, Jobs
from tonearm.cli.settings import settings
from tonearm.results.music import KeyNotation

if TYPE_CHECKING:
    from tonearm.cli.backend import Outcome
    from tonearm.cli.source import Source
    from tonearm.cli.tag_changes import Change
    from tonearm.protocol.catalog import Catalog
    from tonearm.protocol.job import Task
    from tonearm.tags import Field

EXAMPLES = "\n\n".join(
    (
        "[bold]tonearm tag track.mp3[/]  shows changes only",
        "[bold]tonearm tag ~/Music/album --write --album folder[/]  the album's gain too",
        "[bold]tonearm tag ~/Music --write --only bpm,key --key-notation camelot --save-undo before.jsonl[/]",
        "[bold]tonearm tag --undo before.jsonl[/]",
    )
)

_USUAL = "bpm,key,gain"


def command(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="Audio files, or folders of them.", show_default=False),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write the tags; without this option, nothing is changed.")
    ] = False,
    only: Annotated[
        str,
        typer.Option(
            metavar="FIELDS",
            help="Which tags, comma-separated: bpm, key, gain, mood, genre, energy, grid. Mood, genre and grid need "
            "networks.",
        ),
    ] = _USUAL,
    key_notation: Annotated[
        KeyNotation, typer.Option(help="How keys are written: Am, 8A or 1m.")
    ] = KeyNotation.MUSICAL,
    album: Annotated[
        AlbumBy | None,
        typer.Option(
            help="Also find the gain of whole albums: the files of a folder, or those whose tags name the same album.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace tags that are there.")] = False,
    uncertain: Annotated[
        bool, typer.Option("--uncertain", help="Also write tempi and keys that are uncertain.")
    ] = False,
    preserve_mtime: Annotated[
        bool, typer.Option("--preserve-mtime", help="Keep the modification time of files.")
    ] = False,
    save_undo: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Append what the tags were to this file, for --undo.",
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    undo: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Give files back the tags that they had when this file was written.",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each file, for programs.")] = False,
    jobs: Jobs = None,
) -> None:
    """Show the tags for tempo, key and gain that files have and would have, or write them.

    A tag that is there is kept. A tempo or key that is uncertain is shown and not written. Sound and all other tags
    stay as they are. The gain is ReplayGain 2.0 (-18 LUFS), in Opus files R128 (-23 LUFS).

    MP3, WAV, AIFF, FLAC, Ogg Vorbis, Opus, M4A, WMA, WavPack, Musepack and Monkey's Audio.

    Exit code: 0, or 1 where something failed.
    """
    from tonearm.cli.album import Albums
    from tonearm.cli.arguments import find_sources, local_backend, parse_models
    from tonearm.cli.formats.output import write as write_out
    from tonearm.cli.progress import Progress
    from tonearm.cli.run import exit_on_broken_pipe, report, run_batch
    from tonearm.cli.source import words
    from tonearm.cli.tag_changes import Choice, changes, to_write
    from tonearm.cli.tag_report import line, table
    from tonearm.cli.terminal import show
    from tonearm.cli.undo import UndoLog
    from tonearm.errors import TonearmError
    from tonearm.results import gather
    from tonearm.tags import write as write_tags

    if undo is not None:
        if files or write:
            _refuse("--undo changes the files that it names, and takes no others.")
        _undo(undo, preserve_mtime)
    if not files:
        _refuse("name files or folders.")
    if save_undo is not None and not write:
        _refuse("--save-undo is for --write.")
    choice = Choice(_fields(only), key_notation, uncertain, overwrite)
    models = ",".join(dict.fromkeys(_models(choice.fields, album)))
    specs = parse_models(models)
    sources = find_sources(files)
    backend, jobs = local_backend(jobs, models, settings(), most=len(sources))
    progress = Progress()
    albums = Albums(sources, album)
    told: dict[Source, list[Change]] = {}
    remarkable: list[Outcome] = []

    def plan(catalog: Catalog, tasks: tuple[Task, ...]) -> Sequence[Source]:
        tried = [_tried(source) for source in sources]
        progress.expect(tried)
        return tried

    with exit_on_broken_pipe(), open(save_undo, "ab") if save_undo else nullcontext() as opened_log:
        log = UndoLog(opened_log) if opened_log else None

        def on_outcome(outcome: Outcome) -> None:
            for track, loudness in albums.take(outcome):
                found: list[Change] = []
                try:
                    if track.analysis.results and not track.analysis.broken_off:
                        found = changes(track, choice, loudness)
                        if write and (wanted := to_write(found)):
                            if log is not None:
                                log.record(track.source.name, wanted)
                            write_tags(track.source.name, wanted, preserve_mtime)
                        told[track.source] = found
                except (TonearmError, OSError) as error:
                    track = replace(track, analysis=gather.failed(words(error)))
                if track.analysis.errors or track.analysis.warnings:
                    remarkable.append(replace(track, analysis=track.analysis.model_copy(update={"results": {}})))
                if as_json:
                    with progress.aside():
                        write_out(line(track, found, write and not track.analysis.errors and bool(to_write(found))))

        code = run_batch(backend, specs, jobs, progress, plan, on_outcome)
        if told and not as_json:
            show(table({source: told[source] for source in sources if source in told}, write))
    raise typer.Exit(report(progress, remarkable, code))


def _fields(only: str) -> Collection[Field]:
    from tonearm.tags import Field

    try:
        return frozenset(Field(name.strip()) for name in only.split(","))
    except ValueError as error:
        _refuse(f"--only: {error}: there are {', '.join(Field)}.")


def _models(fields: Collection[Field], album: AlbumBy | None) -> Iterator[str]:
    """The models that these tags need, those of networks where they are installed."""
    from tonearm.tags import Field

    for field in Field:
        if field not in fields:
            continue
        match field:
            case Field.BPM | Field.GRID:
                yield "beats"
            case Field.KEY:
                yield "key:2"
            case Field.GAIN:
                yield f"loudness_ebur128:2{'(curves=true)' if album else ''}"
            case Field.ENERGY:
                yield "energy"
            case Field.MOOD | Field.GENRE:
                yield from _installed(field)


def _installed(field: Field) -> list[str]:
    from tonearm.pipeline.registry import catalog
    from tonearm.tags import Field
    from tonearm.tags.descriptions import GENRES, MOODS

    of = {Field.MOOD: tuple(MOODS), Field.GENRE: (GENRES,)}[field]
    there = catalog()
    able = [model for model in of if there.can_run(model)]
    if not able:
        _refuse(f"--only: {field} needs a network: `tonearm models pull {of[0]}` installs one.")
    return able


def _undo(file: Path, preserve_mtime: bool) -> Never:
    from tonearm.cli.exit_codes import FAILED
    from tonearm.cli.terminal import complain, err
    from tonearm.cli.undo import undo

    undone = undo(file, preserve_mtime)
    for complaint in undone.complaints:
        complain(complaint)
    err.print(f"files with their tags back: {undone.files}", style="dim")
    raise typer.Exit(FAILED if undone.complaints else 0)


def _refuse(words: str) -> Never:
    from tonearm.cli.exit_codes import USAGE_ERROR
    from tonearm.cli.terminal import complain

    complain(words)
    raise typer.Exit(USAGE_ERROR)


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
