"""Bearer tokens (RFC 6750) for everything under /v1/ and for /mcp, where the operator configured API keys."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from tonearm.errors import Unauthorized
from tonearm.server.key_ring import KeyRing
from tonearm.server.problem import refuse

_API = "/v1/"
MCP = "/mcp"
_STATE = "api_key"


def protected(scope: Scope) -> bool:
    """Whether it is a request that analyses, or asks what can be analysed: what keys and origins are looked at for."""
    path: str = scope.get("path", "")
    return scope["type"] == "http" and (path.startswith(_API) or path == MCP)


def key_name(scope: Scope) -> str | None:
    """The name of the key that a request was let in with; None without one."""
    name: str | None = scope.get("state", {}).get(_STATE)
    return name


class Authentication:
    """Plain ASGI over all routes, so that a new one under /v1/ is protected without saying so."""

    def __init__(self, app: ASGIApp, keys: KeyRing) -> None:
        self.app = app
        self.keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.keys and protected(scope):
            try:
                name = self._name(Headers(scope=scope).get("authorization", ""))
            except Unauthorized as error:
                await refuse(error, scope, receive, send)
                return
            scope.setdefault("state", {})[_STATE] = name
        await self.app(scope, receive, send)

    def _name(self, authorization: str) -> str:
        """Of the key that a request has. Raises Unauthorized."""
        scheme, _, token = authorization.partition(" ")
        key = self.keys.find(token.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            raise Unauthorized
        return key.name
