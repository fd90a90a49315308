"""The routes of the page, its files, the client for other pages, the sample, the API reference, the documentation."""

from __future__ import annotations

import asyncio
from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tonearm.web.answer import answer
from tonearm.web.assets import Asset, asset, assets
from tonearm.web.documents import document

FILES = "/web/"
_PAGE = "index.html"
_CLIENT = "tonearm.js"
_REFERENCE = "reference.html"
_SAMPLE_SECONDS = 20


def routes() -> list[Route]:
    """Routes for GET and HEAD."""
    return [
        Route("/", _page, include_in_schema=False),
        Route(f"{FILES}{{path:path}}", _file, include_in_schema=False),
        Route(f"/{_CLIENT}", _client, include_in_schema=False),
        Route("/sample.wav", _sample, include_in_schema=False),
        Route("/docs", _reference, include_in_schema=False),
        Route("/docs/{path:path}", _document, include_in_schema=False),
    ]


async def _page(request: Request) -> Response:
    return answer(request, assets()[_PAGE])


async def _file(request: Request) -> Response:
    return _for_any_site(answer(request, assets().get(request.path_params["path"])))


async def _client(request: Request) -> Response:
    return _for_any_site(answer(request, assets()[_CLIENT]))


def _for_any_site(response: Response) -> Response:
    # A page of any site may read it. Which may use the server is for TONEARM_CORS_ORIGINS to say.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


async def _reference(request: Request) -> Response:
    return answer(request, assets()[_REFERENCE])


async def _document(request: Request) -> Response:
    return answer(request, document(request.path_params["path"]))


async def _sample(request: Request) -> Response:
    return answer(request, await asyncio.to_thread(_synthesise))


@cache
def _synthesise() -> Asset:
    # Deferred: the HTTP process needs numpy only once a client requests the sample.
    from tonearm.sample import sample_track

    return asset(sample_track(_SAMPLE_SECONDS), "audio/wav")
