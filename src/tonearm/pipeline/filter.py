"""The filter that every engine runs: bytes in, events out.

A pure function of the audio bytes and the job: it knows no HTTP and no processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from pydantic import ValidationError

from tonearm.audio.byte_stream import Read
from tonearm.audio.decode import Decoder
from tonearm.cgroup import usable_cores
from tonearm.errors import AudioError, TonearmError, TooLong
from tonearm.pipeline.graph import Graph
from tonearm.pipeline.prefetch import prefetch
from tonearm.pipeline.registry import models
from tonearm.pipeline.rounds import Rounds, Tell, tell_nobody
from tonearm.protocol.cost import Cost, Stopwatch
from tonearm.protocol.events import Event, completed, failed, finished, started
from tonearm.protocol.job import Job

_THREADS = min(usable_cores(), 4)
"""An analysis that took every core of a large machine would gain little, and its neighbours would wait."""


def analyze(
    read: Read,
    job: Job,
    progressed: Callable[[], None] = lambda: None,
    cost: Cost | None = None,
    tell: Tell = tell_nobody,
) -> Iterator[Event]:
    """Analyse the audio that `read` yields with every model of the job.

    `started` comes as soon as the bytes are recognised as audio, then one `completed` or `error` per model, and
    `finished` at the end, whatever happened in between. For audio that is too long the models answer with what they
    make of its beginning, and an `error` says so. Raises AudioError, and yields nothing, where the bytes are no audio;
    lets through whatever `read` raises. `progressed` is called after each block of audio, and at its end while models
    compute: their time is bounded here. `cost` says what it cost once the iterator has ended, in whatever way.
    Partial results do not come with the other events: a round of them goes to `tell`, between `started` and the first
    `completed`, if the job has any.
    """
    cost = cost or Cost()
    known = models()
    wanted = [(task, known[task.name, task.version]) for task in job.tasks]
    decoder = Decoder(read, job.caps, any(model.file_facts for _, model in wanted))
    decoding = Stopwatch()
    graph: Graph | None = None
    broken: AudioError | None = None
    try:
        with decoding:
            decoder.recognise()
        total = len(job.tasks)
        yield started(total)
        with ThreadPoolExecutor(_THREADS) as threads:
            try:
                partials = job.partial_seconds is not None
                graph = Graph(decoder.format, wanted, threads, telling=partials)
                rounds = Rounds(job, graph, tell) if partials else None
                for block in prefetch(decoding.each(decoder.blocks())):
                    graph.feed(block)
                    cost.audio_seconds += block.shape[1] / decoder.format.rate
                    progressed()
                    if rounds is not None:
                        rounds.look(round(cost.audio_seconds, 3))
            except AudioError as error:
                broken = error
            if graph is not None and (broken is None or isinstance(broken, TooLong)):
                if decoder.facts is not None:
                    graph.tell(decoder.facts)
                for task, outcome in graph.finish(job.caps.model_seconds, progressed):
                    yield (
                        failed(_words(outcome), task) if isinstance(outcome, Exception) else completed(task, outcome)
                    )
        if broken is not None:
            yield failed(str(broken))
        yield finished(total, decoder.warnings)
    finally:
        cost.decode_seconds = decoding.seconds
        cost.bytes_read = decoder.received
        if graph is not None:
            graph.account(cost)


def _words(error: Exception) -> str:
    """What a client is told of a model's failure: our own words, or the kind of error, never a trace."""
    if isinstance(error, TonearmError):
        return str(error)
    if isinstance(error, ValidationError):
        return "The model's result does not match its schema."
    return f"The model failed: {type(error).__name__}: {error}"
