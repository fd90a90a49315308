"""Pages in a browser that can reach the server, and names that lead to it."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from tests.support.http import Server
from tonearm import api_keys
from tonearm.config import Settings
from tonearm.server.origin import Policy

KEY = api_keys.parse("0" * 64)
LOOPBACK = (ip_network("127.0.0.0/8"),)


def refused(headers: dict[str, str], method: str = "POST", peer: str = "127.0.0.1", **settings: Any) -> bool:
    scope = {
        "type": "http",
        "method": method,
        "client": (peer, 1),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    return Policy.of(Settings(**settings)).complaint(scope) is not None


@pytest.mark.parametrize(
    ("origin", "host", "expected"),
    [
        (None, "127.0.0.1:8000", False),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", False),
        ("http://localhost:8000", "localhost:8000", False),
        ("http://LOCALHOST:8000", "localhost:8000", False),
        ("http://127.0.0.1:9000", "127.0.0.1:8000", True),
        ("http://localhost:8000", "127.0.0.1:8000", True),
        ("http://evil.test", "127.0.0.1:8000", True),
        ("null", "127.0.0.1:8000", True),
        ("http://[", "127.0.0.1:8000", True),
        ("", "127.0.0.1:8000", True),
    ],
)
def test_a_page_of_another_origin_may_not_post(origin: str | None, host: str, expected: bool) -> None:
    headers = {"host": host, **({} if origin is None else {"origin": origin})}
    assert refused(headers) is expected
    assert not refused(headers, "GET")


@pytest.mark.parametrize(
    ("site", "expected"), [("same-origin", False), ("none", False), ("same-site", True), ("cross-site", True)]
)
def test_a_browser_that_says_where_the_page_is_from_is_believed(site: str, expected: bool) -> None:
    """It knows the page's address, even if a proxy has changed the Host."""
    assert refused({"host": "127.0.0.1:8000", "origin": "https://music.test", "sec-fetch-site": site}) is expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1:8000", False),
        ("127.0.0.1", False),
        ("[::1]:8000", False),
        ("192.168.1.7:8000", False),
        ("localhost:8000", False),
        ("Localhost.", False),
        ("tonearm.localhost:8000", False),
        ("evil.test:8000", True),
        ("127.0.0.1.evil.test", True),
        ("localhost.evil.test", True),
        ("evil.test:8000:9000", True),
        ("", True),
    ],
)
def test_a_name_that_leads_to_a_local_server_may_not_be_used(host: str, expected: bool) -> None:
    assert refused({"host": host}) is expected
    assert refused({"host": host}, "GET") is expected
    assert refused({"host": host, "x-forwarded-for": "192.0.2.1"}) is expected


def test_other_servers_may_have_any_name() -> None:
    named = {"host": "music.test", "origin": "https://music.test"}
    assert not refused(named, host="0.0.0.0")
    assert not refused(named, api_keys=(KEY,))
    assert not refused(named, allowed_hosts="music.test")
    assert not refused(named, allowed_hosts="*")
    assert refused({"host": "evil.test"}, host="0.0.0.0", allowed_hosts="music.test")


def test_behind_a_proxy_the_host_may_be_another() -> None:
    passed = {"host": "127.0.0.1:8000", "origin": "https://music.test"}
    assert refused(passed)
    assert not refused({**passed, "x-forwarded-for": "192.0.2.1"})
    assert not refused(passed, trusted_proxies=LOOPBACK)
    assert not refused({**passed, "host": "music.test"}, trusted_proxies=LOOPBACK)
    assert refused(passed, peer="10.0.0.1", trusted_proxies=LOOPBACK)


def test_an_allowed_name_may_call_from_elsewhere() -> None:
    call = {"host": "127.0.0.1:8000", "origin": "https://music.test", "sec-fetch-site": "cross-site"}
    assert not refused(call, allowed_hosts="music.test")
    assert refused({**call, "origin": "https://evil.test"}, allowed_hosts="music.test")


@pytest.mark.parametrize("value", ["https://music.test", "music.test:8000", "*.test"])
def test_an_allowed_host_is_a_name(value: str) -> None:
    with pytest.raises(ValueError, match=r"music\.example\.com"):
        Settings(allowed_hosts=value)


def test_the_server_refuses_with_words(server: Server, track: bytes) -> None:
    answer = server.analyze(track, "key", {"Origin": "http://evil.test"})
    assert answer.status == 403
    assert "Pages of http://evil.test may not use this server" in answer.detail
    assert answer.header("X-Correlation-ID")
    with server.open() as exchange:
        exchange.connection.sendall(b"GET /v1/models HTTP/1.1\r\nHost: evil.test\r\n\r\n")
        assert exchange.answer().status == 403
        assert "TONEARM_ALLOWED_HOSTS" in exchange.answer().detail
    for path in ("/healthz", "/readyz", "/metrics"):
        with server.open() as exchange:
            exchange.connection.sendall(f"GET {path} HTTP/1.1\r\nHost: pod.internal\r\n\r\n".encode())
            assert exchange.answer().status == 200


def test_a_page_of_another_origin_is_promised_nothing(server: Server) -> None:
    with server.open() as exchange:
        asks = {"Origin": "http://evil.test", "Access-Control-Request-Method": "POST"}
        exchange.request("OPTIONS", "/v1/analysis/stream?models=key", asks)
        assert exchange.answer().status == 405
        assert not [name for name in exchange.answer().response.headers if name.lower().startswith("access-control")]


def test_a_slash_too_many_is_no_redirect(server: Server) -> None:
    with server.open() as exchange:
        exchange.request("POST", "/v1/analysis/stream/?models=key", {"Content-Length": "0"})
        assert exchange.answer().status == 404
