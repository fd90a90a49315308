"""How a file kept in memory is answered: whole, or with 304 if the client has it, and always with the page's policy."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from tonearm.web.assets import Asset

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "media-src 'self' blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Browsers revalidate each file, so after an update nobody mixes files of two versions.
    "Cache-Control": "no-cache",
}
_PIECE = 1 << 16


def answer(request: Request, found: Asset | None) -> Response:
    """The answer to GET and HEAD; 404 for None."""
    if found is None:
        return PlainTextResponse("Not found.", 404, _HEADERS)
    headers = {**_HEADERS, "ETag": found.etag}
    if _known(request.headers.get("if-none-match", ""), found.etag):
        return Response(status_code=304, headers=headers)
    headers |= {"Content-Length": str(len(found.body)), "Content-Type": found.media_type}
    return StreamingResponse(_pieces(found.body), headers=headers)


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    """In chunks, so that the server buffers little for a client that does not read."""
    for start in range(0, len(body), _PIECE):
        yield body[start : start + _PIECE]


def _known(header: str, etag: str) -> bool:
    return etag in {each.strip().removeprefix("W/") for each in header.split(",")} or header.strip() == "*"
