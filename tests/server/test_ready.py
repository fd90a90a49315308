"""The last line of the start: where to open the server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tonearm.server.uvicorn_server import bind, url


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.2", "127.0.0.2"),
        ("0.0.0.0", "127.0.0.1"),
        ("::1", "[::1]"),
        ("::", "[::1]"),
    ],
)
def test_it_is_an_address_that_a_browser_reaches(host: str, shown: str) -> None:
    try:
        sockets = bind(host, 0)
    except OSError:
        pytest.skip(f"this machine has no {host}")
    with ExitStack() as stack:
        for listening in sockets:
            stack.enter_context(closing(listening)).listen()
        address = urlsplit(url(sockets))
        assert address.netloc == f"{shown}:{sockets[0].getsockname()[1]}"
        socket.create_connection((address.hostname, address.port), timeout=10).close()


def test_of_several_addresses_it_is_that_of_ipv4() -> None:
    with socket.socket(socket.AF_INET6) as six, socket.socket() as four:
        try:
            six.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6")
        four.bind(("127.0.0.1", 0))
        assert url([six, four]) == f"http://127.0.0.1:{four.getsockname()[1]}"


@pytest.mark.release
@pytest.mark.parametrize("form", ["line", "json"])
def test_it_ends_the_start_of_a_server_that_answers(form: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tonearm", "serve", "--port", "0", "--host", "0.0.0.0"],
        env={**os.environ, "TONEARM_WORKERS": "1", "TONEARM_LOG_FORMAT": form},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "Tonearm is ready" in line)
        message = json.loads(line)["message"] if form == "json" else line.strip()
        before, _, address = message.rpartition("Tonearm is ready: open ")
        assert bool(before) == (form == "line")
        connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
        connection.request("GET", "/readyz")
        assert json.load(connection.getresponse())["ready"] is True
        connection.close()
    finally:
        process.terminate()
        process.communicate(timeout=60)
