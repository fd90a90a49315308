"""Sound that may have no end, heard until somebody says that it is enough."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tonearm.server.analyses import Audio


@asynccontextmanager
async def until_done(audio: Audio, enough: asyncio.Task[None]) -> AsyncIterator[AsyncIterator[bytes]]:
    """The same audio, which ends when `enough` is done. Reading it raises what that raises."""
    async with audio as pieces:
        yield _until_done(aiter(pieces), enough)


async def _until_done(pieces: AsyncIterator[bytes], enough: asyncio.Task[None]) -> AsyncIterator[bytes]:
    while True:
        piece = asyncio.ensure_future(anext(pieces, None))
        try:
            await asyncio.wait({piece, enough}, return_when=asyncio.FIRST_COMPLETED)
            if enough.done():
                enough.result()
                return
            chunk = await piece
        finally:
            piece.cancel()
            await asyncio.gather(piece, return_exceptions=True)
        if chunk is None:
            return
        yield chunk
