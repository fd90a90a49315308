"""The filter that every engine runs: bytes in, events out.

A pure function of the audio bytes and the job: it knows no HTTP and no processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pydantic import ValidationError

from tonearm.ahead import ahead
from tonearm.audio.decode import Decoder
from tonearm.audio.source import Read
from tonearm.errors import AudioError, TonearmError
from tonearm.events import Event, completed, failed, finished, started
from tonearm.graph import Graph
from tonearm.job import Job
from tonearm.registry import models
from tonearm.stats import Stats, Stopwatch


def analyze(
    read: Read, job: Job, progressed: Callable[[], None] = lambda: None, stats: Stats | None = None
) -> Iterator[Event]:
    """Analyse the audio that `read` yields with every model of the job.

    `started` comes as soon as the bytes are recognised as audio, then one `completed` or `error` per model, and
    `finished` at the end, whatever happened in between. Raises AudioError, and yields nothing, where the bytes are no
    audio; lets through whatever `read` raises. `progressed` is called after each block of audio. `stats` says
    what it cost once the iterator has ended, in whatever way.
    """
    stats = stats or Stats()
    decoder = Decoder(read, job.caps)
    decoding = Stopwatch()
    graph: Graph | None = None
    try:
        with decoding:
            decoder.recognise()
        total = len(job.tasks)
        yield started(total)
        try:
            known = models()
            graph = Graph(decoder.format, ((task, known[task.name, task.version]) for task in job.tasks))
            for block in ahead(decoding.each(decoder.blocks())):
                graph.feed(block)
                stats.audio_seconds += block.shape[1] / decoder.format.rate
                progressed()
        except AudioError as error:
            yield failed(str(error))
        else:
            for task, outcome in graph.finish():
                yield (failed(_words(outcome), task) if isinstance(outcome, Exception) else completed(task, outcome))
        yield finished(total)
    finally:
        stats.decode_seconds = decoding.seconds
        stats.bytes_read = decoder.received
        if graph is not None:
            graph.account(stats)


def _words(error: Exception) -> str:
    """What a client is told of a model's failure: our own words, or the kind of error, never a trace."""
    if isinstance(error, TonearmError):
        return str(error)
    if isinstance(error, ValidationError):
        return "The model gave a result outside its own schema."
    return f"The model failed: {type(error).__name__}: {error}"
