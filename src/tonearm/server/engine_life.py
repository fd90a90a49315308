"""The engine's life is that of the application (ASGI's lifespan): it starts before the first request and ends last."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from starlette.types import ASGIApp, Receive, Scope, Send

from tonearm.engine import Engine
from tonearm.errors import WorkerLost


class EngineLife:
    """Plain ASGI. Starlette's own lifespan tells a failed start as a traceback through all of its layers."""

    def __init__(
        self,
        app: ASGIApp,
        engine: Engine,
        beside: AbstractAsyncContextManager[None],
        ended: Callable[[], Awaitable[None]],
    ) -> None:
        """`beside` is entered when the engine has started, and left before it stops; `ended` is called last."""
        self.app = app
        self._engine = engine
        self._beside = beside
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        await receive()
        try:
            await self._engine.start()
        except WorkerLost as error:
            words = f"No worker process could be started. {error} Run `tonearm doctor` to find out why."
            await send({"type": "lifespan.startup.failed", "message": words})
            return
        try:
            async with self._beside:
                await send({"type": "lifespan.startup.complete"})
                await receive()
        finally:
            await self._engine.stop()
            await self._ended()
        await send({"type": "lifespan.shutdown.complete"})
