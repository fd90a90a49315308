"""The time between SIGTERM and the end: what runs may finish, and nothing new begins."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from tonearm.errors import ShuttingDown
from tonearm.server.authentication import PROTECTED
from tonearm.server.problem import refuse


@dataclass(slots=True)
class Drain:
    """Whether the server is about to end."""

    begun: bool = False


class RefuseWhileDraining:
    def __init__(self, app: ASGIApp, drain: Drain, retry_after: float) -> None:
        self.app = app
        self.drain = drain
        self.retry_after = retry_after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.drain.begun and scope["path"].startswith(PROTECTED):
            await refuse(ShuttingDown(self.retry_after), scope, receive, send)
            return
        await self.app(scope, receive, send)
