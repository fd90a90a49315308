"""What web servers do that is not by the book, and every browser takes: it is downloaded all the same."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from itertools import chain
from urllib.parse import quote, quote_plus

import pytest

from tests.support.hostile import Hostile, Script, head, redirect, whole
from tests.support.http import Answer, Server
from tonearm.sample import sample_track

TRACK = sample_track(6)
STEPS = 10


def fetch(server: Server, url: str) -> Answer:
    return server.analyze(b"", "loudness_ebur128", {"audio-url": url.encode().decode("latin-1")})


@pytest.fixture(scope="module")
def loudness(server: Server) -> object:
    return server.analyze(TRACK, "loudness_ebur128").results


def as_it_is(url: str) -> str:
    return url


def encode_uri_component(url: str) -> str:
    return quote(url, safe="!*'()")


def encode_uri(url: str) -> str:
    return quote(url, safe="%/:?#[]@!$&'()*+,;=")


@pytest.mark.parametrize("write", [as_it_is, encode_uri_component, encode_uri, quote, quote_plus])
@pytest.mark.parametrize("name", ["track 1.wav", "Grüße.wav", "音楽/曲.wav", "a;b=c.wav", "x.wav?sig=a b&c=ü"])
def test_an_address_with_any_letters_is_fetched(
    server: Server, loudness: object, write: Callable[[str], str], name: str
) -> None:
    path = encode_uri(f"/{name}")
    with Hostile.started({path: whole(TRACK)}) as web:
        assert fetch(server, write(web.url(f"/{name}"))).results == loudness
        assert web.requests[0].startswith(f"GET {path} HTTP/1.1\r\n".encode())


def test_ten_redirects_are_followed(server: Server, loudness: object) -> None:
    scripts = {f"/{step}": redirect(f"/{step + 1}") for step in range(STEPS)} | {f"/{STEPS}": whole(TRACK)}
    with Hostile.started(scripts) as web:
        assert fetch(server, web.url("/0")).results == loudness
        assert len(web.requests) == STEPS + 1


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/grüße dich.wav".encode(), "/gr%C3%BC%C3%9Fe%20dich.wav"),
        (b"/gr\xfc\xdfe.wav", "/gr%FC%DFe.wav"),
        ("曲.wav?a=ü".encode(), "/%E6%9B%B2.wav?a=%C3%BC"),
    ],
    ids=["utf-8", "latin-1", "relative"],
)
def test_a_redirect_in_raw_bytes_is_followed(server: Server, loudness: object, location: bytes, path: str) -> None:
    with Hostile.started({"/a": redirect(location.decode("latin-1")), path: whole(TRACK)}) as web:
        assert fetch(server, web.url("/a")).results == loudness


def coded(body: bytes, name: str) -> Script:
    return whole(body, f"Content-Encoding: {name}")


PARTIAL = "206 Partial Content"
RANGE = f"Content-Range: bytes 0-{len(TRACK) - 1}/{len(TRACK)}"
ODD: dict[str, Script] = {
    **{name: coded(TRACK, name) for name in ("none", "utf-8", "UTF-8", "binary", "aws-chunked", "")},
    "gzip": coded(gzip.compress(TRACK), "gzip"),
    "gzip in chunks": lambda: chain(
        [head("Content-Encoding: gzip", "Transfer-Encoding: chunked")],
        (b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces(gzip.compress(TRACK))),
        [b"0\r\n\r\n"],
    ),
    "deflate": coded(zlib.compress(TRACK), "deflate"),
    "deflate without a header": coded(zlib.compress(TRACK)[2:-4], "deflate"),
    "206 with the whole": whole(TRACK, RANGE, status=PARTIAL),
    "206 with the whole, in no given length": lambda: [head(RANGE, status=PARTIAL), TRACK],
    "internet radio": lambda: [b"ICY 200 OK\r\nContent-Type: audio/wav\r\nicy-br: 128\r\n\r\n", TRACK],
}


def pieces(data: bytes) -> list[bytes]:
    return [data[start : start + 5000] for start in range(0, len(data), 5000)]


@pytest.mark.parametrize("name", ODD)
def test_odd_answers_are_read(server: Server, loudness: object, name: str) -> None:
    with Hostile.started({"/a": redirect("/b"), "/b": ODD[name]}) as web:
        assert fetch(server, web.url("/a")).results == loudness
