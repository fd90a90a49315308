"""A stream of events as one document, for a client that knows the request only as it wrote it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from tonearm.errors import MalformedSpec
from tonearm.protocol.messages import Started, StreamEvent
from tonearm.protocol.spec import Spec, parse, written
from tonearm.results.analysis import Analysis


def analysis_of(events: Iterable[StreamEvent], models: str | Iterable[str]) -> Analysis:
    """The document of a stream that answers a request for `models`."""
    received = list(events)
    total = next((event.total_models for event in received if isinstance(event, Started)), 0)
    specs: list[Spec] = []
    # A newer server may take what this grammar does not: its names are then used as they come.
    with suppress(MalformedSpec):
        specs = parse(models if isinstance(models, str) else ",".join(models))
    return Analysis.of(received, _requested(specs, total))


def _requested(specs: list[Spec], total: int) -> list[str]:
    """The `model_name` of each model that runs.

    Only the server knows which version a bare name means. If it runs fewer models than there are specs, a bare name
    meant a version that is named too.
    """
    distinct = {(spec.name, spec.version, written(spec.parameters)) for spec in specs}
    names = sorted({(name, version) for name, version, _ in distinct}, key=str)
    explicit = {name for name, version in names if version is not None}
    if len(distinct) > total:
        names = [(name, version) for name, version in names if version is not None or name not in explicit]
    return [name for name, _ in names]
