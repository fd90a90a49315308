"""What a refusal says of bytes that are no audio. tests/server/test_words.py asks a server."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile

import pytest

from tests.support.media import BY_NAME, encoded
from tonearm.audio.decode import Decoder
from tonearm.audio.not_audio import HEAD, certain, likely
from tonearm.errors import AudioError, NotAudio
from tonearm.protocol.caps import Caps
from tonearm.sample import sample_track

MP3 = encoded(BY_NAME["mp3-cbr"])


def zipped(compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name in ("one.mp3", "two.mp3"):
            archive.writestr(name, MP3)
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        entry = tarfile.TarInfo("one.mp3")
        entry.size = len(MP3)
        archive.addfile(entry, io.BytesIO(MP3))
    return file.getvalue()


FORMATS: dict[str, tuple[bytes, str]] = {
    "stored zip": (zipped(), "a ZIP archive"),
    "zip": (zipped(zipfile.ZIP_DEFLATED), "a ZIP archive"),
    "empty zip": (b"PK\5\6" + bytes(18), "a ZIP archive"),
    "rar": (b"Rar!\x1a\7\1\0" + MP3, "a RAR archive"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\4" + MP3, "a 7z archive"),
    "tar": (tarred(), "a tar archive"),
    "gzip": (gzip.compress(MP3), "gzip-compressed data"),
    "stored gzip": (gzip.compress(MP3, 0), "gzip-compressed data"),
    "bzip2": (bz2.compress(MP3), "bzip2-compressed data"),
    "xz": (lzma.compress(MP3), "xz-compressed data"),
    "zstd": (b"\x28\xb5\x2f\xfd\4\0" + MP3, "Zstandard-compressed data"),
    "midi": (b"MThd\0\0\0\6\0\1\0\1\0\x60MTrk\0\0\0\4\0\xff\x2f\0", "a MIDI file"),
    "dsf": (b"DSD \x1c" + bytes(7) + bytes(500), "a DSD recording (.dsf)"),
    "dff": (b"FRM8" + bytes(8) + b"DSD FVER" + bytes(500), "a DSD recording (.dff)"),
    "heic": (b"\0\0\0\x18ftypheic" + bytes(500), "an image (HEIC or AVIF)"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(5000), "an image (PNG)"),
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(5000), "an image (JPEG)"),
    "gif": (b"GIF89a" + bytes(5000), "an image (GIF)"),
    "webp": (b"RIFF\xf8\1\0\0WEBPVP8 " + bytes(500), "an image (WebP)"),
    "avi": (b"RIFF\xf8\1\0\0AVI LIST" + bytes(500), "a video file (AVI)"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3" + bytes(500), "a PDF document"),
    "amr": (b"#!AMR\n" + bytes(500), "an AMR recording"),
    "page": (b"\r\n<!DOCTYPE html>\n<html><p>Sign in</p></html>", "a web page"),
    "page with a comment": (b"\xef\xbb\xbf<!-- a --><!-- b -->\n<HTML lang=en>", "a web page"),
    "xhtml": (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">', "a web page"),
    "svg": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG image"),
    "xml": (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "an XML document"),
    "m3u8": (b"#EXTM3U\n#EXTINF:10,\nhttp://example.com/a.ts\n", "a playlist"),
    "json": (json.dumps({"url": "https://example.com/a.mp3"}).encode(), "JSON"),
    "json in lines": (json.dumps([{"a": [1, 2]}] * 100, indent=2).encode(), "JSON"),
    "json of numbers": (json.dumps([0.1, -2] * 300).encode(), "JSON"),
    "empty json": (b"{}", "JSON"),
    "form": (
        b"models=key%3A1&audio_url=https%3A%2F%2Fexample.com%2Fa.mp3",
        "a form (application/x-www-form-urlencoded)",
    ),
    "multipart": (
        b'------------------------d7\r\nContent-Disposition: form-data; name="file"\r\n\r\n',
        "a form (multipart/form-data)",
    ),
    "base64": (base64.b64encode(MP3), "base64 text"),
    "base64 in lines": (base64.encodebytes(MP3[:3000]), "base64 text"),
    "short base64": (base64.b64encode(MP3[:50]), "base64 text"),
    "base64url": (base64.urlsafe_b64encode(sample_track(1)), "base64 text"),
    "data url": (b"data:audio/mpeg;base64," + base64.b64encode(MP3[:30]), "base64 text"),
    "text": (b"No file here.\n" * 50, "text"),
    "lyrics": ("[00:12.00] Übung macht den Meister, 練習\n".encode() * 50, "text"),
    "a path": (b"/home/me/track.mp3\n", "text"),
}


def refusal(data: bytes) -> AudioError:
    decoder = Decoder(io.BytesIO(data).read, Caps())
    with pytest.raises(AudioError) as refused:
        decoder.recognise()
    return refused.value


@pytest.mark.parametrize("name", FORMATS)
def test_a_refusal_says_what_the_bytes_are(name: str) -> None:
    data, found = FORMATS[name]
    error = refusal(data)
    assert isinstance(error, NotAudio)
    assert error.found == found
    assert str(error).startswith(f"This is {found}, not audio.")


@pytest.mark.parametrize(
    "data", [bytes(5000), bytes(range(128, 256)) * 100, b"\1\2\3"], ids=["zeros", "bytes", "short"]
)
def test_of_bytes_that_nobody_knows_it_says_what_can_be_read(data: bytes) -> None:
    assert "not audio in a format that Tonearm reads" in str(refusal(data))


@pytest.mark.parametrize("name", BY_NAME)
def test_audio_is_nothing_else(name: str) -> None:
    head = encoded(BY_NAME[name])[:HEAD]
    assert certain(head) is None
    assert likely(head) is None


def wav(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + struct.pack("<I", len(data)) + data for name, data in chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


FORMAT = (b"fmt ", struct.pack("<HHIIHH", 1, 2, 44_100, 176_400, 4, 16))
DATA = (b"data", b"")
LIST = (b"LIST", b"INFOISFT\4\0\0\0made")
EMPTY = {
    "wav": wav(FORMAT, DATA),
    "wav with a list before": wav(LIST, FORMAT, DATA),
    "wav with a list behind": wav(FORMAT, DATA, LIST),
    "wav without data": wav(FORMAT),
    "wav with the length of a stream": wav(FORMAT, DATA)[:-4] + b"\xff" * 4,
    "aiff": encoded(BY_NAME["aiff"])[: encoded(BY_NAME["aiff"]).index(b"SSND") + 16],
    "w64": encoded(BY_NAME["w64"])[: encoded(BY_NAME["w64"]).index(b"data") + 24],
}


@pytest.mark.parametrize("name", EMPTY)
def test_a_header_without_samples(name: str) -> None:
    assert "There are no samples in it" in str(refusal(EMPTY[name]))


def test_tags_and_nothing_else() -> None:
    assert "only tags" in str(refusal(b"ID3\3\0\0\0\0\0\5hello"))


def test_text_made_to_be_hard_to_read_is_read_once() -> None:
    heads = [b"<!---->" * 80, b"<!--" * 128, b"<?xml>" * 90, b"a=" * 256, b"a&" * 256, b"A" * 511 + b"!", b"[" * 512]
    for head in heads:
        # A pattern that tries every way to divide them would never return.
        assert certain(head[:HEAD]) is None
        likely(head[:HEAD])


def test_free_format_is_named() -> None:
    # MPEG-1, layer III, bit rate index 0 at 44.1 kHz.
    frame = b"\xff\xfb\x00\x64" + bytes(700)
    with pytest.raises(AudioError, match="free-format MP3"):
        Decoder(io.BytesIO(frame * 50).read, Caps()).recognise()
