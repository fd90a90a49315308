"""Atomic writing of tags, with a check that the audio stays the same."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import av
from av.audio.plane import AudioPlane
from av.container import InputContainer

from tonearm.audio.container import DEMUXERS
from tonearm.tags.error import TagError, failing_in_our_words
from tonearm.tags.formats import opened
from tonearm.tags.tags import Tags
from tonearm.tags.wav_sizes import fill_in

_AS_A_STRANGERS = {"format_whitelist": DEMUXERS, "protocol_whitelist": "file"}
"""FFmpeg options for untrusted files: no playlists, which can refer to other files."""
_APE = "ape"
"""Monkey's Audio, of which FFmpeg takes all that is behind the last frame for a part of it, tags too."""


def write(path: str, tags: Mapping[str, str], preserve_mtime: bool = False) -> None:
    """Set some tags of a file and keep all others: see `change`."""

    def set_all(copy: Tags) -> None:
        for tag, value in tags.items():
            copy.set(tag, value)

    change(path, set_all, preserve_mtime)


def change(path: str, make: Callable[[Tags], None], preserve_mtime: bool = False) -> None:
    """Make a change to a file's tags, and keep everything else.

    Writes a copy next to the file, compares its packets with the original's, and replaces the original with it. The
    copy keeps permissions, owner and extended attributes, and gets a new modification time, because backups rely on it,
    unless `preserve_mtime`.
    A WAV that was streamed gets its sizes into its header, without which it can have no tags.
    If the path is a symbolic link, its target is replaced.

    Raises TagError and OSError.
    """
    original = Path(os.path.realpath(path))
    status = original.stat()
    if not status.st_mode & 0o222 or not os.access(original, os.W_OK):
        raise TagError("The file is read-only.")
    descriptor, name = tempfile.mkstemp(dir=original.parent, prefix=".tonearm-", suffix=original.suffix)
    os.close(descriptor)
    try:
        shutil.copyfile(original, name)
        fill_in(name)
        copy = opened(name)
        with failing_in_our_words("written"):
            make(copy)
            copy.save()
        if _packets(name) != _packets(str(original)):
            raise TagError("The file was not changed: writing these tags would have altered its audio.")
        shutil.copystat(original, name)
        if not preserve_mtime:
            os.utime(name)
        with suppress(PermissionError):
            os.chown(name, status.st_uid, status.st_gid)
        _settle(name)
        os.replace(name, original)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _packets(path: str) -> str:
    """A digest of everything except tags: the packets of audio and pictures, in file order, or of APE the samples."""
    digest = hashlib.sha256()
    try:
        with av.open(path, metadata_errors="ignore", options=_AS_A_STRANGERS) as container:
            for piece in _samples(container) if container.format.name == _APE else container.demux():
                digest.update(bytes(piece))
    except (av.FFmpegError, EOFError, ValueError) as error:
        raise TagError("The file was not changed: its audio cannot be verified.") from error
    return digest.hexdigest()


def _samples(container: InputContainer) -> Iterator[AudioPlane]:
    return (plane for frame in container.decode(audio=0) for plane in frame.planes)


def _settle(path: str) -> None:
    """Flush the file to disk before the rename, or a power failure could leave neither file."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
