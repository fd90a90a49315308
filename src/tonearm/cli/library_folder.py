"""A library as commands get it: read from its folder, with the tracks that it is asked about."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import typer

from tonearm.cli.arguments import find_sources, local_backend, parse_models
from tonearm.cli.backend import Outcome
from tonearm.cli.exit_codes import FAILED
from tonearm.cli.fill import need_parquet
from tonearm.cli.listing import exist, stored_name
from tonearm.cli.progress import Progress
from tonearm.cli.run import report, run_batch
from tonearm.cli.settings import settings
from tonearm.cli.source import Kind, Source, words
from tonearm.cli.terminal import complain
from tonearm.library.library import Library, UnknownTrack, Vectors, unit
from tonearm.library.track import Track
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Task
from tonearm.results.certainty import key_is_certain, tempo_is_certain
from tonearm.results.music import key, tempo


def opened(folder: Path, embedding: str | None) -> Library:
    """Ends the command where it cannot be read."""
    need_parquet()
    from tonearm.library.reading import NoLibrary, read

    try:
        return read(folder, embedding)
    except NoLibrary as error:
        complain(str(error))
        raise typer.Exit(FAILED) from error
    except OSError as error:
        complain(f"{folder}: {words(error)}")
        raise typer.Exit(FAILED) from error


def with_tracks(library: Library, arguments: Sequence[str], mixing: bool) -> tuple[Library, list[int]]:
    """The library with the tracks that it has not, which are analysed, and the row of each argument.

    `mixing` says that key and tempo will be asked for. Ends the command where a track has no embedding.
    """
    rows: dict[str, int] = {}
    unknown: list[str] = []
    for argument in arguments:
        try:
            rows[argument] = library.row(_name(argument))
        except UnknownTrack:
            unknown.append(argument)
    if unknown:
        tracks, vectors = _analysed(library.embedding, unknown, mixing)
        rows |= {argument: len(library) + place for place, argument in enumerate(unknown)}
        library = library.joined(tracks, vectors)
    return library, [rows[argument] for argument in arguments]


def places(library: Library, track: Track) -> list[str]:
    """Where it is now, as far as that can be told."""
    known = library.sources(track) or [track.source]
    return [each for each, there in zip(known, exist(known), strict=True) if there]


def _name(argument: str) -> str:
    """As a source of this name is written in a library; the name of a track is as it is."""
    if "://" in argument or not os.path.exists(argument):
        return argument
    return stored_name(Source(os.path.abspath(argument), Kind.FILE))


def _analysed(embedding: str, arguments: Sequence[str], mixing: bool) -> tuple[list[Track], Vectors]:
    models = f"{embedding},key:2,beats:1" if mixing else embedding
    wanted = find_sources(arguments)
    backend, jobs = local_backend(None, models, settings(), most=len(wanted))
    outcomes: dict[str, Outcome] = {}
    progress = Progress()

    def plan(catalog: Catalog, tasks: tuple[Task, ...]) -> Sequence[Source]:
        progress.expect(wanted)
        return wanted

    def take(outcome: Outcome) -> None:
        outcomes[outcome.source.name] = outcome

    code = report(
        progress, list(outcomes.values()), run_batch(backend, parse_models(models), jobs, progress, plan, take)
    )
    if code:
        raise typer.Exit(code)
    found = [_track(outcomes[argument]) for argument in arguments]
    return [track for track, _ in found], np.array([vector for _, vector in found])


def _track(outcome: Outcome) -> tuple[Track, Vectors]:
    name, results = outcome.source.name, outcome.analysis.results
    vector = next((result["embedding"] for result in results.values() if result.get("embedding")), None)
    if vector is None:
        reasons = [result["reason"] for result in results.values() if "embedding" in result and result.get("reason")]
        failures = [failure.error for failure in outcome.analysis.errors]
        complain(f"{name}: {next(iter([*reasons, *failures]), 'It has no embedding.')}")
        raise typer.Exit(FAILED)
    keys = [key(result) for result in results.values() if "camelot" in result and key_is_certain(result)]
    tempi = [tempo(result) for result in results.values() if "beats" in result and tempo_is_certain(result)]
    track = Track(
        id=name,
        source=stored_name(outcome.source),
        seconds=outcome.audio_seconds or None,
        key=next(iter(keys), None),
        tempo=next(iter(tempi), None),
    )
    return track, unit(np.array(vector))
