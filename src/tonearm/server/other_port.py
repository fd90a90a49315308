"""A second port of the server, with an application of its own: neither serves what the other has."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class OtherPort:
    """Plain ASGI: requests that came in at `port` go to `other`."""

    def __init__(self, app: ASGIApp, port: int, other: ASGIApp) -> None:
        self.app = app
        self.port = port
        self.other = other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # That of the socket, which nothing in a request can change.
        there = scope["type"] == "http" and scope["server"][1] == self.port
        await (self.other if there else self.app)(scope, receive, send)
