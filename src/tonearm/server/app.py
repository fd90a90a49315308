"""The ASGI application: its routes, its engine's life, and what becomes of errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.responses import JSONResponse

from tonearm import __version__
from tonearm.catalog import ModelCard
from tonearm.config import Settings
from tonearm.engine import Engine
from tonearm.server import stream
from tonearm.server.correlation import CorrelationId
from tonearm.server.problem import internal_error

_DESCRIPTION = """
Post a track, watch the results arrive: key, tempo and loudness as Server-Sent Events, one as soon as each is known,
while the upload is still going on. The on-demand endpoint of the Essentia API, self-hosted.
"""


def create_app(engine: Engine, settings: Settings) -> FastAPI:
    """The application over an engine, which it starts and stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await engine.start()
        try:
            yield
        finally:
            await engine.stop()

    app = FastAPI(title="Tonearm", version=__version__, description=_DESCRIPTION, lifespan=lifespan)
    app.add_middleware(CorrelationId)
    app.add_exception_handler(Exception, internal_error)
    app.include_router(stream.routes(engine, settings), tags=["analysis"])

    @app.get("/v1/models", tags=["analysis"], summary="List every model")
    def models() -> list[ModelCard]:
        """Every version of every model: names, result schema with units, citation, licence, whether it can run here."""
        return list(engine.catalog.cards)

    @app.get("/healthz", tags=["operation"], summary="Whether the process is alive")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", tags=["operation"], summary="Whether an analysis can start", responses={503: {}})
    def readyz() -> JSONResponse:
        room = engine.room()
        ready = engine.ready
        return JSONResponse({"ready": ready, "free": room.free}, 200 if ready else 503)

    return app
