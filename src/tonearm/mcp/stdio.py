"""The tools over standard input and output, for an assistant on this machine: they read its files."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterable
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from tonearm.config import Settings
from tonearm.engine import Engine
from tonearm.engine.local import LocalEngine
from tonearm.errors import TonearmError
from tonearm.mcp.tools import ANALYZE_AUDIO, DEFAULT_MODELS, READS_AUDIO, Answer, Full, Models, answer, with_list
from tonearm.protocol import spec
from tonearm.protocol.job import Job
from tonearm.results.gather import gather
from tonearm.sources.body import address, body
from tonearm.sources.fetch import Fetcher

_INSTRUCTIONS = (
    "Measures music files on this machine: key, tempo, beats, loudness, chords and more. Call list_models to see "
    "what can be measured, then analyze_audio with a file's absolute path."
)


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
    server = with_list(_INSTRUCTIONS, lambda: engine.catalog)
    fetcher = Fetcher.of(settings)
    turn = asyncio.Lock()

    def opened(source: str) -> AbstractAsyncContextManager[AsyncIterable[bytes]]:
        if url := address(source):
            return fetcher.open(url)
        path = Path(os.path.expanduser(source))
        if path.exists() and not path.is_file():
            raise ToolError(f"{source!r} is not a file.")
        return nullcontext(body(path).pieces())

    @server.tool(description=ANALYZE_AUDIO, annotations=READS_AUDIO)
    async def analyze_audio(
        source: Annotated[str, Field(description="absolute path or http(s) URL of an audio file")],
        models: Models = DEFAULT_MODELS,
        full: Full = False,
    ) -> Answer:
        try:
            job = Job(tasks=engine.catalog.resolve(spec.parse(models)), caps=settings.caps)
            # An assistant may request a whole folder at once: each file waits for its turn before its download starts.
            async with turn, opened(source) as audio:
                found = await gather(engine.analyze(audio, job), job.tasks)
        except (TonearmError, OSError) as error:
            raise ToolError(str(error)) from error
        return answer(found, full)

    return server
