"""Analysis in the calling process, without a server."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

from tonearm.config import Settings
from tonearm.pipeline import filter as pipeline
from tonearm.pipeline import registry
from tonearm.protocol import spec
from tonearm.protocol.job import Job
from tonearm.results.analysis import Analysis
from tonearm.results.gather import Gathering

Audio = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO


def analyze(audio: Audio, models: str | Iterable[str]) -> Analysis:
    """Analyse a file with models such as `["key", "bpm_degara"]`. `audio` is a path, the file's bytes, or an open file.

    `models` are specs such as `key` or `loudness_ebur128:2(curves=true)`, in a list or separated by commas. A model
    that fails is in the `errors` of the result. The first call in a process spends about a second on imports. It may be
    called from several threads at once; processes, or a server and its Client, make better use of many cores.

    Raises UnknownModel and MalformedSpec for invalid `models`, AudioError for bytes that are not audio, and OSError for
    a file that cannot be read.
    """
    asked = models if isinstance(models, str) else ",".join(models)
    job = Job(tasks=registry.catalog().resolve(spec.parse(asked)), caps=Settings().caps)
    gathering = Gathering(job.tasks)
    with _opened(audio) as file:
        for event in pipeline.analyze(file.read, job):
            gathering.add(event)
    return gathering.analysis()


def _opened(audio: Audio) -> BinaryIO | nullcontext[BinaryIO]:
    if isinstance(audio, bytes | bytearray | memoryview):
        return io.BytesIO(audio)
    if isinstance(audio, str | os.PathLike):
        return Path(audio).open("rb")
    return nullcontext(audio)
