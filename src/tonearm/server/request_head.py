"""What RFC 9112 asks of a server when it has read a request's head, and h11 leaves to its user."""

from __future__ import annotations

import re

import h11

_ABSOLUTE = re.compile(rb"https?://([^/?#@]+)([/?][^#]*)?", re.IGNORECASE)


def normalized(request: h11.Request) -> h11.Request:
    """The request in origin form, with one framing.

    A target in absolute form names the host, whatever the Host header says (section 3.2.2). A request with both
    Transfer-Encoding and Content-Length may be an attempt at smuggling: its length is dropped, and the connection
    closes after the response (section 6.1).

    Raises h11.RemoteProtocolError for a target that is neither a path nor an http URL.
    """
    target = bytes(request.target)
    headers = [(bytes(name), bytes(value)) for name, value in request.headers]
    names = {name for name, _ in headers}
    ambiguous = {b"transfer-encoding", b"content-length"} <= names
    if target.startswith(b"/") and not ambiguous:
        return request
    if not target.startswith(b"/") and target != b"*":
        found = _ABSOLUTE.fullmatch(target)
        if found is None:
            raise h11.RemoteProtocolError("the request target is neither a path nor an http URL")
        rest = found[2] or b""
        target = rest if rest.startswith(b"/") else b"/" + rest
        headers = [(b"host", found[1]), *(header for header in headers if header[0] != b"host")]
    if ambiguous:
        headers = [header for header in headers if header[0] not in {b"content-length", b"connection"}]
        headers.append((b"connection", b"close"))
    return h11.Request(
        method=bytes(request.method), target=target, headers=headers, http_version=bytes(request.http_version)
    )
