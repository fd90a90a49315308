"""The address of a download, as people and servers write it, and as HTTP needs it.

Browsers and HTTP libraries percent-encode what cannot stand in the path and the query, so addresses with spaces and
letters of any script are common, in requests and in redirects. In the host nothing is encoded: there, letters that
look like others are a way around checks.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

from tonearm.errors import FetchError
from tonearm.sources.network import FAILED

_UP_TO_THE_PATH = re.compile(r"(?:[^:/?#]*:)?//[^/?#]*")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MAY_STAND = "%/?#[]@!$&'()*+,;=:|^`{}"


def plain(url: str) -> str:
    """The URL in ASCII, decoded first if all of it is percent-encoded: by encodeURIComponent, or as in a form.

    Bytes that are not UTF-8 are surrogates, and become the same bytes percent-encoded. `check` says whether it is one
    that may be fetched.
    """
    if "://" not in url and "%3a" in url.lower():
        # Whoever encodes the slashes too encodes a plus, so one that is there is a space of a form.
        whole = url if "/" in url else url.replace("+", " ")
        url = unquote_to_bytes(whole.encode(errors="surrogateescape")).decode(errors="surrogateescape")
    return _encoded(url)


def redirected(url: str, location: bytes) -> str:
    """Where a redirect from `url` leads. Raises FetchError for what is no URL."""
    try:
        return urljoin(url, _encoded(location.decode(errors="surrogateescape")))
    except ValueError as error:
        raise FetchError(f"{FAILED} It redirects to what is not a URL.") from error


def check(url: str) -> None:
    """Raise FetchError unless it is a plain http or https URL."""
    # Before urlsplit, which removes line breaks and tabs.
    if any(ord(letter) <= 32 or letter in '\\"<>' or ord(letter) > 126 for letter in url):
        raise FetchError("The audio-url has characters that must be percent-encoded.")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # raises for a port that is not a number
        host = parts.hostname
    except ValueError as error:
        # Not urlsplit's message, which can contain part of a password.
        raise FetchError("The audio-url is not a URL: its host or its port is malformed.") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise FetchError("The audio-url must be an http or https address, for example https://example.com/track.mp3.")
    if parts.username is not None or parts.password is not None:
        raise FetchError("The audio-url must not carry a user name or password.")


def _encoded(url: str) -> str:
    """Percent-encode what cannot stand behind the host. Control characters stay, and `check` refuses them."""
    found = _UP_TO_THE_PATH.match(url)
    end = found.end() if found else 0
    rest = _STRAY_PERCENT.sub("%25", url[end:])
    return url[:end] + quote(rest, safe=_MAY_STAND + _CONTROL, errors="surrogateescape")


_CONTROL = "".join(map(chr, (*range(32), 127)))
