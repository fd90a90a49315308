"""A web server that does to downloads what web servers do, on real sockets of this machine."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


class Web(ThreadingHTTPServer):
    """Serves `files` by path; a few paths misbehave on purpose. Remembers what was asked for."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, files: dict[str, bytes], address: str = "127.0.0.1") -> None:
        super().__init__((address, 0), _Handler)
        self.files = files
        self.requested: list[tuple[str, dict[str, str]]] = []
        self.left = threading.Event()
        """Set when a listener of /radio has gone."""

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is not this server's error."""

    @classmethod
    @contextmanager
    def started(cls, files: dict[str, bytes]) -> Iterator[Web]:
        web = cls(files)
        thread = threading.Thread(target=web.serve_forever, daemon=True)
        thread.start()
        try:
            yield web
        finally:
            web.shutdown()
            thread.join()
            web.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Web
    redirects: ClassVar[dict[str, str]] = {
        "/relative": "/track.wav",
        "/absolute": "{base}/track.wav",
        "/twice": "/relative",
        "/loop": "/loop",
        "/to-private": "http://10.0.0.1/track.wav",
        "/to-metadata": "http://169.254.169.254/latest/meta-data/",
        "/to-file": "file:///etc/passwd",
        "/to-nowhere": "",
    }

    def do_GET(self) -> None:
        self.server.requested.append((self.path, dict(self.headers)))
        if self.path in self.redirects:
            self.send_response(302)
            self.send_header("Location", self.redirects[self.path].format(base=self.server.url("")))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        file = self.server.files["/track.wav"]
        if self.path == "/compressed":
            self._head(len(file), ("Content-Encoding", "gzip"))
            self.wfile.write(file)
        elif self.path == "/cut-off":
            self._head(len(file))
            self.wfile.write(file[: len(file) // 2])
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        elif self.path == "/huge":
            self._head(10**12)
            self.wfile.write(file)
        elif self.path == "/endless":
            self._head(None)
            while True:
                self.wfile.write(b"10000\r\n" + bytes(1 << 16) + b"\r\n")
        elif self.path == "/radio":
            self._head(None)
            try:
                while True:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(file), file))
            except OSError:
                self.server.left.set()
                raise
        elif self.path == "/trickle":
            self._head(len(file))
            for byte in file:
                self.wfile.write(bytes([byte]))
                time.sleep(0.2)
        elif self.path == "/stalls":
            self._head(len(file))
            self.wfile.write(file[: 1 << 17])
            time.sleep(3600)
        elif self.path in self.server.files:
            self._head(len(self.server.files[self.path]))
            self.wfile.write(self.server.files[self.path])
        else:
            self.send_error(404)

    def _head(self, length: int | None, *headers: tuple[str, str]) -> None:
        self.send_response(200)
        self.send_header(*(("Transfer-Encoding", "chunked") if length is None else ("Content-Length", str(length))))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: the tests look at what was asked."""
