"""The analysis as Model Context Protocol tools, over standard input and output."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterable
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field

from tonearm._version import __version__
from tonearm.config import Settings
from tonearm.engine import Engine
from tonearm.engine.local import LocalEngine
from tonearm.errors import TonearmError
from tonearm.protocol import spec
from tonearm.protocol.job import Job
from tonearm.results.analysis import Analysis
from tonearm.results.gather import gather
from tonearm.sources.body import address, body
from tonearm.sources.fetch import Fetcher

_MOST_VALUES = 20
_INSTRUCTIONS = (
    "Measures music files on this machine: key, tempo, beats, loudness, chords and more. Call list_models to see "
    "what can be measured, then analyze_audio with a file's absolute path."
)


class ModelSummary(BaseModel):
    """One model in the list."""

    name: str
    title: str
    description: str
    units: dict[str, str] = Field(description="unit of each result field")
    parameters: dict[str, str] = Field(description="parameters for `name:version(key=value)`")
    unavailable: str | None = Field(description="why it cannot run on this machine; null if it can")


async def serve(settings: Settings) -> None:
    """Serve until standard input ends. The analysis runs in its own sandboxed process."""
    # One request may wait: a worker needs a moment after each analysis.
    engine = LocalEngine(1, 1, settings.stall_seconds, settings.log_level)
    await engine.start()
    try:
        await _server(engine, settings).run_stdio_async()
    finally:
        await engine.stop()


def _server(engine: Engine, settings: Settings) -> MCPServer[Any]:
    server = MCPServer("tonearm", "Tonearm", instructions=_INSTRUCTIONS, version=__version__)
    fetcher = Fetcher.of(settings)
    turn = asyncio.Lock()

    def opened(source: str) -> AbstractAsyncContextManager[AsyncIterable[bytes]]:
        if url := address(source):
            return fetcher.open(url)
        path = Path(os.path.expanduser(source))
        if path.exists() and not path.is_file():
            raise ToolError(f"{source!r} is not a file.")
        return nullcontext(body(path).pieces())

    @server.tool()
    async def analyze_audio(
        source: Annotated[str, Field(description="absolute path or http(s) URL of an audio file")],
        models: Annotated[
            str, Field(description="model names, comma-separated, each optionally with :version(key=value)")
        ] = "key,bpm_degara,loudness_ebur128:2",
        full: Annotated[
            bool, Field(description=f"return long lists in full, not only the first {_MOST_VALUES} values")
        ] = False,
    ) -> Analysis:
        """Analyse one audio file: key, tempo and beats, loudness, or anything else the models measure.

        `results` has an entry for each model; `errors` lists failures. Long lists and long sets of labels are shortened
        to {"first": ..., "of": total}: the first values of a list, or the labels with the highest values.
        """
        try:
            job = Job(tasks=engine.catalog.resolve(spec.parse(models)), caps=settings.caps)
            # An assistant may request a whole folder at once: each file waits for its turn before its download starts.
            async with turn, opened(source) as audio:
                found = await gather(engine.analyze(audio, job), job.tasks)
        except (TonearmError, OSError) as error:
            raise ToolError(str(error)) from error
        return found if full else found.model_copy(update={"results": _shortened(found.results)})

    @server.tool()
    async def list_models(
        everything: Annotated[bool, Field(description="also list models that are not installed")] = False,
    ) -> list[ModelSummary]:
        """List the available models with titles, descriptions, units and parameters."""
        return [
            ModelSummary(
                name=card.name if card.default else f"{card.name}:{card.version}",
                title=card.title,
                description=card.description,
                units=card.units,
                parameters={
                    name: str(parameter.get("description", ""))
                    for name, parameter in card.parameters_schema.get("properties", {}).items()
                },
                unavailable=card.unavailable,
            )
            for card in engine.catalog.cards
            if everything or card.unavailable is None
        ]

    return server


def _shortened(value: Any) -> Any:
    """Without values that fill an assistant's context and are of no use: the thousandth beat, the 300th genre."""
    if isinstance(value, list):
        if len(value) > _MOST_VALUES:
            return {"first": value[:_MOST_VALUES], "of": len(value)}
        return [_shortened(item) for item in value]
    if isinstance(value, dict):
        if len(value) > _MOST_VALUES and all(isinstance(item, int | float) for item in value.values()):
            highest = sorted(value, key=lambda label: value[label], reverse=True)[:_MOST_VALUES]
            return {"first": {label: value[label] for label in highest}, "of": len(value)}
        return {name: _shortened(item) for name, item in value.items()}
    return value
