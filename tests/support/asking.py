"""One request for a file of the page, and the policy that each of them has."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection

from tests.support.http import Server
from tests.support.waiting import PATIENCE_SECONDS

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass
class Reply:
    status: int
    headers: Message
    body: bytes

    def header(self, name: str) -> str:
        return str(self.headers[name])


def ask(server: Server, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> Reply:
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)) as connection:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())
