"""Each request has a UUID: in its X-Correlation-ID header, in every line logged for it, and in the body of a 500."""

from __future__ import annotations

from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tonearm.logs import current as current

HEADER = "X-Correlation-ID"
STATE = "correlation_id"


class CorrelationId:
    """Plain ASGI, because a middleware that wraps `receive` would be a second reader of the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        correlation_id = str(uuid4())
        current.set(correlation_id)
        # The handler of last resort stands outside this middleware, where the variable is not set.
        scope.setdefault("state", {})[STATE] = correlation_id

        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = correlation_id
            await send(message)

        await self.app(scope, receive, send_with_header)
