"""URLs as they are given. Through a server they are tested in tests/server/test_origins.py and test_url_tricks.py."""

from __future__ import annotations

import pytest

from tonearm.errors import FetchError
from tonearm.sources.url import check, plain, redirected


@pytest.mark.parametrize(
    "url",
    [
        *[
            "",
            "track.mp3",
            "//example.com/a.mp3",
            "ftp://example.com/a",
            "file:///etc/passwd",
            "gopher://x/",
            "http://",
        ],
        *["http:///a", "http://user:pass@example.com/a", "http://@example.com/", "http://example.com:99999/a"],
        *["http://example.com/a b", "http://example.com\\@evil/", "http://[::1/a", "data:audio/wav;base64,AAAA"],
    ],
)
def test_what_is_no_http_url_is_refused(url: str) -> None:
    with pytest.raises(FetchError):
        check(url)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https%3A%2F%2Fexample.com%2Fa%2520b.mp3%3Fx%3D1", "https://example.com/a%20b.mp3?x=1"),
        ("https://example.com/a%20b.mp3?u=http%3A%2F%2Fx", "https://example.com/a%20b.mp3?u=http%3A%2F%2Fx"),
        # Python's quote leaves slashes; forms write a space as a plus, and a plus percent-encoded.
        ("https%3A//example.com/a+b.mp3", "https://example.com/a+b.mp3"),
        ("https%3A%2F%2Fexample.com%2Fa+b%2Bc.mp3", "https://example.com/a%20b+c.mp3"),
        ("https%3A%2F%2Fexample.com%2Fa%20b%26c.mp3%23d", "https://example.com/a%20b&c.mp3#d"),
        ("https%3A%2F%2Fexample.com%2Fgr%C3%BC%C3%9F.mp3", "https://example.com/gr%C3%BC%C3%9F.mp3"),
        ("https%3A%2F%2Fexample.com%2Fgr%FC%DF.mp3", "https://example.com/gr%FC%DF.mp3"),
        ("https%3A%2F%2Fexample.com%2F%E9%9F%B3%E6%A5%BD.mp3", "https://example.com/%E9%9F%B3%E6%A5%BD.mp3"),
        ("https://example.com/音楽 1.mp3?a=ü b", "https://example.com/%E9%9F%B3%E6%A5%BD%201.mp3?a=%C3%BC%20b"),
        ("https://example.com/100%.mp3?50%25", "https://example.com/100%25.mp3?50%25"),
        ("https://example.com/a\\b|c[1]'2'.mp3", "https://example.com/a%5Cb|c[1]'2'.mp3"),
        # In the host nothing is encoded, so that `check` sees what was given.
        ("https://bücher.test/ü", "https://bücher.test/%C3%BC"),
        ("https://a b/c d", "https://a b/c%20d"),
        ("https://a.test/b\r\nc", "https://a.test/b\r\nc"),
    ],
)
def test_a_url_becomes_ascii(given: str, meant: str) -> None:
    assert plain(given) == meant
    assert plain(meant) == meant


@pytest.mark.parametrize(
    ("location", "meant"),
    [
        ("/grüß dich.mp3".encode(), "https://example.com/gr%C3%BC%C3%9F%20dich.mp3"),
        (b"/gr\xfc\xdf.mp3", "https://example.com/gr%FC%DF.mp3"),
        ("//b.test/音".encode(), "https://b.test/%E9%9F%B3"),
        (b"c.mp3?x=a b", "https://example.com/a/c.mp3?x=a%20b"),
        (b"?x=a:b//c d", "https://example.com/a/b.mp3?x=a:b//c%20d"),
        (b"http://other.test/", "http://other.test/"),
        (b"", "https://example.com/a/b.mp3"),
    ],
)
def test_where_a_redirect_leads(location: bytes, meant: str) -> None:
    assert redirected("https://example.com/a/b.mp3", location) == meant
