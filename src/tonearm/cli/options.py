"""Options that several commands have."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tonearm.cli.completion import model_names

MODELS = "key:2,beats,loudness_ebur128:2"
_MOST_JOBS = 256


class Format(StrEnum):
    """How results are written, each by a class of `tonearm.cli.formats`."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    LABELS = "labels"
    M3U = "m3u"
    REKORDBOX = "rekordbox"
    TRAKTOR = "traktor"
    JAMS = "jams"
    SONIC_VISUALISER = "sonic-visualiser"


class AlbumBy(StrEnum):
    """What makes files one album."""

    FOLDER = "folder"
    TAGS = "tags"


Models = Annotated[
    str,
    typer.Option(
        "--models",
        "-m",
        help="Models to run, comma-separated: name, name:version or name:version(key=value). "
        "`tonearm models list` lists them.",
        autocompletion=model_names,
    ),
]
ServerUrl = Annotated[
    str | None,
    typer.Option("--server", metavar="URL", help="Analyse on this server instead of this machine.", show_default=False),
]
ApiKey = Annotated[
    str | None,
    typer.Option(
        "--api-key",
        metavar="KEY",
        envvar="TONEARM_API_KEY",
        help="API key, if the server requires one.",
        show_default=False,
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        min=1,
        max=_MOST_JOBS,
        help="Sources to analyse in parallel; defaults to the number of cores.",
        show_default=False,
    ),
]
CatalogueSources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE",
        help="Folders (every audio file in them), files, http(s) URLs, s3://bucket/prefix, .txt files with one of "
        "these per line, or - for such a list on standard input.",
        show_default=False,
    ),
]
RetryFailed = Annotated[bool, typer.Option(help="Analyse again what failed in earlier runs.")]
LibraryFolder = Annotated[
    Path,
    typer.Option(
        "--library",
        "-l",
        metavar="FOLDER",
        help="Where the library is: what `tonearm library index` or `tonearm batch` writes.",
        show_default=False,
    ),
]
Embedding = Annotated[
    str | None,
    typer.Option(
        "--embedding",
        metavar="MODEL",
        help="Compare by this model's embedding, such as embedding_musicnn, instead of by `embedding`.",
        show_default=False,
    ),
]


class Listed(StrEnum):
    """How tracks of a library are written."""

    TABLE = "table"
    JSON = "json"
    M3U = "m3u"


ListedAs = Annotated[
    Listed, typer.Option("--format", "-f", help="A table for people, a line of JSON per track, or an M3U playlist.")
]
