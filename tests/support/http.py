"""The real server as a process, and HTTP spoken to it over a plain socket, in both directions at once."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPResponse
from typing import Any
from urllib.parse import quote

from tests.support.processes import workers_of
from tests.support.waiting import PATIENCE_SECONDS

_DEFAULTS = {
    "TONEARM_WORKERS": "1",
    "TONEARM_RATE_LIMIT": "off",
    "TONEARM_QUEUE_SECONDS": "600",
    "TONEARM_STALL_SECONDS": "600",
}
"""One worker starts in half the time of two, and a machine that stands still for a minute changes no verdict."""
_READY = re.compile(r"Tonearm is ready: open http://127\.0\.0\.1:(\d+)")


class Server:
    """A running `tonearm serve`."""

    def __init__(self, process: subprocess.Popen[str], port: int, lines: list[str]) -> None:
        self.process = process
        self.port = port
        self.log = lines

    @classmethod
    @contextmanager
    def started(cls, within: Sequence[str] = (), **settings: str) -> Iterator[Server]:
        """`within` is a command that runs the one which follows it, such as `setpriv`."""
        process = subprocess.Popen(
            [*within, sys.executable, "-m", "tonearm", "serve", "--port", "0"],
            env={**os.environ, **_DEFAULTS, **settings},
            stderr=subprocess.PIPE,
            text=True,
        )
        lines: list[str] = []
        ready = threading.Event()
        reader = threading.Thread(target=_keep_lines, args=(process, lines, ready), daemon=True)
        reader.start()
        try:
            assert ready.wait(PATIENCE_SECONDS), "".join(lines)
            port = next(int(found[1]) for line in lines if (found := _READY.search(line)))
            yield cls(process, port, lines)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_SECONDS)
            reader.join(5)
            assert process.stderr is not None
            process.stderr.close()

    def workers(self) -> list[int]:
        """Process ids of the workers alive."""
        return workers_of(self.process.pid)

    def get(self, path: str) -> tuple[int, Any]:
        with self.open() as exchange:
            exchange.request("GET", path)
            return exchange.answer().status, json.loads(exchange.answer().body())

    @contextmanager
    def open(self) -> Iterator[Exchange]:
        with Exchange.opened(self.port) as exchange:
            yield exchange

    def analyze(
        self,
        body: bytes | Iterable[bytes] = b"",
        models: str = "key",
        headers: dict[str, str] | None = None,
        *,
        leave: bool = False,
    ) -> Answer:
        """Post a body, whole with its length or as chunks, and read the answer to its end.

        With `leave` hang up at `finished`: the server goes on reading a body without end for a minute.
        """
        with self.open() as exchange:
            exchange.post(models, headers, len(body) if isinstance(body, bytes) else None)
            sender = threading.Thread(target=exchange.send_body, args=(body,))
            sender.start()
            answer = exchange.answer()
            if leave:
                while (answer.next_event() or {"status": "finished"})["status"] != "finished":
                    pass
            else:
                answer.finish()
            with suppress(OSError):
                # Whoever has the answer sends no further.
                exchange.connection.shutdown(socket.SHUT_RDWR)
            sender.join()
            return answer


@dataclass
class Answer:
    response: HTTPResponse
    begun: float
    events: list[dict[str, Any]] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    raw: bytes = b""

    @property
    def status(self) -> int:
        return self.response.status

    def header(self, name: str) -> str:
        return self.response.headers[name]

    def body(self) -> bytes:
        self.raw = self.raw or self.response.read()
        return self.raw

    @property
    def detail(self) -> Any:
        return json.loads(self.body())["detail"]

    def next_event(self) -> dict[str, Any] | None:
        """The next event of the stream, None at its end; every line before it must be of the format."""
        while line := self.response.readline():
            self.raw += line
            if line.startswith(b"data: "):
                blank = self.response.readline()
                assert blank == b"\n"
                self.raw += blank
                self.events.append(json.loads(line[6:]))
                self.arrivals.append(time.monotonic() - self.begun)
                return self.events[-1]
            assert line.startswith(b":") or line == b"\n", line
        return None

    def finish(self) -> None:
        if self.status == 200 and self.header("Content-Type").startswith("text/event-stream"):
            while self.next_event():
                pass
        else:
            self.body()

    @property
    def statuses(self) -> list[str]:
        return [event["status"] for event in self.events]

    @property
    def results(self) -> dict[str, Any]:
        """Results by the name asked for."""
        completed = [event["result"] for event in self.events if event["status"] == "completed"]
        return {result["model_name"]: result["results"] for result in completed}


class Exchange:
    """One HTTP/1.1 exchange. Sending and receiving are independent of each other."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.begun = time.monotonic()
        self._answer: Answer | None = None
        self._chunked = False

    @classmethod
    @contextmanager
    def opened(cls, port: int) -> Iterator[Exchange]:
        """With a server of this machine, or with a proxy in front of it."""
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
            exchange = cls(connection)
            try:
                yield exchange
            finally:
                exchange.forget()

    def request(self, method: str, path: str, headers: dict[str, str] | None = None) -> None:
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def post(
        self, models: str, headers: dict[str, str] | None = None, length: int | None = None, query: str = ""
    ) -> None:
        """`query` is what follows the models in it, such as `&partial=1`."""
        self._chunked = length is None
        framing = {"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": str(length)}
        self.request("POST", f"/v1/analysis/stream?models={quote(models)}{query}", {**framing, **(headers or {})})

    def send(self, data: bytes) -> None:
        self.connection.sendall(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)

    def end(self) -> None:
        if self._chunked:
            self.connection.sendall(b"0\r\n\r\n")

    def send_body(self, body: bytes | Iterable[bytes]) -> None:
        """All of it; a server that has answered and closed the connection ends it early."""
        try:
            for chunk in [body] if isinstance(body, bytes) else body:
                self.send(chunk)
            self.end()
        except (BrokenPipeError, ConnectionResetError):
            pass

    def answer(self) -> Answer:
        """The response, once its headers are there."""
        if self._answer is None:
            response = HTTPResponse(self.connection)
            response.begin()
            self._answer = Answer(response, self.begun)
        return self._answer

    def forget(self) -> None:
        """Let the answer go: another request may follow on the same connection."""
        if self._answer is not None:
            self._answer.response.close()
            self._answer = None


def _keep_lines(process: subprocess.Popen[str], lines: list[str], ready: threading.Event) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        lines.append(line)
        if _READY.search(line):
            ready.set()
    ready.set()
