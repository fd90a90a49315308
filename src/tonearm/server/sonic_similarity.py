"""GET /rest/…: OpenSubsonic's extension `sonicSimilarity` over a library, for music servers and players that know it.

https://opensubsonic.netlify.app/docs/extensions/sonicsimilarity: its answers are JSON, with status 200 also for what
went wrong. Who may ask, and how often, is looked after as for every other request.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from tonearm._version import __version__
from tonearm.errors import TonearmError
from tonearm.server.analyses import Analyses
from tonearm.server.library_in_thread import LibraryInThread
from tonearm.server.problem import refusal
from tonearm.server.upload import Upload

if TYPE_CHECKING:
    # It imports numpy, which the server does only when a library is asked.
    from tonearm.library.library import Library, Match
    from tonearm.library.track import Track

log = logging.getLogger(__name__)

_SUBSONIC = "1.16.1"
_MOST = 500
_FAILED, _MISSING, _NOT_FOUND = 0, 10, 70
_EXTENSIONS = [{"name": "sonicSimilarity", "versions": [1]}, {"name": "apiKeyAuthentication", "versions": [1]}]


def routes(library: LibraryInThread, analyses: Analyses) -> APIRouter:
    router = APIRouter(prefix="/rest", include_in_schema=False)

    async def answer(
        request: Request, asked: dict[str, str | None], find: Callable[[Library], Sequence[Match]]
    ) -> Response:
        quota = await analyses.quota(request.scope)
        try:
            quota.check()
        except TonearmError as error:
            return refusal(error, quota.headers, _nothing(request))
        response = await _answer(library, asked, find)
        response.headers.update(quota.headers)
        return response

    @router.get("/getOpenSubsonicExtensions")
    @router.get("/getOpenSubsonicExtensions.view")
    async def extensions() -> Response:
        return _ok({"openSubsonicExtensions": _EXTENSIONS})

    @router.get("/getSonicSimilarTracks")
    @router.get("/getSonicSimilarTracks.view")
    async def similar(request: Request, id: str | None = None, count: Count = 10) -> Response:  # noqa: A002
        def find(found: Library) -> Sequence[Match]:
            row = found.row(str(id))
            return found.nearest(found.vectors[row], found.except_for([row]), count)

        return await answer(request, {"id": id}, find)

    @router.get("/findSonicPath")
    @router.get("/findSonicPath.view")
    async def path(
        request: Request,
        start: Annotated[str | None, Query(alias="startSongId")] = None,
        end: Annotated[str | None, Query(alias="endSongId")] = None,
        count: Count = 25,
    ) -> Response:
        def find(found: Library) -> Sequence[Match]:
            from tonearm.library.mixing import Mixing
            from tonearm.library.path import path as between

            return between(found, found.row(str(start)), found.row(str(end)), max(count, 2), Mixing())

        return await answer(request, {"startSongId": start, "endSongId": end}, find)

    return router


Count = Annotated[int, Query(ge=1, le=_MOST)]


async def _answer(
    library: LibraryInThread, asked: dict[str, str | None], find: Callable[[Library], Sequence[Match]]
) -> JSONResponse:
    for name, given in asked.items():
        if not given:
            return _failed(_MISSING, f"The parameter {name} is missing.")
    try:
        matches = await library.ask(find)
    except LookupError as error:
        return _failed(_NOT_FOUND, str(error))
    except OSError:
        log.exception("the library cannot be read")
        return _failed(_FAILED, "The library cannot be read: the server's log says why.")
    return _ok(
        {"sonicMatch": [{"entry": _child(each.track), "similarity": round(each.similarity, 4)} for each in matches]}
    )


def _child(track: Track) -> dict[str, Any]:
    """OpenSubsonic's `Child`: of a library that knows no tags, the title is the name of the file."""
    name = track.source.rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    return {
        "id": track.id,
        "isDir": False,
        "isVideo": False,
        "type": "music",
        "mediaType": "song",
        "title": stem if dot else name,
        "path": track.source,
        "suffix": suffix.lower() if dot else "",
        "bpm": round(track.tempo or 0),
        "samplingRate": track.sample_rate or 0,
        "channelCount": track.channels or 0,
        "duration": round(track.seconds or 0),
    }


def _ok(fields: dict[str, Any]) -> JSONResponse:
    return _envelope("ok", fields)


def _failed(code: int, message: str) -> JSONResponse:
    return _envelope("failed", {"error": {"code": code, "message": message}})


def _envelope(status: str, fields: dict[str, Any]) -> JSONResponse:
    head = {
        "status": status,
        "version": _SUBSONIC,
        "type": "tonearm",
        "serverVersion": __version__,
        "openSubsonic": True,
    }
    return JSONResponse({"subsonic-response": {**head, **fields}})


def _nothing(request: Request) -> Upload:
    """A body that nobody reads."""
    return Upload(request.receive, limit=0, idle_seconds=0, max_seconds=0)
