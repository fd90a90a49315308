"""The client behind a proxy, which forwards what it sends and receives at the same time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.client.sending import analyses_while_it_sends
from tests.support import command
from tests.support.certificates import self_signed
from tests.support.forward_proxy import ForwardProxy, encrypted
from tests.support.http import Server
from tests.support.programs import needs
from tonearm import Client, errors
from tonearm.client.proxy import proxy_for

HOST = "studio.test"
"""A name that only the proxy knows."""


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One that has a name."""
    with Server.started(TONEARM_WORKERS="1", TONEARM_ALLOWED_HOSTS=HOST) as running:
        yield running


def test_http(server: Server, track: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with ForwardProxy.started() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        analyses_while_it_sends(Client(f"http://{HOST}:{server.port}"), track)
    url = f"http://{HOST}:{server.port}/v1/analysis/stream?models=key"
    assert proxy.asked == [f"POST {url} HTTP/1.1"]


@needs("openssl")
def test_https(server: Server, track: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    certificate, context = self_signed(tmp_path, HOST)
    with ForwardProxy.started() as proxy, encrypted(server.port, context) as port:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(errors.ConnectionLost, match=f"through the proxy 127.0.0.1:{proxy.port}: .*certificate"):
            Client(f"https://{HOST}:{port}").models()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        analyses_while_it_sends(Client(f"https://{HOST}:{port}"), track)
    assert proxy.asked == [f"CONNECT {HOST}:{port} HTTP/1.1"] * 2


def test_a_password(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(f"http://{HOST}:{server.port}")
    # "user" and "a:b" in base64.
    with ForwardProxy.started("Basic dXNlcjphOmI=") as proxy:
        monkeypatch.setenv("ALL_PROXY", f"user:a%3Ab@127.0.0.1:{proxy.port}")
        assert client.models()
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with pytest.raises(errors.BadRequest, match="The proxy wants a user name"):
            client.models()


def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with ForwardProxy.started(refuses=True) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        words = f"The proxy 127.0.0.1:{proxy.port} did not connect to {HOST}:443: HTTP 403"
        with pytest.raises(errors.ConnectionLost, match=words):
            Client(f"https://{HOST}").models()


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with ForwardProxy.started() as proxy:
        pass
    monkeypatch.setenv("HTTP_PROXY", f"http://user:secret@127.0.0.1:{proxy.port}")
    words = f"Cannot reach http://{HOST} through the proxy 127.0.0.1:{proxy.port}"
    with pytest.raises(errors.ConnectionLost, match=words) as caught:
        Client(f"http://{HOST}").models()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("value", ["socks5://127.0.0.1:1080", "https://proxy:443", "http://", "http://proxy:port"])
def test_a_proxy_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ALL_PROXY", value)
    with pytest.raises(errors.ConnectionLost, match="only one with an address such as http://proxy:3128"):
        Client(f"http://{HOST}").models()


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://studio.test", "proxy:3128"),
        ("https://studio.test", "secure:80"),
        ("http://near.example.com:8000", None),
        ("https://near.example.com", None),
        ("http://nowhere.test:8000", None),
        ("http://nowhere.test", "proxy:3128"),
        ("http://localhost:8000", None),
        ("http://127.0.0.2", None),
        ("http://[::1]:8000", None),
        ("http://[2001:db8::1]", "proxy:3128"),
    ],
)
def test_which_proxy(monkeypatch: pytest.MonkeyPatch, url: str, asked: str | None) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy:3128")
    monkeypatch.setenv("HTTPS_PROXY", "secure")
    monkeypatch.setenv("ALL_PROXY", "socks5://unused")
    monkeypatch.setenv("NO_PROXY", "example.com, nowhere.test:8000")
    proxy = proxy_for(urlsplit(url))
    assert (None if proxy is None else str(proxy)) == asked


@pytest.mark.release
def test_the_command(server: Server, track: bytes, tmp_path: Path) -> None:
    file = tmp_path / "track.wav"
    file.write_bytes(track)
    with ForwardProxy.started() as proxy:
        arguments = ("analyze", file, "--models", "key", "--server", f"http://{HOST}:{server.port}")
        done = command.tonearm(*arguments, HTTP_PROXY=proxy.url)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"A minor" in done.stdout
