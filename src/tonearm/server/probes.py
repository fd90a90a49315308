"""The paths by which an operator's systems watch the server."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from tonearm.engine import Engine
from tonearm.server.drain import Drain

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


class Health(BaseModel):
    """The process is alive."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether the server takes requests."""

    ready: bool = Field(description="whether an analysis can start")
    free: int = Field(description="how many further requests are accepted now, places in the queue included")


def routes(engine: Engine, drain: Drain) -> APIRouter:
    router = APIRouter()

    @router.get(
        "/healthz", summary="Whether the process is alive", operation_id="health", response_description="It is."
    )
    async def healthz() -> Health:
        return Health()

    @router.get(
        "/readyz",
        summary="Whether an analysis can start",
        operation_id="readiness",
        response_model=Readiness,
        response_description="An analysis can start.",
        responses={503: {"model": Readiness, "description": "No worker is alive, or the server is shutting down."}},
    )
    async def readyz() -> JSONResponse:
        ready = engine.ready and not drain.begun
        state = Readiness(ready=ready, free=engine.room().free)
        return JSONResponse(state.model_dump(), 200 if ready else 503)

    return router
