"""Answers before a stream has started: what went wrong and what to do."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping

from fastapi import Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tonearm.errors import (
    CompressedBody,
    KeyExpired,
    ModelUnavailable,
    RateLimited,
    TonearmError,
    TryLater,
    Unauthorized,
    UnknownModel,
    UnknownVersion,
)
from tonearm.server import correlation
from tonearm.server.upload import Upload
from tonearm.server.web_socket import is_open, refuse_open

log = logging.getLogger(__name__)


def problem(error: TonearmError) -> JSONResponse:
    body = {"detail": _detail(error)}
    headers = {}
    if isinstance(error, TryLater):
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, CompressedBody):
        headers["Accept-Encoding"] = "identity"
    if error.status == 500:
        body["correlation_id"] = correlation.current.get()
    # Not its words, which may quote the request.
    log.info("answered with %d: %s", error.status, type(error).__name__)
    return JSONResponse(body, error.status, headers)


def _detail(error: TonearmError) -> str:
    """What went wrong, and what a client of this server can do about it."""
    match error:
        case UnknownVersion() | ModelUnavailable():
            return str(error)
        case UnknownModel():
            return f"{error} GET /v1/models lists every model."
        case KeyExpired():
            return f"{error} Ask the operator of this server for a new one."
        case Unauthorized():
            return f"{error} Send it as `Authorization: Bearer ta_...`."
        case RateLimited():
            return (
                f"{error} RateLimit-Policy says how many (q) are allowed in how many seconds (w). "
                "Retry after the time in Retry-After."
            )
        case TryLater():
            return f"{error} Retry after the time in Retry-After."
        case _:
            return str(error)


async def internal_error(request: Request, error: Exception) -> Response:
    """Whatever nobody foresaw: the log has the trace, the client the correlation id."""
    correlation_id = request.scope["state"][correlation.STATE]
    return JSONResponse(
        {"detail": "Internal Server Error", "correlation_id": correlation_id},
        500,
        {correlation.HEADER: correlation_id},
    )


class EarlyResponse(Response):
    """An answer sent while the body may still be coming: it reaches the client before the connection is closed."""

    def __init__(self, answer: Response, upload: Upload) -> None:
        self.answer = answer
        self.upload = upload
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_open(scope):
            await refuse_open(self.answer, send)
            return
        if self.upload.complete:
            await self.answer(scope, receive, send)
            return
        self.answer.headers["Connection"] = "close"
        await send(
            {
                "type": "http.response.start",
                "status": self.answer.status_code,
                "headers": self.answer.raw_headers,
            }
        )
        await send({"type": "http.response.body", "body": bytes(self.answer.body), "more_body": True})
        await self.upload.drain()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def invalid(request: Request, error: Exception) -> Response:
    """FastAPI's answer to parameters that are missing or malformed, in a form that a busy client gets to see."""
    assert isinstance(error, RequestValidationError)
    return EarlyResponse(unprocessable(error), _unwanted(request.receive))


def unprocessable(error: RequestValidationError) -> JSONResponse:
    return JSONResponse({"detail": jsonable_encoder(error.errors())}, 422)


async def refuse(error: TonearmError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer for a middleware that lets a request go no further."""
    await EarlyResponse(problem(error), _unwanted(receive))(scope, receive, send)


def _unwanted(receive: Receive) -> Upload:
    return Upload(receive, limit=0, idle_seconds=0, max_seconds=0)


def refusal(error: TonearmError | RequestValidationError, headers: Mapping[str, str], upload: Upload) -> EarlyResponse:
    """The answer to a request that is refused, with `headers` beside its own."""
    answer = problem(error) if isinstance(error, TonearmError) else unprocessable(error)
    answer.headers.update(headers)
    return EarlyResponse(answer, upload)
