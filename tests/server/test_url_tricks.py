"""Every known trick to make a server fetch what it may not, or fetch for ever. Nothing here leaves this machine.

The servers look names up at the tests' own name server (tests/support/resolver), and wherever a connection would be
a failure, a listener is there to receive it.
"""

# ruff: noqa: RUF001  # letters that look like others are the point

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from urllib.parse import quote

import pytest

from tests.support.hostile import Hostile, Script, forever, head, redirect, whole
from tests.support.http import Answer, Server
from tests.support.listener import listener, untouched
from tests.support.names import Names
from tonearm.sample import sample_track
from tonearm.sources.network import FAILED

TRACK = sample_track(6)
NOT_PUBLIC = "which is not a public address"
NO_SCHEME = "must be an http or https address"
USER = "must not carry a user name or password"
ENCODE = "characters that must be percent-encoded"
NO_URL = "is not a URL"
NOT_KNOWN = "host name cannot be resolved"


def fetch(server: Server, url: str, models: str = "loudness_ebur128") -> Answer:
    # Header bytes are what they are: a letter outside ASCII goes as UTF-8, as curl sends it.
    return server.analyze(b"", models, {"audio-url": url.encode().decode("latin-1")})


NAMES = {
    "localhost": [["127.0.0.1", "::1"]],
    "private.test": [["10.0.0.1"]],
    "metadata.test": [["169.254.169.254"]],
    "mapped.test": [["::ffff:127.0.0.1"]],
    "nat64.test": [["64:ff9b::7f00:1"]],
    "zero.test": [["0.0.0.0"]],
    "xn--bcher-kva.test": [["192.168.1.1"]],
}


@pytest.fixture(scope="module")
def closed() -> Iterator[Server]:
    """A server as it is by default: no private network is allowed."""
    with Names.started(NAMES) as names, Server.started(TONEARM_WORKERS="1", **names.settings) as server:
        yield server


