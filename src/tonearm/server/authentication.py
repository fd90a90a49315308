"""Bearer tokens (RFC 6750) for everything under /v1/ and /rest/ and for /mcp, where the operator configured API keys.

Under /rest/ a key may be in the query, as OpenSubsonic's extension apiKeyAuthentication has it; the log has no query.
"""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send

from tonearm.errors import ClientGone, Unauthorized
from tonearm.server.key_ring import KeyRing
from tonearm.server.problem import refuse
from tonearm.server.web_socket import first_key, offered, open_socket

_API = "/v1/"
REST = "/rest/"
MCP = "/mcp"
_PUBLIC = frozenset({f"{REST}getOpenSubsonicExtensions", f"{REST}getOpenSubsonicExtensions.view"})
"""What says which keys are taken must be there without one."""
_STATE = "api_key"


def protected(scope: Scope) -> bool:
    """Whether it is a request that analyses, or asks what can be analysed: what keys and origins are looked at for."""
    path: str = scope.get("path", "")
    return scope["type"] == "http" and (path.startswith((_API, REST)) or path == MCP)


def key_name(scope: Scope) -> str | None:
    """The name of the key that a request was let in with; None without one."""
    name: str | None = scope.get("state", {}).get(_STATE)
    return name


class Authentication:
    """Plain ASGI over all routes, so that a new one under /v1/ is protected without saying so.

    A page cannot send headers with a WebSocket: its key may be the first message, within `idle_seconds`.
    """

    def __init__(self, app: ASGIApp, keys: KeyRing, idle_seconds: float) -> None:
        self.app = app
        self.keys = keys
        self._idle_seconds = idle_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.keys and protected(scope) and scope["path"] not in _PUBLIC:
            try:
                authorization = Headers(scope=scope).get("authorization") or _in_query(scope)
                if authorization is None and offered(scope):
                    authorization = await self._said(scope, receive, send)
                name = self._name(authorization or "")
            except Unauthorized as error:
                await refuse(error, scope, receive, send)
                return
            except ClientGone:
                return
            scope.setdefault("state", {})[_STATE] = name
        await self.app(scope, receive, send)

    async def _said(self, scope: Scope, receive: Receive, send: Send) -> str:
        await open_socket(scope, send)
        try:
            async with asyncio.timeout(self._idle_seconds):
                return await first_key(receive)
        except TimeoutError as error:
            raise Unauthorized from error

    def _name(self, authorization: str) -> str:
        """Of the key that a request has. Raises Unauthorized."""
        scheme, _, token = authorization.partition(" ")
        key = self.keys.find(token.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            raise Unauthorized
        return key.name


def _in_query(scope: Scope) -> str | None:
    """What the header would say."""
    if not scope["path"].startswith(REST):
        return None
    key = QueryParams(scope["query_string"]).get("apiKey")
    return f"Bearer {key}" if key else None
