"""Tonearm through HTTP on loopback: a server as a process, asked by the client."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, sleep

from bench.process import children, cpu_seconds
from tonearm import Client
from tonearm.protocol.messages import Completed, Finished, Started

MODELS = "key:1,bpm_degara,loudness-ebur128"
_CHUNK = 1 << 16


@dataclass
class Request:
    """When things happened, in seconds from the beginning; what was sent is known of a paced upload only."""

    started: float = 0.0
    started_after_bytes: int = 0
    sent: int = 0
    last_byte: float = 0.0
    finished: float = 0.0


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
            env={
                **os.environ,
                "TONEARM_LOG_LEVEL": "error",
                "TONEARM_RATE_LIMIT": "off",
                "TONEARM_PULL_NETWORKS": "off",
                **settings,
            },
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
        begun = monotonic()
        completed = 0
        source = audio if bits_per_second is None else _paced(audio, begun, bits_per_second, request)
        for event in Client(f"http://127.0.0.1:{self.port}").stream(source, models):
            completed += isinstance(event, Completed)
            if isinstance(event, Started):
                request.started, request.started_after_bytes = monotonic() - begun, request.sent
            elif isinstance(event, Finished):
                request.finished = monotonic() - begun
        assert completed == models.count(",") + 1
        return request


def _paced(audio: bytes, begun: float, bits_per_second: float, request: Request) -> Iterator[bytes]:
    for start in range(0, len(audio), _CHUNK):
        sleep(max(0.0, begun + 8 * start / bits_per_second - monotonic()))
        yield audio[start : start + _CHUNK]
        request.sent = min(start + _CHUNK, len(audio))
    request.last_byte = monotonic() - begun
