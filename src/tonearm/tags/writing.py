"""Writing tags without a moment in which the file is not whole, and never with another sound in it."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import av

from tonearm.audio.decode import DEMUXERS
from tonearm.tags.error import TagError, failing_in_our_words
from tonearm.tags.formats import opened

_AS_A_STRANGERS = {"format_whitelist": DEMUXERS, "protocol_whitelist": "file"}
"""Options for FFmpeg: no playlists, which would lead it to other files."""


def write(path: str, tags: Mapping[str, str]) -> None:
    """Set some tags of a file and keep all others.

    A copy beside it is written, its packets are compared with the original's, and it takes the original's place: with
    its permissions, owner and extended attributes, and a new time of modification, since backups look for that. Where
    the path is a link, what it leads to is written.

    Raises TagError, and OSError.
    """
    original = Path(os.path.realpath(path))
    status = original.stat()
    if not status.st_mode & 0o222 or not os.access(original, os.W_OK):
        raise TagError("The file is read-only.")
    descriptor, name = tempfile.mkstemp(dir=original.parent, prefix=".tonearm-", suffix=original.suffix)
    os.close(descriptor)
    try:
        shutil.copyfile(original, name)
        copy = opened(name)
        with failing_in_our_words("written"):
            for tag, value in tags.items():
                copy.set(tag, value)
            copy.save()
        if _packets(name) != _packets(str(original)):
            raise TagError("The file was not changed: writing these tags would have altered its audio.")
        shutil.copystat(original, name)
        os.utime(name)
        with suppress(PermissionError):
            os.chown(name, status.st_uid, status.st_gid)
        _settle(name)
        os.replace(name, original)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _packets(path: str) -> str:
    """A digest of everything that is no tag: the packets of sound, and of pictures, as they stand in the file."""
    digest = hashlib.sha256()
    try:
        with av.open(path, metadata_errors="ignore", options=_AS_A_STRANGERS) as container:
            for packet in container.demux():
                digest.update(bytes(packet))
    except (av.FFmpegError, EOFError, ValueError) as error:
        raise TagError("The file was not changed: its audio cannot be verified.") from error
    return digest.hexdigest()


def _settle(path: str) -> None:
    """On the disk before it takes the other's place, or a power cut could leave neither."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
