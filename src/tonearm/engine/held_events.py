"""Events that are taken from a worker before the client takes them: one that reads slowly holds no worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from tonearm.engine.held_audio import Budget
from tonearm.protocol.events import Event


async def held(
    events: AsyncGenerator[Event, None], budget: Budget, done_with: Callable[[Event], None]
) -> AsyncGenerator[Event, None]:
    """The same events, and at its place whatever `events` raises. Closes them when it is closed.

    One event waits for the reader, and as many more as the budget has room for; `events` waits while it has none.
    `done_with` is called with each event when the reader comes for the next one.
    """
    queue: asyncio.Queue[tuple[Event, int] | None] = asyncio.Queue()
    taken = asyncio.Event()
    total = 0

    async def fill() -> None:
        nonlocal total
        try:
            async with aclosing(events):
                async for event in events:
                    size = 0
                    while not queue.empty():
                        if budget.take(len(event.data), total):
                            size = len(event.data)
                            break
                        taken.clear()
                        await taken.wait()
                    total += size
                    queue.put_nowait((event, size))
        finally:
            queue.put_nowait(None)

    filling = asyncio.create_task(fill())
    try:
        while (next_ := await queue.get()) is not None:
            event, size = next_
            budget.release(size)
            total -= size
            taken.set()
            yield event
            done_with(event)
        await filling
    finally:
        filling.cancel()
        await asyncio.gather(filling, return_exceptions=True)
        budget.release(total)
