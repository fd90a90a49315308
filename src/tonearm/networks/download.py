"""Downloads from MTG's site, resumed after an interruption and checked against known hashes."""

from __future__ import annotations

import errno
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from tonearm._version import __version__
from tonearm.networks.pack import PackError
from tonearm.networks.store import sha256

_ATTEMPTS = 4
_PAUSE = 0.5
_TIMEOUT = 30.0
_CHUNK = 1 << 16

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are there, and how many there will be, None if the server does not say."""


class InterruptedDownload(PackError):
    """What has come so far is kept, and another run goes on with it."""


class _BrokeOff(Exception):
    """The connection ended before the file did: it is worth another attempt."""


def download(address: str, target: Path, expected: str | None, progress: Progress = lambda done, total: None) -> None:
    """Get one file. What an interrupted download left in `target`.part is gone on with.

    Raises InterruptedDownload if the address does not answer or breaks off again and again, another PackError if it has
    no such file, or gives one with another sha256 than `expected`.
    """
    if not address.startswith(("http://", "https://")):
        raise PackError(f"{address} is not an http or https URL.")
    part = target.with_name(f"{target.name}.part")
    for attempt in range(_ATTEMPTS):
        try:
            _attempt(address, part, progress)
            break
        except (_BrokeOff, HTTPException, TimeoutError, ConnectionError, urllib.error.URLError) as error:
            if isinstance(error, urllib.error.HTTPError) and error.code < 500:
                raise PackError(f"{address}: {error.code} {error.reason}") from error
            if attempt == _ATTEMPTS - 1:
                reason = error.reason if isinstance(error, urllib.error.URLError) else error
                raise InterruptedDownload(f"{address} could not be downloaded: {reason}") from error
            time.sleep(_PAUSE * 2**attempt)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
                part.unlink(missing_ok=True)
                raise PackError(f"{target.parent} has no room for {target.name}: {error.strerror}.") from error
            raise
    found = sha256(part)
    if expected is not None and found != expected:
        part.unlink()
        raise PackError(f"{address} is not the expected file: its sha256 is {found}, not {expected}.")
    part.rename(target)


def _attempt(address: str, part: Path, progress: Progress) -> None:
    begun = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(address, headers={"User-Agent": f"tonearm/{__version__}"})  # noqa: S310  # checked above
    if begun:
        request.add_header("Range", f"bytes={begun}-")
    try:
        response: HTTPResponse = urllib.request.urlopen(request, timeout=_TIMEOUT)  # noqa: S310
    except urllib.error.HTTPError as error:
        if error.code != 416:
            raise
        # What is there is longer than the file, or all of it: begin anew rather than guess.
        part.unlink()
        raise _BrokeOff("the server does not support resuming") from error
    with response:
        resumed = response.status == 206
        length = response.headers.get("Content-Length")
        done = begun if resumed else 0
        total = done + int(length) if length else None
        with part.open("ab" if resumed else "wb") as file:
            while chunk := response.read(_CHUNK):
                file.write(chunk)
                done += len(chunk)
                progress(done, total)
    if total is not None and done < total:
        raise _BrokeOff(f"the download stopped after {done} of {total} bytes")
