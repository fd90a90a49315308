"""Bearer tokens (RFC 6750) for everything under /v1/, where the operator configured API keys."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from tonearm import api_keys
from tonearm.api_keys import ApiKey
from tonearm.errors import Unauthorized
from tonearm.server.problem import refuse

PROTECTED = "/v1/"
STATE = "api_key"
"""Where the name of the request's key is kept in the scope's state."""


class Authentication:
    """Plain ASGI over all routes, so that a new one under /v1/ is protected without saying so."""

    def __init__(self, app: ASGIApp, accepted: tuple[ApiKey, ...]) -> None:
        self.app = app
        self.accepted = api_keys.by_digest(accepted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.accepted and scope["path"].startswith(PROTECTED):
            key = self._key(Headers(scope=scope).get("authorization", ""))
            if key is None:
                await refuse(Unauthorized(), scope, receive, send)
                return
            scope.setdefault("state", {})[STATE] = key.name
        await self.app(scope, receive, send)

    def _key(self, authorization: str) -> ApiKey | None:
        scheme, _, token = authorization.partition(" ")
        return api_keys.find(token.strip(), self.accepted) if scheme.lower() == "bearer" else None
