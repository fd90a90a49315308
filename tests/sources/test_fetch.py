"""URLs as they are given. tests/server/test_audio_url.py and test_url_tricks.py download through a server."""

from __future__ import annotations

import pytest

from tonearm.errors import FetchError
from tonearm.sources.fetch import check, plain


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


def test_a_percent_encoded_url_is_decoded_once() -> None:
    assert plain("https%3A%2F%2Fexample.com%2Fa%2520b.mp3%3Fx%3D1") == "https://example.com/a%20b.mp3?x=1"
    assert plain("https://example.com/a%20b.mp3?u=http%3A%2F%2Fx") == "https://example.com/a%20b.mp3?u=http%3A%2F%2Fx"
