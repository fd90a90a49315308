"""POST /mcp: the tools for assistants that are elsewhere, over the Model Context Protocol's streamable HTTP transport.

The transport is the SDK's. Each request stands for itself: there are no sessions that a client could leave behind, and
nothing to wait for with GET. The tools read addresses and no files.
"""

from __future__ import annotations

import asyncio
import math
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import CallToolResult
from pydantic import Field
from sse_starlette.sse import AppStatus
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from tonearm.errors import BadRequest, ClientGone, TonearmError, TooLarge, TryLater, UnknownModel
from tonearm.mcp.tools import ANALYZE_AUDIO, DEFAULT_MODELS, READS_AUDIO, Answer, Full, Models, answer, with_list
from tonearm.protocol import spec
from tonearm.results.gather import Gathering
from tonearm.server.access_log import recorder
from tonearm.server.analyses import Analyses
from tonearm.server.authentication import MCP
from tonearm.server.problem import EarlyResponse, problem
from tonearm.server.until import until
from tonearm.server.upload import Upload

_INSTRUCTIONS = (
    "Measures music on the web: key, tempo, beats, loudness, chords and more. Call list_models to see what can be "
    "measured, then analyze_audio with the URL of an audio file."
)
_LONGEST_MESSAGE = 64 << 10
_TOO_LONG = f"A message to {MCP} has at most {_LONGEST_MESSAGE} bytes."
_LONGEST_RESULT = 256 << 10
"""A response has it twice, clients take at most 1 MiB, and the SDK writes it on the event loop."""
_TOO_FULL = "The result is too long for a tool. Leave `full` out, or request fewer models at a time."


class McpEndpoint:
    """The ASGI application of /mcp, within the server's own: keys, origins and the end are looked after there."""

    def __init__(self, analyses: Analyses, idle_seconds: float) -> None:
        self._analyses = analyses
        self._idle_seconds = idle_seconds
        server = self._server()
        # Which Host and Origin a request may name is for `origin` to say.
        server.streamable_http_app(
            stateless_http=True, transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False)
        )
        self._sessions = server.session_manager
        # The SDK's streams would break off at SIGTERM. Their tools end in time, and say why.
        AppStatus.enable_automatic_graceful_drain = False

    def route(self) -> Route:
        return Route(MCP, self, methods=["POST"], include_in_schema=False)

    def running(self) -> AbstractAsyncContextManager[None]:
        """Requests can be served within it, once."""
        return self._sessions.run()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        upload = Upload(receive, _LONGEST_MESSAGE, self._idle_seconds, self._idle_seconds)
        try:
            body = b"".join([chunk async for chunk in upload])
        except TonearmError as error:
            refusal = TooLarge(_LONGEST_MESSAGE, _TOO_LONG) if isinstance(error, TooLarge) else error
            await EarlyResponse(problem(refusal), upload)(scope, receive, send)
            return
        exchange = Exchange(body, upload, send, self._idle_seconds)
        await self._sessions.handle_request(scope, exchange.receive, exchange.send)

    def _server(self) -> MCPServer[Any]:
        server = with_list(_INSTRUCTIONS, lambda: self._analyses.catalog)

        @server.tool(description=ANALYZE_AUDIO, annotations=READS_AUDIO)
        async def analyze_audio(
            context: Context[Any, Request],
            url: Annotated[str, Field(description="http(s) URL of an audio file")],
            models: Models = DEFAULT_MODELS,
            full: Full = False,
        ) -> Answer:
            request = context.request_context.request
            assert request is not None, "the transport is HTTP"
            try:
                return await self._analyze(request.scope, url, models, full)
            except TonearmError as error:
                recorder(request.scope).refused(error.status)
                raise ToolError(_words(error)) from error

        return server

    async def _analyze(self, scope: Scope, url: str, models: str, full: bool) -> CallToolResult:
        (await self._analyses.quota(scope)).check()
        job = self._analyses.job(scope, spec.parse(models))
        recording = recorder(scope)
        recording.requested(job, url)
        self._analyses.check_room(scope)
        gathering = Gathering(job.tasks)
        length = 0
        async with aclosing(self._analyses.run(scope, job, self._analyses.download(scope, url))) as events:
            async for event in events:
                length += len(event.data)
                if full and length > _LONGEST_RESULT:
                    raise BadRequest(_TOO_FULL)
                gathering.add(event)
                recording.sent(event)
        return answer(gathering.analysis(), full)


class Exchange:
    """A request whose body has been read, and a client that has `idle_seconds` to take each part of the response."""

    def __init__(self, body: bytes, upload: Upload, connection: Send, idle_seconds: float) -> None:
        self._body: bytes | None = body
        self._upload = upload
        self._connection = connection
        self._idle_seconds = idle_seconds
        self._stuck = asyncio.Event()

    async def receive(self) -> Message:
        """The body, then the news that the client has gone, or reads nothing."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        with suppress(ClientGone):
            await until(self._upload.disconnected(), self._stuck.wait(), lambda: ClientGone("the client reads nothing"))
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if self._stuck.is_set():
            return
        try:
            async with asyncio.timeout(self._idle_seconds):
                await self._connection(message)
        except TimeoutError:
            self._stuck.set()


def _words(error: TonearmError) -> str:
    """What went wrong, and what an assistant can do about it."""
    if isinstance(error, TryLater):
        return f"{error} Try again in {math.ceil(error.retry_after)} s."
    return f"{error} Call list_models." if type(error) is UnknownModel else str(error)
