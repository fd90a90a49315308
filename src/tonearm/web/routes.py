"""The routes of the page, its files, the sample and the API reference."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import cache

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from tonearm.web.assets import Asset, asset, assets
from tonearm.web.reference import Document, reference

FILES = "/web/"
_PAGE = "index.html"
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
_SAMPLE_SECONDS = 20
_PIECE = 1 << 16


def routes(document: Callable[[], Document]) -> list[Route]:
    """Routes for GET and HEAD; `document` gives the OpenAPI document."""

    @cache
    def written() -> Asset:
        return asset(reference(document()).encode(), "text/html; charset=utf-8")

    async def docs(request: Request) -> Response:
        return _answer(request, written())

    return [
        Route("/docs", docs, include_in_schema=False),
        Route("/", _page, include_in_schema=False),
        Route(f"{FILES}{{path:path}}", _file, include_in_schema=False),
        Route("/sample.wav", _sample, include_in_schema=False),
    ]


async def _page(request: Request) -> Response:
    return _answer(request, assets()[_PAGE])


async def _file(request: Request) -> Response:
    found = assets().get(request.path_params["path"])
    if found is None:
        return PlainTextResponse("Not found.", 404, _HEADERS)
    return _answer(request, found)


async def _sample(request: Request) -> Response:
    return _answer(request, await asyncio.to_thread(_synthesise))


@cache
def _synthesise() -> Asset:
    # Deferred: the HTTP process needs numpy only once a client requests the sample.
    from tonearm.sample import sample_track

    return asset(sample_track(_SAMPLE_SECONDS), "audio/wav")


def _answer(request: Request, found: Asset) -> Response:
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
