"""Bombs through the real server: each is refused or bounded in memory and time, and the next request is served."""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path

import pytest

from tests.support import bombs
from tests.support.http import Answer, Server
from tests.support.listener import listener, untouched
from tests.support.media import BY_NAME, encoded
from tonearm.sample import sample_track

MODELS = "key,loudness_ebur128:2,silence"
BOUND = 1 << 30
"""Bytes of memory that a worker may have at any time: what it has when idle, and what the server is told to allow."""
ALLOWED = 640 << 20
TRACK = sample_track(5)
SILENCE = bytes(1 << 18)

Bomb = Callable[[], bytes | Iterable[bytes]]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server.started(
        TONEARM_WORKERS="1",
        TONEARM_MAX_BODY_BYTES=str(300 << 20),
        TONEARM_WORKER_MEMORY_BYTES=str(ALLOWED),
        TONEARM_MAX_SECONDS="1200",
    ) as running:
        yield running


def wav(rate: int = 44_100, channels: int = 2, data: int = 0xFFFFFFFF) -> Bomb:
    return lambda: bombs.wav_header(rate, channels, data) + SILENCE


def picture() -> bytes:
    body = b"\0image/png\0\3\0\x89PNG\r\n\x1a\n" + bytes(200_000)
    frame = b"APIC" + struct.pack(">I", len(body)) + b"\0\0" + body
    return bombs.id3(len(frame)) + frame


REFUSED: dict[str, tuple[Bomb, str]] = {
    "1 Hz": (wav(rate=1), "sample rate is 1 Hz"),
    "7999 Hz": (wav(rate=7_999), "sample rate is 7999 Hz"),
    "2 GHz": (wav(rate=2_000_000_000), "sample rate is 2000000000 Hz"),
    "4 GHz": (wav(rate=4_294_967_295), "not audio"),
    "FLAC of 655350 Hz": (lambda: bombs.flac_silence(655_350), "sample rate is 655350 Hz"),
    "9 channels": (wav(channels=9), "has 9 channels"),
    "64 channels": (wav(channels=64), "has 64 channels"),
    "65535 channels": (wav(channels=65_535), "no samples in it"),
    "an index of 10 million packets": (lambda: bombs.mp4(10_000_000), "no samples in it"),
    "an index of 80 million packets": (lambda: bombs.mp4(80_000_000), "no samples in it"),
    "an index of 4 billion packets": (lambda: bombs.mp4(0xFFFFFFFF), "no samples in it"),
    "100 indices of 10 million packets": (lambda: bombs.mp4(10_000_000, 100), "not audio"),
    "1000 tracks": (lambda: bombs.mp4(10, 1000), "not audio"),
    "a fragment of 50 million packets": (lambda: bombs.mp4(50_000_000, in_fragment=True), "not audio"),
    "an MP4 without an index": (lambda: bombs.mp4_without_index(250), "without its index"),
    "a Matroska element of 200 MiB": (lambda: bombs.matroska(200 << 20), "not audio"),
    "a Matroska element of 1 TiB": (lambda: bombs.matroska(1 << 40), "not audio"),
    "an ASF object of 1 TiB": (lambda: bombs.asf(1 << 40), "not audio"),
    "an ASF object of 8 EiB": (lambda: bombs.asf((1 << 63) + 5), "not audio"),
    "a tag of 256 MiB": (lambda: bombs.id3((1 << 28) - 1) + bytes(5000), "only tags"),
    "a tag of 256 MiB that comes": (
        lambda: chain([bombs.id3((1 << 28) - 1)], repeat(bytes(1 << 20), 256), [b"no audio" * 1000]),
        "not audio",
    ),
    "tags without end": (lambda: repeat(bombs.id3(0) * 5000), "not audio"),
    "an Ogg packet without end": (bombs.ogg_packet_without_end, "not audio"),
    "a WavPack packet without end": (bombs.wavpack_without_a_last_block, "not audio"),
    "a hundred thousand tags in MP4": (lambda: bombs.mp4_with_tags(100_000), "too many tags"),
    "a rate for each frame": (lambda: bombs.many_rates(5000), "more than 32 times"),
    "nothing but a picture in a tag": (picture, "only tags"),
    "PNG": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 1 << 30, 1 << 30) + bytes(5000), "not audio"),
    "JPEG": (lambda: b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(5000), "not audio"),
}
TOO_LONG: dict[str, Bomb] = {
    "FLAC silence without end": lambda: bombs.flac_silence(8_000, 1),
    "a day of WAV": lambda: chain([bombs.wav_header(8_000, 1)], repeat(bytes(1 << 20))),
}
HEARD: dict[str, Bomb] = {
    "a WAV that claims 4 GiB": wav(),
    "a WAV that claims nothing": wav(data=0),
    "8 channels at 384 kHz": wav(rate=384_000, channels=8),
    "FLAC silence of a quarter of an hour": lambda: chain_of(bombs.flac_silence(8_000, 1), 2),
    "a hundred thousand tags in FLAC": lambda: bombs.flac_with_tags(100_000),
    "a hundred thousand tags in WAV": lambda: bombs.wav_with_tags(100_000),
    "a hundred thousand tags in Opus": lambda: bombs.opus_with_tags(100_000),
    "a hundred thousand tags in the second link": lambda: encoded(BY_NAME["opus"], 1.0) + bombs.opus_with_tags(100_000),
    "files one after the other": lambda: encoded(BY_NAME["mp3-cbr"]) * 20,
    "chained Ogg": lambda: encoded(BY_NAME["opus"], 0.5) * 20,
    "other formats behind": lambda: encoded(BY_NAME["flac-16"]) + encoded(BY_NAME["wav-s16"]) + TRACK,
}


