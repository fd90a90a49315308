"""Where the time of a request goes: CPU seconds of each step of the filter, run one after the other in one thread."""

from __future__ import annotations

import io
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from time import thread_time
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.server import MODELS
from bench.sound import song
from tonearm.audio.decode import Decoder
from tonearm.pipeline.graph import Graph
from tonearm.pipeline.registry import catalog, models
from tonearm.protocol.events import completed
from tonearm.protocol.job import Job
from tonearm.protocol.spec import parse

spent: dict[str, float] = defaultdict(float)


def timed(step: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def measured(*arguments: Any) -> Any:
        begun = thread_time()
        try:
            return function(*arguments)
        finally:
            spent[step] += thread_time() - begun

    return measured


def analyse(audio: bytes) -> None:
    """What tonearm.pipeline.filter.analyze does, with a clock at every step."""
    job = Job(tasks=catalog().resolve(parse(MODELS)))
    decoder = Decoder(timed("read the bytes", io.BytesIO(audio).read), job.caps)
    timed("decode", decoder.recognise)()
    known = models()
    graph = Graph(decoder.format, [(task, known[task.name, task.version]) for task in job.tasks])
    for feature, node in graph._nodes.items():
        extractor = node.extractor
        for method in ("feed", "finish"):
            setattr(extractor, method, timed(f"feature {feature}", getattr(extractor, method)))
    # A model that stands on several features is a leaf of each.
    leaves = {id(leaf): leaf for node in graph._nodes.values() for leaf in node.leaves}
    for leaf in leaves.values():
        for method in ("feed", "finish"):
            step = f"model {leaf.task.name}:{leaf.task.version}, {method}"
            setattr(leaf.model, method, timed(step, getattr(leaf.model, method)))
    following = timed("decode", lambda blocks: next(blocks, None))
    blocks = decoder.blocks()
    while (block := following(blocks)) is not None:
        graph.feed(block)
    for task, outcome in graph.finish():
        assert not isinstance(outcome, Exception), outcome
        event = timed("write the JSON", completed)(task, outcome)
        timed("frame the event", lambda event: f"data: {event.data}\n\n".encode())(event)


def main() -> None:
    audio = Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else song()
    analyse(audio)
    spent.clear()
    rounds = 3
    for _ in range(rounds):
        analyse(audio)
    spent["decode"] -= spent["read the bytes"]
    total = sum(spent.values())
    table = Table(title=f"{total / rounds:.3f} CPU seconds", title_justify="left")
    for heading in ("step", "ms", "%"):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    for step, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        table.add_row(step, f"{1000 * seconds / rounds:.1f}", f"{100 * seconds / total:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
