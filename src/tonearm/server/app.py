"""The ASGI application: its routes, its engine's life, and what becomes of errors."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer

from tonearm._version import __version__
from tonearm.config import Settings
from tonearm.engine import Engine
from tonearm.protocol.catalog import ModelCard
from tonearm.server import live, metrics, probes, sonic_similarity, stream
from tonearm.server.access_log import AccessLog
from tonearm.server.analyses import Analyses
from tonearm.server.authentication import Authentication
from tonearm.server.correlation import CorrelationId
from tonearm.server.cors import Cors
from tonearm.server.drain import Drain, RefuseWhileDraining
from tonearm.server.engine_life import EngineLife
from tonearm.server.key_ring import KeyRing
from tonearm.server.library_in_thread import LibraryInThread
from tonearm.server.openapi.document import Document
from tonearm.server.openapi.operation import RESPONSES
from tonearm.server.origin import Policy, SameOrigin
from tonearm.server.other_port import OtherPort
from tonearm.server.problem import internal_error, invalid
from tonearm.server.rate_limit import RateLimiter
from tonearm.web import routes as page

if TYPE_CHECKING:
    from tonearm.server.mcp_endpoint import McpEndpoint

_DESCRIPTION = """
Post a track and watch the results arrive: key, tempo and loudness as Server-Sent Events, each as soon as it is known,
while the upload is still running. The on-demand endpoint of the Essentia API, self-hosted.
"""

_API_KEY = HTTPBearer(
    scheme_name="ApiKey",
    bearerFormat="ta_...",
    description="An API key of this server, as `Authorization: Bearer ta_...`.",
    # Authentication asks for it, under every path.
    auto_error=False,
)


def create_app(
    engine: Engine, settings: Settings, drain: Drain, keys: KeyRing, metrics_port: int | None = None
) -> FastAPI:
    """The application over an engine, which it starts and stops; `metrics_port` is where alone it serves /metrics."""
    app = FastAPI(
        title="Tonearm",
        version=__version__,
        description=_DESCRIPTION,
        # Document serves it, with what FastAPI does not know, and the page shows it without the help of another host.
        openapi_url=None,
        # The address of a redirect would be made of the Host header, and http behind a proxy with TLS.
        redirect_slashes=False,
    )
    counted = metrics.Metrics(engine, keys)
    limiter = RateLimiter.of(settings, counted.uncounted)
    analyses = Analyses(engine, settings, limiter, counted, drain)
    assistants = _assistants(analyses, settings) if settings.mcp else None
    app.add_middleware(Authentication, keys=keys, idle_seconds=settings.idle_seconds)
    app.add_middleware(SameOrigin, policy=Policy.of(settings))
    app.add_middleware(RefuseWhileDraining, drain=drain)
    if settings.cors_origins:
        app.add_middleware(Cors, origins=settings.cors_origins)
    probing, counting = probes.routes(engine, drain), metrics.routes(counted)
    if metrics_port is not None:
        operators = FastAPI(openapi_url=None, redirect_slashes=False)
        operators.include_router(probing)
        operators.include_router(counting)
        app.add_middleware(OtherPort, port=metrics_port, other=operators)
    app.add_middleware(AccessLog, metrics=counted, proxies=settings.trusted_proxies)
    app.add_middleware(CorrelationId)
    beside = assistants.running() if assistants else nullcontext()
    app.add_middleware(EngineLife, engine=engine, beside=beside, ended=limiter.close)
    app.add_exception_handler(Exception, internal_error)
    app.add_exception_handler(RequestValidationError, invalid)
    documented = [Depends(_API_KEY)] if keys else []
    app.include_router(stream.routes(analyses, settings, drain), tags=["analysis"], dependencies=documented)
    app.include_router(live.routes(analyses, settings, drain))
    if settings.library is not None:
        app.include_router(sonic_similarity.routes(LibraryInThread(settings.library), analyses))

    @app.get(
        "/v1/models",
        tags=["analysis"],
        dependencies=documented,
        summary="List every model",
        operation_id="list_models",
        response_description="A card for each version of each model.",
        responses={status: RESPONSES[status] for status in (401, 403, 500, 503)},
    )
    async def models() -> list[ModelCard]:
        """Every version of every model: names, result schema with units, citation, licence, whether it can run here."""
        return list(engine.catalog.cards)

    app.include_router(probing, tags=["operation"])
    if metrics_port is None:
        app.include_router(counting, tags=["operation"])

    app.router.routes.extend([*page.routes(), Document(app, engine).route()])
    if assistants:
        app.router.routes.append(assistants.route())

    return app


def _assistants(analyses: Analyses, settings: Settings) -> McpEndpoint:
    # Deferred: it is an extra, and its packages take a second to import.
    from tonearm.server.mcp_endpoint import McpEndpoint

    return McpEndpoint(analyses, settings.idle_seconds)
