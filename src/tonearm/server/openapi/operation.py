"""What the OpenAPI document says of the analysis beside its parameters: its answers and its body."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from tonearm.server.openapi.schemas import reference


class Problem(BaseModel):
    """Why a request was refused."""

    detail: str = Field(description="what is wrong and what to do")


class Complaint(BaseModel):
    """What is wrong with one parameter."""

    type: str = Field(description="a word for programs")
    loc: list[str | int] = Field(description="where it is: `query` or `header`, and its name")
    msg: str = Field(description="what is wrong")
    input: Any = Field(None, description="what was sent")


class InvalidParameters(BaseModel):
    """Parameters that are missing or malformed."""

    detail: list[Complaint]


class InternalProblem(Problem):
    """A failure of the server itself."""

    correlation_id: str = Field(description="quote it to the operator: the server's log has the cause under it")


_EXAMPLE = (
    'data: {"status":"started","total_models":1}\n\n'
    'data: {"status":"completed","result":{"model_name":"key","model_version":"1",'
    '"correlation_id":"c66796d0-8774-4125-8d6f-013fb33fe2a0",'
    '"results":{"key":["F"],"scale":["minor"],"strength":[0.7183234691619873]}}}\n\n'
    'data: {"status":"finished","total_models":1}\n\n'
)

_CORRELATION_ID = {"X-Correlation-ID": {"description": "a UUID of this request", "schema": {"type": "string"}}}
_RETRY_AFTER = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}}
_QUOTA = {
    "RateLimit": {
        "description": "requests left (r), and seconds (t) until the quota resets",
        "schema": {"type": "string", "examples": ['"default";r=9;t=1']},
    },
    "RateLimit-Policy": {
        "description": "requests (q) allowed per window of seconds (w)",
        "schema": {"type": "string", "examples": ['"default";q=10;w=1']},
    },
}

RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A stream of events, each one line `data: {json}` and a blank line, as soon as it is known; "
        "or one document at the end, for `Accept: application/json` and for `shape`.",
        "headers": {**_CORRELATION_ID, **_QUOTA},
        # JSON comes first, because generated clients take the first type that they can parse.
        "content": {
            "application/json": {"schema": {"anyOf": [reference("Analysis"), reference("AudioFeatures")]}},
            "text/event-stream": {
                "schema": {"type": "string", "description": "Server-Sent Events"},
                "itemSchema": {
                    "type": "object",
                    "required": ["data"],
                    "properties": {
                        "data": {
                            "type": "string",
                            "contentMediaType": "application/json",
                            "contentSchema": reference("StreamEvent"),
                        }
                    },
                },
                "example": _EXAMPLE,
            },
        },
    },
    400: {
        "model": Problem,
        "description": "Unknown model, both or neither of body and URL, an unusable URL, no audio.",
    },
    413: {"model": Problem, "description": "The audio is larger than the limit."},
    415: {"model": Problem, "description": "The body is compressed."},
    401: {"model": Problem, "description": "No API key, or an unknown one."},
    403: {"model": Problem, "description": "A page of another site, or a host name that the server does not know."},
    422: {
        "model": InvalidParameters,
        "description": "`models` is missing or malformed, or has parameters that the model does not accept; or "
        "`partial` is out of range, or no stream was requested with it.",
    },
    429: {
        "model": Problem,
        "description": "More requests than RateLimit-Policy allows, or every worker is busy and the queue is full.",
        "headers": {**_RETRY_AFTER, **_QUOTA},
    },
    500: {"model": InternalProblem, "description": "Internal server error."},
    503: {
        "model": Problem,
        "description": "The server is shutting down, or has too many connections.",
        "headers": _RETRY_AFTER,
    },
}

REQUEST_BODY: dict[str, Any] = {
    "description": "The audio file as it is, in any format and with any Content-Type, or a form in which the part "
    "`file` is the audio and comes after the fields; empty with `audio-url`.",
    "required": False,
    "content": {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "models": {"type": "string", "description": "as in the query, which has precedence"},
                    "audio_url": {"type": "string", "description": "in place of `file`"},
                    "file": {"type": "string", "format": "binary"},
                },
            }
        },
    },
}
