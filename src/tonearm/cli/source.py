"""What is to be analysed: files, the audio files in folders and buckets, addresses, standard input."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from tonearm.errors import TonearmError

EXTENSIONS = frozenset(
    {
        *(".aac", ".ac3", ".aif", ".aifc", ".aiff", ".ape", ".au", ".bwf", ".caf"),
        *(".eac3", ".flac", ".m4a", ".m4b", ".mka", ".mkv", ".mp1", ".mp2", ".mp3", ".mp4"),
        *(".mpc", ".oga", ".ogg", ".opus", ".rf64", ".snd", ".tta", ".w64", ".wav"),
        *(".wave", ".weba", ".webm", ".wma", ".wv"),
    }
)
"""What is taken for audio in a folder. A file that is named is tried, whatever it is called."""

_APPLE_DOUBLE = "._"
"""How macOS names a file's resources where the file system has no place for them."""
_EXTENSION = re.compile(r"\.\w{1,10}")


class Kind(Enum):
    FILE = auto()
    URL = auto()
    OBJECT = auto()
    """In a bucket: s3://bucket/key."""
    STDIN = auto()


@dataclass(frozen=True)
class Source:
    name: str
    """As it was given, or where it was found: what results are filed under."""
    kind: Kind
    size: int | None = None
    """In bytes, where that is known."""
    problem: str | None = None
    """Why it cannot even be tried."""


@dataclass(frozen=True)
class Found:
    sources: list[Source]
    left_out: Counter[str]
    """Files in folders that are no sources, by why: their extension, in small letters, or what they are."""


LeaveOut = Callable[[str, str], None]
"""Told the path of each file in a folder that is no source, and why: its extension, or what it is."""


def find(arguments: Iterable[str]) -> Found:
    """Every source that these arguments mean, once, those of a folder in the order of their names."""
    sources: dict[str, Source] = {}
    left_out: dict[str, str] = {}
    for argument in arguments:
        for source in sorted(meant(argument, left_out.__setitem__), key=lambda source: source.name.split("/")):
            sources.setdefault(source.name, source)
    return Found(list(sources.values()), Counter(why for path, why in left_out.items() if path not in sources))


def meant(argument: str, leave_out: LeaveOut) -> Iterator[Source]:
    """Every source that this argument means, as it is found."""
    if argument == "-":
        yield Source("-", Kind.STDIN)
    elif argument.lower().startswith(("http://", "https://")):
        yield Source(argument, Kind.URL)
    elif argument.startswith("s3://"):
        # Deferred: few have buckets.
        from tonearm.cli.bucket import objects

        yield from objects(argument, leave_out)
    elif os.path.isdir(argument):
        yield from _walk(argument, leave_out)
    else:
        yield _file(argument)


def _file(path: str) -> Source:
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        return Source(path, Kind.FILE, problem=words(error))
    return _regular(path, status) if stat.S_ISREG(status.st_mode) else Source(path, Kind.FILE)


def _regular(path: str, status: os.stat_result) -> Source:
    return Source(path, Kind.FILE, status.st_size, problem=None if status.st_size else "The file is empty.")


def _walk(folder: str, leave_out: LeaveOut) -> Iterator[Source]:
    """The audio files below a folder. Links are followed, and no folder is entered twice, so that loops end."""
    entered: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        below: list[str] = []
        try:
            status = os.stat(path)
            if (status.st_dev, status.st_ino) not in entered:
                entered.add((status.st_dev, status.st_ino))
                yield from _inside(path, below, leave_out)
        except OSError as error:
            yield Source(path, Kind.FILE, problem=words(error))
        # The last is taken first.
        waiting += sorted(below, reverse=True)


def _inside(folder: str, below: list[str], leave_out: LeaveOut) -> Iterator[Source]:
    """Its audio files; the folders in it go into `below`."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if _hidden(entry):
                leave_out(entry.path, "hidden")
            elif os.path.isdir(entry.path):
                below.append(entry.path)
            elif (why := left_out_for(entry.name)) is not None:
                leave_out(entry.path, why)
            else:
                source = _file(entry.path)
                if source.size is None and source.problem is None:
                    leave_out(entry.path, "no regular file")
                else:
                    yield source


def left_out_for(name: str) -> str | None:
    """Why a file of this name in a folder is not taken for audio; None if it is."""
    extension = os.path.splitext(name)[1].lower()
    if extension in EXTENSIONS:
        return None
    return extension if _EXTENSION.fullmatch(extension) else "without an extension"


def is_apple_double(name: str) -> bool:
    return name.startswith(_APPLE_DOUBLE)


def _hidden(entry: os.DirEntry[str]) -> bool:
    """What a file manager hides. A dot in front hides nothing: albums and artists have such names."""
    if is_apple_double(entry.name):
        return True
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    # Each exists on one platform.
    flags = getattr(status, "st_flags", 0) & stat.UF_HIDDEN
    return bool(flags | getattr(status, "st_file_attributes", 0) & stat.FILE_ATTRIBUTE_HIDDEN)


def words(error: Exception) -> str:
    """What went wrong, without the name of the file, which is printed beside it."""
    if isinstance(error, TonearmError):
        return str(error)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{reason[:1].upper()}{reason[1:]}."
