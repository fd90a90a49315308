"""What the arguments of `tonearm batch` mean: sources one by one, however many there are."""

from __future__ import annotations

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from tonearm.cli.source import Kind, Source, meant, words

_BUCKET = "s3://"
_ADDRESSES = ("http://", "https://", _BUCKET)


class Listing:
    """Files have their absolute path as their name: another run, from another folder, has to know them again."""

    def __init__(self, arguments: Iterable[str]) -> None:
        self._arguments = list(arguments)
        self.left_out: Counter[str] = Counter()
        """Files in folders that are no sources, by why."""

    @property
    def again(self) -> bool:
        """Whether it can be gone through more than once."""
        return "-" not in self._arguments

    def copy(self) -> Listing:
        """Another one of the same, that counts for itself."""
        return Listing(self._arguments)

    def sources(self) -> Iterator[Source]:
        for argument in self._arguments:
            if argument == "-":
                yield from self._listed(sys.stdin.buffer)
            elif argument.lower().endswith(".txt") and not os.path.isdir(argument):
                try:
                    with open(argument, "rb") as lines:
                        yield from self._listed(lines)
                except OSError as error:
                    yield Source(os.path.abspath(argument), Kind.FILE, problem=words(error))
            else:
                yield from self._meant(argument)

    def _listed(self, lines: Iterable[bytes]) -> Iterator[Source]:
        for line in lines:
            if name := os.fsdecode(line.strip(b"\r\n")):
                yield from self._meant(name)

    def _meant(self, argument: str) -> Iterator[Source]:
        name = argument if argument.lower().startswith(_ADDRESSES) else os.path.abspath(argument)
        return meant(name, self._leave_out)

    def _leave_out(self, path: str, why: str) -> None:
        self.left_out[why] += 1


def exist(names: Sequence[str]) -> list[bool]:
    """Which files and objects are still there. Of addresses, and of a bucket that does not answer, all are."""
    buckets: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if name.startswith(_BUCKET):
            buckets[name.removeprefix(_BUCKET).partition("/")[0]].append(name)
    objects: dict[str, bool] = {}
    for inside in buckets.values():
        # Deferred: few have buckets.
        from tonearm.cli import bucket

        with suppress(OSError):
            objects.update(zip(inside, bucket.exist(inside), strict=True))
    return [objects.get(name, True) if "://" in name else os.path.exists(name) for name in names]


def stored_name(source: Source) -> str:
    """As it is written: file names are bytes, and what of them is no UTF-8 is escaped."""
    return os.fsencode(source.name).decode("utf-8", "backslashreplace")
