"""A WebSocket (RFC 6455) as what the application sees of it: a request for HTTP that may become one.

The request goes the way of all requests, so keys, origins, limits and the log are the same, and a refusal is an HTTP
response. A response with the status 101 opens the WebSocket. From then on `receive` and `send` have its messages,
nearly as in ASGI: `websocket.receive` and `websocket.disconnect`; `websocket.send`, in pieces where `more` says so,
`websocket.ping` and `websocket.close`.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from tonearm.errors import BadRequest, ClientGone, Unauthorized
from tonearm.protocol.events import failed

LIVE: Final = "/v1/analysis/live"
VERSION: Final = "13"
SWITCHING: Final = 101
EXTENSION: Final = "tonearm.web_socket"
"""In the extensions of a scope whose request offers a WebSocket."""
_STATE = "web_socket_open"
_KEY_BYTES = 16
_PIECE = 1 << 16
"""Characters of one frame."""
_BY_STATUS = {413: 1009, 429: 1013, 503: 1013}
_POLICY, _FAULT = 1008, 1011
_WORDS = 'A text frame is {"end": true} behind the audio, or {"authorization": "Bearer ta_..."} before it.'
_AFTER_THE_END = "Nothing may follow the end of the audio."


def offers(scope: Scope) -> bool:
    """Whether a request to `LIVE` is the opening handshake of a client (RFC 6455, section 4.2.1)."""
    headers = Headers(scope=scope)
    return (
        (scope["method"], scope["path"], scope["http_version"]) == ("GET", LIVE, "1.1")
        and "websocket" in _tokens(headers, "upgrade")
        and "upgrade" in _tokens(headers, "connection")
        and not ({"content-length", "transfer-encoding"} & set(headers.keys()))
        and headers.get("sec-websocket-version") == VERSION
        and _is_key(headers.get("sec-websocket-key", ""))
    )


def offered(scope: Scope) -> bool:
    """Whether the request can become a WebSocket."""
    return EXTENSION in scope.get("extensions", {})


def is_open(scope: Scope) -> bool:
    """Whether it has become one, so that no HTTP response can be sent any more."""
    return bool(scope.get("state", {}).get(_STATE))


async def open_socket(scope: Scope, send: Send, headers: Mapping[str, str] | None = None) -> None:
    """Accept the handshake, unless that is done already."""
    if not is_open(scope):
        raw = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
        await send({"type": "http.response.start", "status": SWITCHING, "headers": raw})
        scope["state"][_STATE] = True


async def send_text(send: Send, text: str) -> None:
    """One message, in frames of which each can be waited for."""
    for start in range(0, len(text), _PIECE):
        end = start + _PIECE
        await send({"type": "websocket.send", "text": text[start:end], "more": end < len(text)})


async def refuse_open(answer: Response, send: Send) -> None:
    """Say in an event what the body of the response says, and close with the code that stands for its status."""
    detail = json.loads(bytes(answer.body))["detail"]
    words = detail if isinstance(detail, str) else " ".join(complaint["msg"] for complaint in detail)
    await send_text(send, failed(words).data)
    await close(send, answer.status_code, answer.headers.get("retry-after", ""))


async def close(send: Send, status: int = 200, reason: str = "") -> None:
    """With the code that stands for an HTTP status; the reason for "try again later" is the seconds to wait."""
    fault = _FAULT if status >= 500 else _POLICY
    code = 1000 if status == 200 else _BY_STATUS.get(status, fault)
    await send({"type": "websocket.close", "code": code, "reason": reason, "status": status})


async def first_key(receive: Receive) -> str:
    """The value of an Authorization header, as a client that cannot send one says it. Raises Unauthorized."""
    message = await receive()
    if message["type"] == "websocket.disconnect":
        raise ClientGone("the client went away before it sent a key")
    said = _said(message.get("text"))
    authorization = said.get("authorization")
    if not isinstance(authorization, str):
        raise Unauthorized
    return authorization


def as_body(receive: Receive) -> Receive:
    """The messages as those of a request body, which ends with `{"end": true}`.

    The result raises BadRequest for text that says nothing of that, and for whatever comes behind the end.
    """
    begun = ended = False

    async def receive_body() -> Message:
        nonlocal begun, ended
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return {"type": "http.disconnect"}
            if message["type"] != "websocket.receive":
                return message
            if ended:
                raise BadRequest(_AFTER_THE_END)
            if (audio := message.get("bytes")) is not None:
                begun = True
                return {"type": "http.request", "body": audio, "more_body": True}
            said = _said(message.get("text"))
            if said.get("end") is True:
                ended = True
                return {"type": "http.request", "body": b"", "more_body": False}
            if begun or "authorization" not in said:
                raise BadRequest(_WORDS)

    return receive_body


def _said(text: str | None) -> dict[str, object]:
    try:
        said = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _tokens(headers: Headers, name: str) -> set[str]:
    return {token.strip().lower() for token in ",".join(headers.getlist(name)).split(",")}


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == _KEY_BYTES
    except (binascii.Error, ValueError):
        return False
