"""GET /openapi.json: made of the routes and of the catalogue when it is first asked for, and kept."""

from __future__ import annotations

import json

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tonearm.engine import Engine
from tonearm.protocol.catalog import Catalog
from tonearm.server.openapi.schemas import Schema, schemas
from tonearm.web.answer import answer
from tonearm.web.assets import Asset, asset


class Document:
    """The OpenAPI document of an application over an engine, whose catalogue is there once the engine has started."""

    def __init__(self, app: FastAPI, engine: Engine) -> None:
        self._app = app
        self._engine = engine
        self._made: tuple[Catalog, Asset] | None = None

    def route(self) -> Route:
        return Route("/openapi.json", self._serve, include_in_schema=False)

    async def _serve(self, request: Request) -> Response:
        catalog = self._engine.catalog
        if self._made is None or self._made[0] is not catalog:
            body = json.dumps(document(self._app, catalog), ensure_ascii=False, separators=(",", ":")).encode()
            self._made = catalog, asset(body, "application/json")
        return answer(request, self._made[1])


def document(app: FastAPI, catalog: Catalog) -> Schema:
    """The operations are FastAPI's to describe; what it does not know are the events and the results."""
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    made["components"]["schemas"] |= schemas(catalog)
    return made
