"""What pages of other origins get, as far as HTTP tells. tests/page has a browser look at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.http import Answer, Server
from tonearm import api_keys
from tonearm.config import Settings
from tonearm.server.origin import Policy

APP = "https://app.example.com"
KEY, ENTRY = api_keys.create("app")


@pytest.fixture(scope="module")
def open_to_app() -> Iterator[Server]:
    with Server.started(
        TONEARM_WORKERS="1", TONEARM_API_KEYS=ENTRY, TONEARM_CORS_ORIGINS=f"{APP}, tauri://localhost"
    ) as running:
        yield running


def ask(server: Server, method: str, path: str, **headers: str) -> Answer:
    with server.open() as exchange:
        exchange.request(method, path, {name.replace("_", "-"): value for name, value in headers.items()})
        exchange.answer().body()
        return exchange.answer()


def preflight(
    server: Server,
    origin: str,
    method: str = "POST",
    headers: str = "audio-url,authorization",
    path: str = "/v1/analysis/stream",
) -> Answer:
    return ask(
        server,
        "OPTIONS",
        path,
        Origin=origin,
        Access_Control_Request_Method=method,
        Access_Control_Request_Headers=headers,
    )


@pytest.mark.parametrize("origin", [APP, "tauri://localhost"])
def test_a_browser_is_told_what_it_may_send(open_to_app: Server, origin: str) -> None:
    """Before it has a key: browsers ask without one."""
    answer = preflight(open_to_app, origin, headers="audio-url,authorization,content-type,filename,traceparent")
    assert answer.status == 200
    assert answer.header("Access-Control-Allow-Origin") == origin
    assert "Origin" in answer.header("Vary")
    assert preflight(open_to_app, origin, headers="mcp-protocol-version,mcp-method", path="/mcp").status == 200
    assert preflight(open_to_app, origin, headers="x-other").status == 400
    assert preflight(open_to_app, origin, method="DELETE").status == 400


@pytest.mark.parametrize("origin", ["https://evil.test", "http://app.example.com", "https://app.example.com:8443"])
def test_another_origin_is_told_nothing(open_to_app: Server, track: bytes, origin: str) -> None:
    answer = preflight(open_to_app, origin)
    assert answer.status == 400
    assert answer.header("Access-Control-Allow-Origin") is None
    answer = open_to_app.analyze(track, "key", {"Origin": origin, "Authorization": f"Bearer {KEY}"})
    assert answer.status == 403
    assert "TONEARM_CORS_ORIGINS" in answer.detail
    assert answer.header("Access-Control-Allow-Origin") is None


def test_a_response_can_be_read(open_to_app: Server, track: bytes) -> None:
    asked = {"Origin": APP, "Sec-Fetch-Site": "cross-site", "Authorization": f"Bearer {KEY}"}
    answer = open_to_app.analyze(track, "key", asked)
    assert answer.statuses == ["started", "completed", "finished"]
    refused = open_to_app.analyze(track, "key", {"Origin": APP})
    assert refused.status == 401
    for each in (answer, refused):
        assert each.header("Access-Control-Allow-Origin") == APP
        exposed = each.header("Access-Control-Expose-Headers")
        assert {"X-Correlation-ID", "Retry-After", "RateLimit", "RateLimit-Policy"} <= set(exposed.split(", "))
        assert each.header("Access-Control-Allow-Credentials") is None


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/", "/openapi.json", "/docs/api"])
def test_nothing_else_is_open_to_them(open_to_app: Server, path: str) -> None:
    answer = ask(open_to_app, "GET", path, Origin=APP)
    assert answer.status == 200
    assert answer.header("Access-Control-Allow-Origin") is None


def test_it_is_off_by_default(server: Server) -> None:
    assert preflight(server, APP).status == 405
    assert ask(server, "GET", "/v1/models", Origin=APP).header("Access-Control-Allow-Origin") is None


def refused(origin: str, host: str, origins: str) -> bool:
    headers = [(b"host", host.encode()), (b"origin", origin.encode())]
    scope = {"type": "http", "method": "POST", "client": ("127.0.0.1", 1), "headers": headers}
    return Policy.of(Settings.model_validate({"cors_origins": origins})).complaint(scope) is not None


def test_a_name_that_leads_to_a_local_server_is_refused_all_the_same() -> None:
    """DNS rebinding: the page is of that name, so its browser asks for no leave."""
    for origins in (APP, "*"):
        assert refused("http://evil.test:8000", "evil.test:8000", origins)
        assert refused(APP, "evil.test:8000", origins)
        assert not refused(APP, "127.0.0.1:8000", origins)
    assert refused("https://evil.test", "127.0.0.1:8000", APP)
    assert refused("null", "127.0.0.1:8000", APP)
    assert not refused("https://evil.test", "127.0.0.1:8000", "*")
    assert not refused("null", "127.0.0.1:8000", "*")
