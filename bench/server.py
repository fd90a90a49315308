"""Tonearm through HTTP on loopback: a server as a process, and requests that send and receive at the same time."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPResponse
from time import monotonic, sleep
from typing import Any

from bench.process import children, cpu_seconds

MODELS = "key:1,bpm_degara,loudness-ebur128"
_CHUNK = 1 << 16


@dataclass
class Request:
    """When things happened, in seconds from the first byte sent."""

    started: float = 0.0
    started_after_bytes: int = 0
    last_byte: float = 0.0
    finished: float = 0.0
    events: list[dict[str, Any]] = field(default_factory=list)
    _sent: int = 0


class Server:
    def __init__(self, process: subprocess.Popen[bytes], port: int, ready: float) -> None:
        self.pid = process.pid
        self.port = port
        self.ready = ready

    @classmethod
    @contextmanager
    def started(cls, **settings: str) -> Iterator[Server]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        begun = monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "tonearm", "serve", "--port", str(port)],
            env={**os.environ, "TONEARM_LOG_LEVEL": "error", "TONEARM_RATE_LIMIT": "off", **settings},
        )
        try:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except ConnectionRefusedError:
                    assert process.poll() is None, "the server did not start"
                    sleep(0.01)
            yield cls(process, port, monotonic() - begun)
        finally:
            process.terminate()
            process.wait()

    @property
    def workers(self) -> list[int]:
        return children(self.pid)

    def cpu(self) -> float:
        return sum(map(cpu_seconds, [self.pid, *self.workers]))

    def analyze(self, audio: bytes, models: str = MODELS, bits_per_second: float | None = None) -> Request:
        """Post the audio, at a pace where one is given, and read the answer to its end."""
        request = Request()
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            head = f"POST /v1/analysis/stream?models={models} HTTP/1.1\r\nHost: localhost\r\n"
            begun = monotonic()
            connection.sendall(f"{head}Content-Length: {len(audio)}\r\n\r\n".encode())
            sender = threading.Thread(target=_send, args=(connection, audio, begun, bits_per_second, request))
            sender.start()
            response = HTTPResponse(connection)
            response.begin()
            while not request.finished and (line := response.readline()):
                if line.startswith(b"data: "):
                    event = json.loads(line[6:])
                    request.events.append(event)
                    if event["status"] == "started":
                        request.started, request.started_after_bytes = monotonic() - begun, request._sent
                    elif event["status"] == "finished":
                        request.finished = monotonic() - begun
            sender.join()
        completed = [event for event in request.events if event["status"] == "completed"]
        assert len(completed) == models.count(",") + 1, request.events
        return request


def _send(
    connection: socket.socket, audio: bytes, begun: float, bits_per_second: float | None, request: Request
) -> None:
    for start in range(0, len(audio), _CHUNK):
        if bits_per_second:
            sleep(max(0.0, begun + 8 * start / bits_per_second - monotonic()))
        connection.sendall(audio[start : start + _CHUNK])
        request._sent = min(start + _CHUNK, len(audio))
    request.last_byte = monotonic() - begun
