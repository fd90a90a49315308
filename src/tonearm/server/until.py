"""Work that is given up when something else happens first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(work: Awaitable[T], end: Awaitable[object], error: Callable[[], Exception]) -> T:
    """What `work` returns. Raises `error()` where `end` is done before it; neither goes on afterwards."""
    working = asyncio.ensure_future(work)
    ending = asyncio.ensure_future(end)
    try:
        await asyncio.wait({working, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise error()
        return await working
    finally:
        for task in (working, ending):
            task.cancel()
        await asyncio.gather(working, ending, return_exceptions=True)
        # Its exception, by way of this frame, would hold it, and all that the request has read.
        del working
