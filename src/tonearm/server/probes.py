"""The paths by which an operator's systems watch the server."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from tonearm.engine import Engine
from tonearm.server.drain import Drain

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


def routes(engine: Engine, drain: Drain) -> APIRouter:
    router = APIRouter()

    @router.get("/healthz", summary="Whether the process is alive")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="Whether an analysis can start", responses={503: {}})
    async def readyz() -> JSONResponse:
        room = engine.room()
        ready = engine.ready and not drain.begun
        return JSONResponse({"ready": ready, "free": room.free}, 200 if ready else 503)

    return router
