"""Pages of other origins that the operator lets in: what their browsers have to be told (CORS, in the Fetch standard).

Which of them may send a request is for `origin` to say, and who gets an answer for `authentication`.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from tonearm.server.authentication import protected

_SENT = (
    *("Authorization", "audio-url", "audio_url", "filename", "traceparent"),
    *("Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name"),
)
_READ = ("X-Correlation-ID", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate")


class Cors:
    """Plain ASGI over what is protected: other paths, such as the metrics, are nobody's business elsewhere."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self.app = app
        # It never receives, and changes the head of a response alone.
        self.open = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=("GET", "POST"),
            allow_headers=_SENT,
            expose_headers=_READ,
            # A page that may use this server may do so from outside its network.
            allow_private_network=True,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self.open if protected(scope) else self.app)(scope, receive, send)