HOSTS = {
    NOT_PUBLIC: [
        # IPv4 as the C library reads it: decimal, octal, hexadecimal, short.
        *["127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0X7F.0.0.1", "0x7f.1", "0177.0.0.1"],
        *["017700000001", "0000177.1", "0", "0x0", "0.0.0.0", "127.255.255.254", "4294967295", "255.255.255.255"],
        # Metadata services, and the same in disguise.
        *["169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "100.100.100.200"],
        # Private, shared, link-local, benchmark, documentation, reserved, multicast, relays.
        *["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "169.254.0.1", "198.18.0.1"],
        *["192.0.2.1", "198.51.100.1", "203.0.113.1", "192.0.0.170", "192.88.99.1", "224.0.0.1", "239.255.255.250"],
        *["240.0.0.1", "0.1.2.3"],
        # IPv6, and IPv4 inside it: mapped, compatible, translated, NAT64, 6to4, Teredo.
        *["[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::FFFF:7F00:1]", "[::127.0.0.1]", "[::7f00:1]"],
        *["[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]"],
        *["[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2001:0:7f00:1::]", "[2001::1]", "[fec0::1]", "[feff::1]"],
        *["[fe80::1]", "[fe80::1%lo]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[ff0e::1]"],
        *["[100::1]", "[100:0:0:1::1]", "[2001:db8::1]", "[3fff::1]", "[5f00::1]", "[4000::1]"],
        # Names that lead there.
        *["localhost", "LocalHost", "localhost.", "private.test", "PRIVATE.TEST.", "metadata.test", "mapped.test"],
        *["nat64.test", "zero.test", "xn--bcher-kva.test", "[::1%25]]"],
    ],
    NOT_KNOWN: [
        *[
            "256.256.256.256",
            "4294967296",
            "0x100000000",
            "127.0.0.1.1",
            "1.2.3.0x1g",
            "%31%32%37.0.0.1",
            "nowhere.test",
        ],
        *[
            "*",
            "[fe80::1%25lo]",
            "127.0.0.1.",
            "a..test",
            f"{'a' * 64}.test",
            f"{'a.' * 130}test",
            "-",
            "_",
            "127.0.0.1,private.test",
        ],
    ],
    USER: ["u@127.0.0.1", "u:p@127.0.0.1", "@127.0.0.1", ":@127.0.0.1", "nowhere.test@127.0.0.1", "a@b@127.0.0.1"],
    ENCODE: [
        *["127。0。0。1", "127．0．0．1", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "loc\u00adalhost", "ⓛocalhost", "bücher.test"],
        *["127.0.0.1\\.nowhere.test", "nowhere.test\\127.0.0.1", "127.0.0.1 ", "127.0.0.1\t", "127.0.0.1\x7f"],
        *["127.0.0.1\r\nX-Split: 1", "127.0.0.1\n", "\n127.0.0.1", "127.0.0.1\x00.test", '127.0.0.1"', "<127.0.0.1>"],
    ],
    NO_URL: ["[::1", "::1]", "[127.0.0.1]", "nowhere.test:99999", "nowhere.test:-1", "a:8x"],
}
URLS = {
    NO_SCHEME: [
        *["127.0.0.1/a", "//127.0.0.1/a", "/etc/passwd", "http:", "http:/127.0.0.1/a", "http:127.0.0.1", "http:///"],
        *["file:///etc/passwd", "FILE:///etc/passwd", "ftp://127.0.0.1/a", "gopher://127.0.0.1/_x", "dict://127.0.0.1"],
        *["data:audio/wav;base64,AAAA", "javascript:1", "ws://127.0.0.1/", "unix:///run/x.sock", "http+unix://x/"],
        *["url:http://127.0.0.1/", "-http://127.0.0.1", "concat:http://127.0.0.1/", "hls+http://127.0.0.1/"],
    ],
    NOT_PUBLIC: [
        *["HTTP://127.0.0.1/", "hTTpS://127.0.0.1/", "http://127.0.0.1", "http://127.0.0.1:/", "http://127.0.0.1:0/"],
        *["http://127.0.0.1#@nowhere.test/", "http://127.0.0.1?@nowhere.test/", "http://127.0.0.1/@nowhere.test"],
        *["https://127.0.0.1:443/", "http://127.0.0.1:22/", "http://[::1]:25/", "http://127.0.0.1/;a"],
    ],
}
ROWS = [
    *((f"http://{host}{'{port}' * (words != NO_URL)}/a", words) for words, hosts in HOSTS.items() for host in hosts),
    *((url, words) for words, urls in URLS.items() for url in urls),
]


@pytest.mark.parametrize(("url", "words"), ROWS)
def test_what_may_not_be_fetched_is_refused_and_nothing_connects(closed: Server, url: str, words: str) -> None:
    with listener("0.0.0.0") as trap:
        given = url.replace("{port}", f":{trap.getsockname()[1]}")
        # What cannot stand in a header can still be written percent-encoded.
        ways = {quote(given, safe="")} | ({given} if given.isprintable() else set())
        for way in ways:
            answer = fetch(closed, way)
            assert answer.status == 400
            assert words in answer.detail, way
        assert untouched(trap)


@pytest.fixture(scope="module")
def names() -> Iterator[Names]:
    """127.0.0.1 stands for the public network, which the server may reach, and 127.0.0.2 for the private one."""
    records = {
        "good.test": [["127.0.0.1"]],
        "rebinding.test": [["127.0.0.1"], ["127.0.0.2"]],
        "hop.test": [["127.0.0.1"], ["127.0.0.2"]],
        "mixed.test": [["127.0.0.1", "127.0.0.2"]],
        "mixed-6.test": [["127.0.0.1", "::1"]],
        "bad.test": [["127.0.0.2"]],
    }
    with Names.started(records) as running:
        yield running


@pytest.fixture(scope="module")
def server(names: Names) -> Iterator[Server]:
    settings = {
        "TONEARM_WORKERS": "2",
        "TONEARM_QUEUE": "20",
        "TONEARM_IDLE_SECONDS": "10",
        "TONEARM_MAX_BODY_BYTES": "8000000",
        "TONEARM_FETCH_ALLOW": "127.0.0.1/32",
    }
    with Server.started(**settings, **names.settings) as running:
        yield running


def test_a_name_is_looked_up_once_and_the_address_that_was_checked_is_connected_to(
    server: Server, names: Names
) -> None:
    with Hostile.started({"/a": whole(TRACK)}) as web, listener("127.0.0.2", web.port) as private:
        assert fetch(server, web.url("/a", "rebinding.test")).statuses[-1] == "finished"
        assert names.lookups("rebinding.test") == 1
        assert web.requests[0].startswith(b"GET /a HTTP/1.1\r\nHost: rebinding.test:")
        # The next request looks it up again, and finds it elsewhere.
        answer = fetch(server, web.url("/a", "rebinding.test"))
        assert f"leads to 127.0.0.2, {NOT_PUBLIC}" in answer.detail
        assert untouched(private)


def test_a_name_that_changes_between_two_redirects_is_refused(server: Server, names: Names) -> None:
    scripts = {"/a": whole(b"", "Location: /b", "Connection: close", status="302 Found"), "/b": whole(TRACK)}
    with Hostile.started(scripts) as web, listener("127.0.0.2", web.port) as private:
        assert f"leads to 127.0.0.2, {NOT_PUBLIC}" in fetch(server, web.url("/a", "hop.test")).detail
        assert names.lookups("hop.test") == 2
        assert untouched(private)


@pytest.mark.parametrize("name", ["mixed.test", "mixed-6.test", "bad.test"])
def test_one_address_that_may_not_be_reached_is_enough(server: Server, name: str) -> None:
    with listener("127.0.0.1") as public, listener("127.0.0.2", public.getsockname()[1]) as private:
        answer = fetch(server, f"http://{name}:{public.getsockname()[1]}/a")
        assert answer.status == 400
        assert NOT_PUBLIC in answer.detail
        assert untouched(public)
        assert untouched(private)


REDIRECTS = {
    "http://127.0.0.2:{port}/a": NOT_PUBLIC,
    "//127.0.0.2:{port}/a": NOT_PUBLIC,
    "HTTP://127.2:{port}/": "not known",
    "http://0x7f000002:{port}/a": NOT_PUBLIC,
    "http://[::ffff:127.0.0.2]:{port}/a": NOT_PUBLIC,
    "http://169.254.169.254/latest/meta-data/": NOT_PUBLIC,
    "http://bad.test:{port}/": NOT_PUBLIC,
    "https://[::1]:{port}/": NOT_PUBLIC,
    "file:///etc/passwd": NO_SCHEME,
    "ftp://127.0.0.1/a": NO_SCHEME,
    "gopher://127.0.0.1:{port}/_x": NO_SCHEME,
    "data:audio/wav;base64,AAAA": NO_SCHEME,
    "http://good.test@127.0.0.2:{port}/": USER,
    "http://u:p@127.0.0.1:{port}/track": USER,
    "http://127.0.0.2\\@good.test/": ENCODE,
    "http://good.test\xe2\x99\xab:{port}/a": ENCODE,
    "http://127.0.0.2 :{port}/a b": ENCODE,
    "http://127.0.0.2:{port}/a b\xe2\x99\xab": NOT_PUBLIC,
    "//127.0.0.2:{port}/\xfc": NOT_PUBLIC,
    "http://[::1": "not a URL",
    "http://good.test:99999/": NO_URL,
    "/loop": "redirects more than 10 times",
    "/1": "redirects more than 10 times",
    "": "redirects more than 10 times",
}


@pytest.mark.parametrize("target", REDIRECTS)
def test_redirects_are_checked_like_addresses(server: Server, target: str) -> None:
    words = REDIRECTS[target]
    scripts: dict[str, Script] = {
        "/loop": redirect("/loop"),
        "/track": whole(TRACK),
        **{f"/{step}": redirect(f"/{step + 1}") for step in range(1, 11)},
        "/11": whole(TRACK),
    }
    with Hostile.started(scripts) as web, listener("127.0.0.2", web.port) as private:
        scripts["/a"] = redirect(target.replace("{port}", str(web.port)))
        answer = fetch(server, web.url("/a"))
        assert answer.status == 400
        assert words in answer.detail or (words == "not known" and NOT_PUBLIC in answer.detail)
        assert untouched(private)
        assert len(web.requests) <= 11


def test_nothing_of_the_clients_request_is_passed_on(server: Server) -> None:
    scripts = {"/a": redirect("/b"), "/b": whole(TRACK, "Set-Cookie: a=b")}
    with Hostile.started(scripts) as web:
        secrets = {"Authorization": "Bearer x", "Cookie": "session=1", "X-Api-Key": "k", "Referer": "http://x/"}
        answer = server.analyze(b"", "loudness_ebur128", {"audio-url": web.url("/a"), **secrets})
        assert answer.statuses[-1] == "finished"
        for request in web.requests:
            sent = {line.split(b":")[0].lower() for line in request.splitlines()[1:]}
            assert sent == {b"host", b"user-agent", b"accept", b"accept-encoding"}


LENGTH = f"Content-Length: {len(TRACK)}"
CHUNKED = "Transfer-Encoding: chunked"
HALF = TRACK[: len(TRACK) // 2]
STREAMED = TRACK[:40] + b"\xff\xff\xff\xff"
"""The header of a WAV that is being streamed: its length is not known."""


BOMB = gzip.compress(bytes(50_000_000))
SOUND_BOMB = gzip.compress(STREAMED + bytes(50_000_000))


def slowly(data: bytes) -> Iterator[bytes]:
    """The bytes one by one, and then nothing more for ever."""
    for byte in data:
        yield bytes([byte])
        time.sleep(0.2)
    yield from forever(b"", 0.2)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


ANSWERS: dict[str, tuple[Script, str]] = {
    "compressed, no audio": (whole(BOMB, "Content-Encoding: gzip"), "not audio in a format"),
    "compressed, sound without end": (whole(SOUND_BOMB, "Content-Encoding: gzip"), "larger than 8000000 bytes"),
    "compressed, cut off": (whole(gzip.compress(TRACK)[:-9], "Content-Encoding: gzip"), "ended early"),
    "compressed, it says": (whole(TRACK, "Content-Encoding: gzip"), "compression (gzip) is damaged"),
    "compressed twice": (whole(BOMB, "Content-Encoding: gzip, gzip"), "sent it compressed"),
    "compressed otherwise": (whole(TRACK, "Content-Encoding: zstd"), "sent it compressed (zstd)"),
    "compressed and not said": (whole(BOMB), "answered with gzip-compressed data, not audio"),
    "compressed, said second": (
        whole(gzip.compress(TRACK), "Content-Encoding: identity", "Content-Encoding: gzip"),
        "",
    ),
    "compressed on the way": (lambda: [head("Transfer-Encoding: gzip, chunked"), BOMB], FAILED),
    "identity": (whole(TRACK, "Content-Encoding: Identity"), ""),
    "length too long": (lambda: [head(f"Content-Length: {len(TRACK) + 5}"), TRACK], FAILED),
    "length too short": (lambda: [head(f"Content-Length: {len(HALF)}"), TRACK], ""),
    "length zero": (lambda: [head("Content-Length: 0"), TRACK], "The audio is empty"),
    "length negative": (lambda: [head("Content-Length: -1"), TRACK], FAILED),
    "length no number": (lambda: [head("Content-Length: 1e6"), TRACK], FAILED),
    "length of another script": (lambda: [head("Content-Length: \xb2"), TRACK], FAILED),
    "length over the limit": (lambda: [head("Content-Length: 8000001")], "larger than 8000000 bytes"),
    "length absurd": (lambda: [head("Content-Length: " + "9" * 5000)], FAILED),
    "two lengths": (lambda: [head("Content-Length: 5", LENGTH), TRACK], FAILED),
    "length and chunks": (lambda: [head(LENGTH, CHUNKED), chunk(TRACK), b"0\r\n\r\n"], ""),
    "no length": (lambda: [head(), TRACK], ""),
    "chunks that are none": (lambda: [head(CHUNKED), TRACK], FAILED),
    "chunk of a negative size": (lambda: [head(CHUNKED), b"-5\r\n" + TRACK], FAILED),
    "chunk of an absurd size": (lambda: [head(CHUNKED), b"f" * 30 + b"\r\n" + TRACK], FAILED),
    "chunks that end badly": (lambda: [head(CHUNKED), chunk(TRACK), b"garbage"], FAILED),
    "chunks of one byte": (lambda: [head(CHUNKED), chunk(HALF), b"1\r\n\0\r\n" * 20_000], "fewer than 64 bytes"),
    "chunks without end": (lambda: [head(CHUNKED), chunk(TRACK)], FAILED),
    "huge chunk extension": (lambda: [head(CHUNKED), b"5;" + b"a" * 1_000_000 + b"\r\n"], FAILED),
    "huge trailer": (lambda: [head(CHUNKED), chunk(TRACK), b"0\r\nX: " + b"a" * 1_000_000], FAILED),
    "huge header": (lambda: [head(LENGTH, "X: " + "a" * 1_000_000), TRACK], "response is too large"),
    "many headers": (lambda: [head(*(f"X-{index}: {index}" for index in range(50_000))), TRACK], FAILED),
    "header without end": (lambda: chain([b"HTTP/1.1 200 OK\r\nX: "], forever(b"a" * 1000)), FAILED),
    "folded header": (lambda: [head(LENGTH, "X: a", " b"), TRACK], ""),
    "header with a NUL": (lambda: [head(LENGTH, "X: a\0b"), TRACK], FAILED),
    "two answers": (
        lambda: [head("Content-Length: 9"), b"not audio", head(LENGTH), TRACK],
        "answered with text, not audio",
    ),
    "informational for ever": (
        lambda: forever(head(status="102 Processing") * 1000),
        "head of the server's response is too large",
    ),
    "no HTTP": (lambda: [b"SSH-2.0-OpenSSH_9.9\r\n"], FAILED),
    "HTTP/2": (lambda: [b"\0\0\x12\x04\0\0\0\0\0" + bytes(18)], FAILED),
    "TLS": (lambda: [b"\x15\x03\x01\0\x02\x02\x46"], FAILED),
    "nothing": (list, FAILED),
    "no headers": (lambda: [b"HTTP/1.1 200 OK\r\n"], FAILED),
    "switching protocols": (lambda: [head("Upgrade: x", status="101 Switching Protocols"), TRACK], FAILED),
    "partial, not said which": (whole(TRACK, status="206 Partial Content"), "status 206"),
    "partial, the beginning": (
        whole(HALF, f"Content-Range: bytes 0-{len(HALF) - 1}/{len(TRACK)}", status="206 Partial Content"),
        "status 206",
    ),
    "partial, of unknown length": (
        whole(TRACK, f"Content-Range: bytes 0-{len(TRACK) - 1}/*", status="206 Partial Content"),
        "status 206",
    ),
    "partial, all of it announced": (
        lambda: [head(f"Content-Range: bytes 0-{len(TRACK) - 1}/{len(TRACK)}", status="206 Partial Content"), HALF],
        f"announced {len(TRACK)} bytes and sent {len(HALF)}",
    ),
    "no content": (whole(b"", status="204 No Content"), "status 204"),
    "asks who it is": (whole(b"", 'WWW-Authenticate: Basic realm="x"', status="401 Unauthorized"), "status 401"),
    "endless, no audio": (lambda: chain([head()], forever(bytes(50_000))), "not audio in a format"),
}
ENDLESS: dict[str, tuple[Script, str]] = {
    "1xx for ever": (lambda: forever(head(status="102 Processing"), 0.01), "did not respond"),
    "says nothing": (lambda: forever(b"", 0.2), "did not respond"),
    "headers byte by byte": (lambda: slowly(head(LENGTH, "X: " + "a" * 500)), "did not respond"),
    "stalls": (lambda: chain([head(LENGTH), HALF], forever(b"", 0.2)), "No byte arrived"),
    "chunk size byte by byte": (
        lambda: chain([head(CHUNKED), chunk(HALF)], slowly(b"5;" + b"a" * 500)),
        "No byte arrived",
    ),
    "body byte by byte": (lambda: chain([head(LENGTH), HALF], slowly(TRACK[-500:])), "Less than 50 bytes per second"),
    "sound without end": (lambda: chain([head(), STREAMED], forever(bytes(50_000))), "larger than 8000000 bytes"),
}


def error_of(answer: Answer) -> str:
    """What the client is told, before the stream or in it; "" where all was well."""
    if answer.status != 200:
        assert answer.status in {400, 413}
        return str(answer.detail)
    assert answer.statuses[0] == "started"
    assert answer.statuses[-1] == "finished"
    return next((event["error"] for event in answer.events if event["status"] == "error"), "")


_PYTHON = re.compile(r"bytearray|b'|_ssl|\w+Error|\[Errno|h11|httpcore|expected |state ")


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_that_keep_no_rule(server: Server, name: str) -> None:
    script, words = ANSWERS[name]
    with Hostile.started({"/a": script, "/track": whole(TRACK)}) as web:
        told = error_of(fetch(server, web.url("/a")))
        assert words in told
        assert bool(words) is bool(told)
        assert not _PYTHON.search(told)
        assert fetch(server, web.url("/track")).statuses == ["started", "completed", "finished"]


@pytest.mark.release
def test_answers_without_end(server: Server) -> None:
    """All at the same time: each is given up on, and takes no worker with it."""
    pids = server.workers()
    scripts = {f"/{index}": script for index, (script, _) in enumerate(ENDLESS.values())}
    with Hostile.started({**scripts, "/track": whole(TRACK)}) as web:
        with ThreadPoolExecutor(len(ENDLESS)) as threads:
            answers = list(threads.map(lambda path: fetch(server, web.url(path)), scripts))
        for answer, (_, words) in zip(answers, ENDLESS.values(), strict=True):
            assert words in error_of(answer)
        assert fetch(server, web.url("/track")).statuses == ["started", "completed", "finished"]
    assert server.workers() == pids


@pytest.mark.release
def test_a_server_that_does_not_speak_tls_is_refused(server: Server) -> None:
    with Hostile.started({"/a": whole(TRACK)}) as web:
        answer = fetch(server, web.url("/a").replace("http:", "https:"))
        assert answer.status == 400
        assert answer.detail.startswith(FAILED)
        assert not _PYTHON.search(answer.detail)
