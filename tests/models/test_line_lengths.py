"""An event is a line, and readers of lines have a limit: asyncio, aiohttp and Go's scanner take 64 KiB by default."""

from __future__ import annotations

import asyncio

import pytest

from tests.support import shared
from tonearm.pipeline.filter import analyze
from tonearm.pipeline.registry import catalog
from tonearm.protocol.job import Job
from tonearm.protocol.spec import parse

SONG = shared.ROOT / "audio" / "song" / "song-5min.mp3"
MODELS = "key,bpm_degara,loudness_ebur128,loudness_ebur128:2(curves=true),chords,onset_rate,silence,waveform"


@pytest.mark.release
@shared.needed
def test_five_minutes_of_music_are_lines_that_any_reader_takes() -> None:
    async def read() -> int:
        reader = asyncio.StreamReader()
        lines = 0
        with SONG.open("rb") as file:
            for event in analyze(file.read, Job(tasks=catalog().resolve(parse(MODELS)))):
                reader.feed_data(f"data: {event.data}\n".encode())
                # Raises ValueError for a line that is too long.
                assert (await reader.readline()).startswith(b"data: {")
                lines += 1
        return lines

    assert asyncio.run(read()) == 10
