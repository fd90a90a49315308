"""A web server that keeps no rule of HTTP: each path answers with the bytes of its script."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

Script = Callable[[], Iterable[bytes]]
"""What is sent, piece by piece; then the connection is closed."""


class Hostile(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, scripts: dict[str, Script]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scripts = scripts
        self.requests: list[bytes] = []
        """The head of each request, as it came."""

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is not this server's error."""

    @classmethod
    @contextmanager
    def started(cls, scripts: dict[str, Script]) -> Iterator[Hostile]:
        server = cls(scripts)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Handler(socketserver.StreamRequestHandler):
    server: Hostile

    def handle(self) -> None:
        head = b""
        while (line := self.rfile.readline()) not in {b"\r\n", b""}:
            head += line
        self.server.requests.append(head)
        path = head.split(b" ")[1].decode()
        with suppress(OSError):
            for piece in self.server.scripts[path]():
                self.wfile.write(piece)


def head(*headers: str, status: str = "200 OK") -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *headers, "", "")).encode("latin-1")


def whole(body: bytes, *headers: str, status: str = "200 OK") -> Script:
    return lambda: [head(f"Content-Length: {len(body)}", *headers, status=status), body]


def redirect(target: str) -> Script:
    return whole(b"", f"Location: {target}", status="302 Found")


def forever(piece: bytes, seconds: float = 0.0) -> Iterator[bytes]:
    while True:
        yield piece
        time.sleep(seconds)
