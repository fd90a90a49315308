"""The answer while its stream is silent, and its end where the stream cannot be brought to its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator

import pytest
from starlette.types import Message

from tests.support.waiting import PATIENCE_SECONDS
from tonearm.protocol.events import Event, finished, started
from tonearm.server import response as module
from tonearm.server.request_record import Recorder
from tonearm.server.response import EventResponse
from tonearm.server.sse import ServerSentEvents
from tonearm.server.upload import Upload


def test_a_stream_that_breaks_off_by_our_fault_still_ends_with_finished() -> None:
    async def events() -> AsyncGenerator[Event, None]:
        yield started(2)
        raise ArithmeticError("nobody foresaw this")

    messages: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not messages:
            await asyncio.sleep(3600)
        return messages.pop()

    sent: list[bytes] = []

    async def send(message: Message) -> None:
        sent.append(message.get("body", b""))

    async def stream() -> None:
        upload = Upload(receive, limit=100, idle_seconds=60, max_seconds=60)
        await upload.peek()
        generator = events()
        response = EventResponse(
            ServerSentEvents(), await anext(generator), generator, upload, Recorder(), 2, idle_seconds=60
        )
        await response({"type": "http"}, receive, send)

    asyncio.run(stream())
    statuses = [json.loads(body[6:])["status"] for body in sent if body]
    assert statuses == ["started", "error", "finished"]
    assert b"nobody foresaw" not in b"".join(sent)


def test_a_client_that_does_not_read_lets_its_worker_go() -> None:
    """`send` that never returns stands for a full socket: filling a real one takes hours of audio."""
    closed = []

    async def events() -> AsyncGenerator[Event, None]:
        try:
            yield finished(1)
            yield finished(1)
        finally:
            closed.append(True)

    async def receive() -> Message:
        await asyncio.sleep(3600)
        raise AssertionError

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(3600)

    async def stream() -> None:
        upload = Upload(receive, limit=100, idle_seconds=60, max_seconds=60)
        generator = events()
        first = await anext(generator)
        response = EventResponse(ServerSentEvents(), first, generator, upload, Recorder(), 1, idle_seconds=0.2)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await response({"type": "http"}, receive, send)
        assert closed

    asyncio.run(stream())


def test_an_idle_stream_is_kept_alive_by_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEEP_ALIVE_SECONDS", 0.01)
    kept_alive = asyncio.Event()
    sent: list[bytes] = []

    async def events() -> AsyncGenerator[Event, None]:
        yield started(1)
        await kept_alive.wait()
        yield finished(1)

    messages: list[Message] = [{"type": "http.request", "body": b"audio", "more_body": False}]

    async def receive() -> Message:
        if not messages:
            await asyncio.sleep(3600)
        return messages.pop()

    async def send(message: Message) -> None:
        sent.append(message.get("body", b""))
        if sent[-1] == b": keep-alive\n\n":
            kept_alive.set()

    async def stream() -> None:
        upload = Upload(receive, limit=100, idle_seconds=60, max_seconds=60)
        await upload.peek()
        generator = events()
        first = await anext(generator)
        response = EventResponse(ServerSentEvents(), first, generator, upload, Recorder(), 1, idle_seconds=60)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await response({"type": "http"}, receive, send)

    asyncio.run(stream())
    assert sent[1].startswith(b'data: {"status":"started"')
    assert b'"finished"' in sent[-2]
    assert set(sent[2:-2]) == {b": keep-alive\n\n"}
