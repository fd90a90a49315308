"""A WebSocket of the server, spoken with a client library."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.support.waiting import PATIENCE_SECONDS

END = '{"end":true}'


@dataclass
class Socket:
    connection: ClientConnection

    def next(self) -> dict[str, Any] | None:
        """The next event, None when the server has closed."""
        try:
            text = self.connection.recv(PATIENCE_SECONDS)
        except ConnectionClosed:
            return None
        assert isinstance(text, str)
        event: dict[str, Any] = json.loads(text)
        return event

    def send(self, audio: bytes | Iterable[bytes]) -> None:
        for piece in (
            [audio[at : at + 50_000] for at in range(0, len(audio), 50_000)] if isinstance(audio, bytes) else audio
        ):
            self.connection.send(piece)

    def finish(self) -> list[dict[str, Any]]:
        """End the audio, and read what is left."""
        self.connection.send(END)
        return self.rest()

    def rest(self) -> list[dict[str, Any]]:
        events = []
        while event := self.next():
            events.append(event)
        return events

    @property
    def closed_with(self) -> tuple[int, str]:
        """Code and reason, once it is closed."""
        assert self.connection.close_code is not None
        return self.connection.close_code, self.connection.close_reason or ""


def address(port: int, **query: str | int) -> str:
    return f"ws://127.0.0.1:{port}/v1/analysis/live?{urlencode(query)}"


@contextmanager
def opened(
    port: int, headers: Mapping[str, str] | None = None, origin: str | None = None, **query: str | int
) -> Iterator[Socket]:
    """With the query of a request for an analysis."""
    with connect(
        address(port, **query),
        origin=origin,  # type: ignore[arg-type]
        additional_headers=headers,
        max_size=None,
        proxy=None,
        open_timeout=PATIENCE_SECONDS,
        close_timeout=PATIENCE_SECONDS,
        ping_interval=None,
    ) as connection:
        yield Socket(connection)


def refusal(
    port: int, headers: Mapping[str, str] | None = None, origin: str | None = None, **query: str | int
) -> tuple[int, Any, Mapping[str, str]]:
    """Status, detail and headers of the HTTP response to a handshake that is refused."""
    try:
        with opened(port, headers, origin, **query):
            raise AssertionError("the handshake was accepted")
    except InvalidStatus as refused:
        answer = refused.response
        return answer.status_code, json.loads(answer.body)["detail"], answer.headers


def results(events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """By the name asked for."""
    return {
        event["result"]["model_name"]: event["result"]["results"] for event in events if event["status"] == "completed"
    }
