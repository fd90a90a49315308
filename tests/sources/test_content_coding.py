"""What Content-Encoding says of a download. tests/server/test_origins.py downloads through a server."""

from __future__ import annotations

import gzip
import zlib

import pytest

from tonearm.errors import FetchError
from tonearm.sources.content_coding import PIECE, coding

DATA = bytes(range(256)) * 500


def raw_deflate(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


def decoded(name: str, body: bytes, step: int) -> bytes:
    undo = coding(name)
    pieces = [piece for start in range(0, len(body), step) for piece in undo.decoded(body[start : start + step])]
    undo.end()
    return b"".join(pieces)


@pytest.mark.parametrize("step", [1, 7, 1 << 20])
@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("gzip", gzip.compress(DATA)),
        ("X-GZIP", gzip.compress(DATA)),
        ("identity,gzip", gzip.compress(DATA)),
        ("aws-chunked, gzip", gzip.compress(DATA)),
        ("gzip", gzip.compress(DATA[:1000]) + gzip.compress(b"") + gzip.compress(DATA[1000:])),
        ("deflate", zlib.compress(DATA)),
        ("deflate", raw_deflate(DATA)),
        *(
            (name, DATA)
            for name in ("", "identity", "none", "utf-8", "UTF-8", "binary", "aws-chunked", "audio/mpeg", ",")
        ),
    ],
)
def test_the_file_is_what_comes_out(name: str, body: bytes, step: int) -> None:
    assert decoded(name, body, step) == DATA


@pytest.mark.release
@pytest.mark.parametrize("name", ["gzip", "deflate"])
def test_a_bomb_is_inflated_in_pieces_as_they_are_asked_for(name: str) -> None:
    size = 100_000_000
    body = gzip.compress(bytes(size)) if name == "gzip" else zlib.compress(bytes(size))
    undo = coding(name)
    pieces = undo.decoded(body)
    assert len(next(pieces)) == PIECE
    assert PIECE + sum(map(len, pieces)) == size
    undo.end()


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("gzip", DATA, "damaged"),
        ("gzip", gzip.compress(DATA)[:-1], "ended early"),
        ("gzip", gzip.compress(DATA)[:-8] + bytes(8), "damaged"),
        ("gzip", gzip.compress(DATA) + b"more", "damaged"),
        ("gzip", gzip.compress(b"") * 2000, "damaged"),
        ("deflate", zlib.compress(DATA) + b"more", "damaged"),
        ("deflate", raw_deflate(DATA)[:-1], "ended early"),
    ],
)
def test_damage_and_a_missing_end_are_told(name: str, body: bytes, words: str) -> None:
    with pytest.raises(FetchError, match=words):
        decoded(name, body, 1 << 20)


@pytest.mark.parametrize("name", ["br", "zstd", "compress", "gzip, gzip", "deflate,gzip", "utf-8, br"])
def test_other_compressions_are_refused(name: str) -> None:
    with pytest.raises(FetchError, match="sent it compressed"):
        coding(name)
