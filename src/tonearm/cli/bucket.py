"""Audio in S3-compatible buckets, by pyarrow, which finds credentials, region and endpoint in the environment."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, BinaryIO, cast

from tonearm.cli.source import Kind, LeaveOut, Source, left_out_for, words

if TYPE_CHECKING:
    from pyarrow.fs import FileInfo, FileSystem

NEEDS_EXTRA = "Buckets need an extra: install Tonearm as tonearm[batch]."
_SCHEME = "s3://"
_READ_AHEAD = 4 << 20
"""Bytes of one request: each costs a round trip."""


def objects(address: str, leave_out: LeaveOut) -> Iterator[Source]:
    """The audio below s3://bucket/prefix, folder by folder, or the one object of that name."""
    if find_spec("pyarrow") is None:
        yield Source(address, Kind.OBJECT, problem=NEEDS_EXTRA)
        return
    from pyarrow.fs import FileSelector, FileType

    path = address.removeprefix(_SCHEME).rstrip("/")
    try:
        (named,) = _files(path).get_file_info([path])
        if named.type == FileType.File:
            yield _object(named)
            return
    except OSError as error:
        yield Source(address, Kind.OBJECT, problem=_words(error))
        return
    waiting = [path]
    while waiting:
        folder = waiting.pop()
        try:
            inside = _files(path).get_file_info(FileSelector(folder))
        except OSError as error:
            yield Source(_SCHEME + folder, Kind.OBJECT, problem=_words(error))
            continue
        for each in inside:
            if each.type == FileType.Directory:
                continue
            if (why := left_out_for(each.base_name)) is not None:
                leave_out(_SCHEME + each.path, why)
            else:
                yield _object(each)
        # The last is taken first.
        waiting += sorted((each.path for each in inside if each.type == FileType.Directory), reverse=True)


def opened(name: str) -> BinaryIO:
    """An object to read, also again from its start. Raises OSError."""
    path = name.removeprefix(_SCHEME)
    try:
        raw = _files(path).open_input_file(path)
    except OSError as error:
        raise OSError(_words(error)) from error
    return io.BufferedReader(cast(io.RawIOBase, raw), _READ_AHEAD)


def exist(names: Sequence[str]) -> list[bool]:
    """Which of these objects, all of one bucket, are there. Raises OSError."""
    from pyarrow.fs import FileType

    paths = [name.removeprefix(_SCHEME) for name in names]
    return [each.type == FileType.File for each in _files(paths[0]).get_file_info(paths)] if paths else []


def _object(info: FileInfo) -> Source:
    return Source(_SCHEME + info.path, Kind.OBJECT, info.size, problem=None if info.size else "The file is empty.")


def _files(path: str) -> FileSystem:
    return _bucket(path.partition("/")[0])


@cache
def _bucket(name: str) -> FileSystem:
    from pyarrow.fs import FileSystem

    return FileSystem.from_uri(_SCHEME + name)[0]


def _words(error: OSError) -> str:
    return words(OSError(str(error).strip().rstrip(".")))