def chain_of(pieces: Iterator[bytes], count: int) -> bytes:
    return b"".join(piece for piece, _ in zip(pieces, range(count), strict=False))


def error_of(answer: Answer) -> str:
    if answer.status != 200:
        assert answer.status == 400
        return str(answer.detail)
    assert answer.statuses == ["started", "error", "finished"]
    return str(answer.events[1]["error"])


@pytest.fixture(autouse=True)
def nothing_is_hurt(server: Server) -> Iterator[None]:
    """The same worker answers the next request, and its memory never went past the bound."""
    (pid,) = server.workers()
    # Linux forgets the peak so far; elsewhere there is none to be seen.
    with suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    yield
    if sys.platform == "linux":
        assert server.workers() == [pid]
        assert peak_memory(pid) < BOUND
    assert server.analyze(TRACK, MODELS).statuses == ["started", *["completed"] * 3, "finished"]


def peak_memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM"))


@pytest.mark.release
@pytest.mark.parametrize("name", REFUSED)
def test_refused(server: Server, name: str) -> None:
    bomb, words = REFUSED[name]
    assert words in error_of(server.analyze(bomb(), MODELS))


@pytest.mark.parametrize("name", TOO_LONG)
def test_heard_as_long_as_audio_may_last(server: Server, name: str) -> None:
    answer = server.analyze(TOO_LONG[name](), MODELS, leave=True)
    assert answer.statuses == ["started", *["completed"] * 3, "error", "finished"]
    assert "longer than 1200 seconds" in answer.events[-2]["error"]
    assert answer.results["silence"]["duration"] == 1200


@pytest.mark.release
def test_a_list_of_tags_that_takes_minutes_costs_its_worker_seconds() -> None:
    """Of Matroska FFmpeg reads all of them before it searches its list, and only the end of its process ends that."""
    with Server.started(TONEARM_WORKERS="1") as server:
        assert "too many tags" in error_of(server.analyze(bombs.matroska_with_tags(100_000), MODELS))
        assert server.analyze(TRACK, MODELS).statuses == ["started", *["completed"] * 3, "finished"]


@pytest.mark.release
def test_a_file_that_needs_too_much_memory_is_an_error_and_its_worker_goes_on() -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_WORKER_MEMORY_BYTES=str(128 << 20)) as server:
        before = server.workers()
        assert "needs more memory than a request may have" in error_of(server.analyze(bombs.mp4_without_index(200)))
        assert server.analyze(TRACK, MODELS).statuses == ["started", *["completed"] * 3, "finished"]
        assert server.workers() == before


@pytest.mark.parametrize("name", HEARD)
def test_heard_within_bounds(server: Server, name: str) -> None:
    assert server.analyze(HEARD[name](), MODELS).statuses == ["started", *["completed"] * 3, "finished"]


@pytest.mark.release
@pytest.mark.parametrize(("method", "path"), [("POST", "/healthz"), ("GET", "/readyz"), ("POST", "/nowhere")])
def test_a_body_without_end_that_nobody_wants_is_not_read_for_ever(server: Server, method: str, path: str) -> None:
    with server.open() as exchange:
        exchange.request(method, path, {"Content-Length": str(1 << 50)})
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            send_for_ever(exchange.connection)


def send_for_ever(connection: socket.socket) -> None:
    while True:
        connection.sendall(SILENCE)


PLAYLISTS = {
    "m3u": "{url}\n",
    "m3u8": "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{url}\n#EXT-X-ENDLIST\n",
    "m3u8 of a file": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "m3u8 with a key": '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:1,\n{url}\n',
    "ffconcat": "ffconcat version 1.0\nfile {url}\n",
    "concat": "concat:{url}|{url}\n",
    "pls": "[playlist]\nFile1={url}\nNumberOfEntries=1\n",
    "xspf": "<playlist><trackList><track><location>{url}</location></track></trackList></playlist>",
    "dash": '<?xml version="1.0"?><MPD><Period><AdaptationSet><BaseURL>{url}</BaseURL></AdaptationSet></Period></MPD>',
    "asx": '<asx version="3.0"><entry><ref href="{url}"/></entry></asx>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio {port} RTP/AVP 0\na=control:{url}\n",
    "asf reference": "[Reference]\nRef1={url}\n",
}


@pytest.mark.parametrize("name", [*PLAYLISTS, "mp4"])
def test_a_file_that_names_an_address_makes_nothing_connect(server: Server, name: str) -> None:
    with listener("127.0.0.1") as trap:
        port = trap.getsockname()[1]
        url = f"http://127.0.0.1:{port}/a.wav"
        if name == "mp4":
            body, words = bombs.mp4_elsewhere(url), "no samples in it"
        else:
            body, words = PLAYLISTS[name].replace("{url}", url).replace("{port}", str(port)).encode(), "not audio"
        assert words in error_of(server.analyze(body, MODELS))
        assert untouched(trap)
