"""The time between SIGTERM and the end: what runs may finish, and nothing new begins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from typing import TypeVar

from starlette.types import ASGIApp, Receive, Scope, Send

from tonearm.errors import ShuttingDown
from tonearm.server.authentication import protected
from tonearm.server.problem import refuse
from tonearm.server.until import until

T = TypeVar("T")


class Drain:
    """Whether the server is about to end, and whether the time for what still runs is over."""

    def __init__(self, retry_after: float = 1.0) -> None:
        self.retry_after = retry_after
        """Seconds until a client may find a server here again."""
        self.begun = False
        self.over = asyncio.Event()

    async def within(self, work: Awaitable[T]) -> T:
        """What `work` returns. Cancels it and raises ShuttingDown when the time is over."""
        return await until(work, self.over.wait(), lambda: ShuttingDown(self.retry_after))

    async def until_over(self, items: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
        """The same items. Closes them and raises ShuttingDown when the time is over."""
        async with aclosing(items):
            while True:
                item = await self.within(anext(items, None))
                if item is None:
                    return
                yield item


class RefuseWhileDraining:
    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        self.app = app
        self.drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.drain.begun and protected(scope):
            await refuse(ShuttingDown(self.drain.retry_after), scope, receive, send)
            return
        await self.app(scope, receive, send)
