"""The tools over HTTP, asked by the SDK's own client: in its present protocol, and in that of older assistants."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult
from starlette.types import Message

from tests.support.assistant import ask, named, results, words
from tests.support.http import Answer, Server
from tests.support.waiting import PATIENCE_SECONDS, wait_for
from tests.support.web import Web
from tonearm import api_keys
from tonearm.server.mcp_endpoint import Exchange
from tonearm.server.upload import Upload

KEY, ENTRY = api_keys.create("assistant")
PROTOCOLS = ["auto", "legacy"]
HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}


@pytest.fixture(scope="module")
def tools() -> Iterator[Server]:
    with Server.started(TONEARM_WORKERS="1", TONEARM_MCP="on", TONEARM_FETCH_ALLOW="127.0.0.0/8") as running:
        yield running


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    with Server.started(
        TONEARM_WORKERS="1",
        TONEARM_MCP="on",
        TONEARM_API_KEYS=ENTRY,
        TONEARM_RATE_LIMIT="2/hour",
        TONEARM_FETCH_ALLOW="127.0.0.0/8",
    ) as running:
        yield running


@pytest.fixture(scope="module")
def web(track: bytes) -> Iterator[Web]:
    with Web.started({"/track.wav": track}) as running:
        yield running


@asynccontextmanager
async def assistant(server: Server, mode: str = "auto", key: str | None = None) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    address = f"http://127.0.0.1:{server.port}/mcp"
    async with (
        httpx2.AsyncClient(headers=headers, timeout=PATIENCE_SECONDS) as http,
        Client(streamable_http_client(address, http_client=http), mode=mode) as client,
    ):
        yield client


def post(server: Server, body: object, **headers: str) -> Answer:
    data = json.dumps(body).encode()
    with server.open() as exchange:
        sent = HEADERS | {"Content-Length": str(len(data))}
        exchange.request("POST", "/mcp", sent | {name.replace("_", "-"): value for name, value in headers.items()})
        exchange.send(data)
        exchange.answer().body()
        return exchange.answer()


@pytest.mark.parametrize("mode", PROTOCOLS)
def test_the_key_of_a_track_on_the_web(tools: Server, web: Web, track: bytes, mode: str) -> None:
    url = web.url("/track.wav")
    default, whole, models = ask(
        lambda: assistant(tools, mode),
        ("analyze_audio", {"url": url}),
        ("analyze_audio", {"url": url, "models": "beats,waveform(points=100)", "full": True}),
        ("list_models", {}),
    )
    expected = tools.analyze(track, "key:2,beats,loudness_ebur128:2,waveform(points=100)").results
    assert results(default)["key"] == expected["key"]
    beats = expected["beats"]["beats"]
    assert results(default)["beats"]["beats"] == {"first": beats[:20], "of": len(beats)}
    assert results(whole) == {name: expected[name] for name in ("beats", "waveform")}
    assert named(models)["loudness_ebur128:2"]["parameters"]["curves"]


@pytest.mark.parametrize("mode", PROTOCOLS)
def test_the_tools_say_that_they_change_nothing(tools: Server, mode: str) -> None:
    async def listed() -> dict[str, Any]:
        async with assistant(tools, mode) as client:
            return {tool.name: tool.annotations for tool in (await client.list_tools()).tools}

    annotations = asyncio.run(listed())
    assert annotations.keys() == {"analyze_audio", "list_models"}
    assert [each.read_only_hint for each in annotations.values()] == [True, True]
    assert annotations["analyze_audio"].open_world_hint


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"url": "/etc/passwd"}, "audio-url"),
        ({"url": "file:///etc/passwd"}, "audio-url"),
        ({"url": "http://10.0.0.1/track.mp3"}, "not a public"),
        ({"url": "http://[::ffff:169.254.169.254]/latest/meta-data/"}, "not a public"),
        ({"url": "{web}/to-metadata"}, "not a public"),
        ({"url": "{web}/to-file"}, "http"),
        ({"url": "{web}/track.wav", "models": "kee"}, "Did you mean key? Call list_models."),
        ({"url": "{web}/track.wav", "models": "silence(gap=0)"}, "less than the minimum"),
        ({"url": "{web}/nothing"}, "404"),
        ({"source": "/etc/passwd"}, "url"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said(tools: Server, web: Web, arguments: dict[str, str], told: str) -> None:
    """Files of the server and addresses within its network are not read, whatever they are called."""
    filled = {name: value.replace("{web}", web.url("")) for name, value in arguments.items()}
    (answer,) = ask(lambda: assistant(tools), ("analyze_audio", filled))
    assert answer.is_error
    assert told in words(answer)
    assert "root:" not in words(answer)


@pytest.mark.parametrize("mode", PROTOCOLS)
def test_a_full_result_has_a_limit(tools: Server, web: Web, mode: str) -> None:
    """What is as long as it may be comes through."""
    one, two = "waveform(points=9000)", "waveform(points=9000),waveform(points=8999)"
    full, short, over = ask(
        lambda: assistant(tools, mode),
        ("analyze_audio", {"url": web.url("/track.wav"), "models": one, "full": True}),
        ("analyze_audio", {"url": web.url("/track.wav"), "models": two}),
        ("analyze_audio", {"url": web.url("/track.wav"), "models": two, "full": True}),
    )
    assert len(results(full)["waveform"]["rms"]) == 9000
    assert json.loads(words(full))["results"] == results(full)
    assert len(results(short)) == 2
    assert over.is_error
    assert "Leave `full` out" in words(over)


@pytest.mark.parametrize("mode", PROTOCOLS)
def test_without_a_key_nothing_is_told(guarded: Server, mode: str) -> None:
    for key in (None, "ta_wrong"):
        with pytest.raises((MCPError, ExceptionGroup, httpx2.HTTPError)):
            ask(lambda key=key: assistant(guarded, mode, key), ("list_models", {}))  # type: ignore[misc]
    answer = post(guarded, INITIALIZE)
    assert answer.status == 401
    assert answer.header("WWW-Authenticate") == "Bearer"


def test_a_key_has_the_limits_that_it_has_elsewhere(guarded: Server, web: Web, track: bytes) -> None:
    call = ("analyze_audio", {"url": web.url("/track.wav"), "models": "key"})
    (first,) = ask(lambda: assistant(guarded, key=KEY), call)
    assert results(first)["key"]["key"] == ["A"]
    assert guarded.analyze(track, "key", {"Authorization": f"Bearer {KEY}"}).status == 200
    (third,) = ask(lambda: assistant(guarded, key=KEY), call)
    assert third.is_error
    assert "Too many requests. Try again in " in words(third)
    # What analyses nothing is not counted.
    (models,) = ask(lambda: assistant(guarded, key=KEY), ("list_models", {}))
    assert named(models)["key"]
    with guarded.open() as exchange:
        exchange.request("GET", "/metrics")
        metrics = exchange.answer().body().decode()
    assert 'tonearm_requests_total{outcome="completed"} 2.0' in metrics
    assert 'tonearm_requests_total{outcome="429"} 1.0' in metrics
    assert 'tonearm_key_requests_total{key="assistant"} 3.0' in metrics
    assert "tonearm_audio_seconds_total 40.0" in metrics


def test_the_log_has_a_line_for_each_and_no_address(tools: Server, web: Web) -> None:
    secret = web.url("/track.wav?secret=word")
    ask(
        lambda: assistant(tools),
        ("analyze_audio", {"url": secret, "models": "onset_rate"}),
        ("analyze_audio", {"url": "http://10.0.0.1/secret", "models": "onset_rate"}),
    )
    wait_for(lambda: sum("models=onset_rate:1" in line for line in tools.log) == 2)
    assert any("path=/mcp" in line and "outcome=400" in line for line in tools.log)
    assert not [line for line in tools.log if "secret" in line]


@pytest.mark.parametrize("mode", PROTOCOLS)
def test_who_leaves_frees_the_worker(tools: Server, web: Web, mode: str) -> None:
    def free() -> int:
        return int(tools.get("/readyz")[1]["free"])

    async def leave() -> None:
        async with assistant(tools, mode) as client:
            arguments = {"url": web.url("/stalls"), "models": "key"}
            call = asyncio.create_task(client.call_tool("analyze_audio", arguments))
            await asyncio.to_thread(wait_for, lambda: free() == before - 1)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)

    before = free()
    asyncio.run(leave())
    wait_for(lambda: free() == before)
    assert not [line for line in tools.log if "ERROR" in line]


@pytest.mark.release
@pytest.mark.parametrize("mode", PROTOCOLS)
def test_the_end_of_the_server_is_said(track: bytes, mode: str) -> None:
    async def wait(server: Server, web: Web) -> CallToolResult:
        async with assistant(server, mode) as client:
            call = asyncio.create_task(client.call_tool("analyze_audio", {"url": web.url("/stalls"), "models": "key"}))
            await asyncio.to_thread(wait_for, lambda: web.requested)
            server.process.terminate()
            return await call

    with (
        Web.started({"/track.wav": track}) as web,
        Server.started(
            TONEARM_WORKERS="1", TONEARM_MCP="on", TONEARM_GRACE_SECONDS="1", TONEARM_FETCH_ALLOW="127.0.0.0/8"
        ) as server,
    ):
        answer = asyncio.run(wait(server, web))
        assert answer.is_error
        assert "This server is shutting down. Try again in 1 s." in words(answer)
        assert server.process.wait(PATIENCE_SECONDS) == 0
        assert not [line for line in server.log if "ERROR" in line]


def test_a_client_that_does_not_read_its_answer_is_left() -> None:
    async def blocked(message: Message) -> None:
        await asyncio.Event().wait()

    async def silent() -> Message:
        await asyncio.Event().wait()
        return {"type": "http.request"}

    async def conversation() -> list[Message]:
        exchange = Exchange(b"asked", Upload(silent, 0, 60, 60), blocked, 0.01)
        received = [await exchange.receive()]
        await exchange.send({"type": "http.response.body"})
        return [*received, await exchange.receive()]

    asked, gone = asyncio.run(conversation())
    assert (asked["body"], asked["more_body"]) == (b"asked", False)
    assert gone == {"type": "http.disconnect"}


def test_a_message_may_not_be_long(tools: Server) -> None:
    answer = post(tools, INITIALIZE | {"padding": "x" * (64 << 10)})
    assert answer.status == 413
    assert answer.detail == "A message to /mcp has at most 65536 bytes."


def test_only_messages_are_taken(tools: Server) -> None:
    assert post(tools, INITIALIZE).status == 200
    assert post(tools, [INITIALIZE]).status == 400
    assert post(tools, INITIALIZE, Origin="https://evil.test").status == 403
    with tools.open() as exchange:
        exchange.request("GET", "/mcp", {"Accept": "text/event-stream"})
        assert exchange.answer().status == 405


def test_it_is_off_by_default(server: Server) -> None:
    assert post(server, INITIALIZE).status == 404


def test_nothing_runs_in_the_process_that_speaks_http(tools: Server) -> None:
    with open(f"/proc/{tools.process.pid}/maps") as maps:
        mapped = maps.read()
    assert not [name for name in ("essentia", "libavcodec", "numba", "llvmlite") if name in mapped]
