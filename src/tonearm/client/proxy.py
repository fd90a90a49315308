"""Through a proxy to a server: which one the environment names, and what is said to it.

HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY have their usual meaning, in small letters too. A request to an http URL
names the whole URL to the proxy; for https the proxy connects to the server, and reads nothing (RFC 9110, sections 7.3
and 9.3.6).
"""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

import h11

from tonearm.errors import ConnectionLost

_PIECE = 1 << 16


@dataclass(frozen=True)
class Proxy:
    host: str
    port: int
    headers: Mapping[str, str]
    """What it wants to know of the client: its user name and password, if the URL has them."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def proxy_for(url: SplitResult) -> Proxy | None:
    """The proxy for this URL; None to reach its server directly, as one on this machine always is.

    Raises ConnectionLost if the environment names a proxy that is not spoken to over HTTP.
    """
    named = getproxies_environment()
    value = named.get(url.scheme) or named.get("all")
    if not value or _on_this_machine(url.hostname or "") or proxy_bypass(url.netloc):
        return None
    try:
        return _parse(value)
    except ValueError as error:
        raise ConnectionLost(
            f"Cannot use the proxy that the environment names for {url.scheme}://{url.netloc}: only one with an "
            "address such as http://proxy:3128 can be used. NO_PROXY names servers to reach without it."
        ) from error


def _parse(value: str) -> Proxy:
    """Raises ValueError for what is not the address of an HTTP proxy."""
    parts = urlsplit(value if "://" in value else f"http://{value}")
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError
    return Proxy(parts.hostname, parts.port or 80, _credentials(parts))


async def open_tunnel(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, url: SplitResult, proxy: Proxy
) -> None:
    """Have the proxy connect to the server of an https URL, and speak TLS with it through the proxy.

    Raises ConnectionLost if the proxy refuses, OSError if the connection or TLS fails.
    """
    server = f"{_bracketed(url.hostname or '')}:{url.port or 443}"
    http = h11.Connection(h11.CLIENT)
    headers = {"Host": server, **proxy.headers}
    asked = http.send(h11.Request(method="CONNECT", target=server, headers=list(headers.items())))
    writer.write((asked or b"") + (http.send(h11.EndOfMessage()) or b""))
    try:
        while not isinstance(answer := http.next_event(), h11.Response):
            if answer is h11.NEED_DATA:
                http.receive_data(await reader.read(_PIECE))
    except h11.RemoteProtocolError as error:
        raise ConnectionLost(f"The proxy {proxy} did not connect to {server}.") from error
    if not 200 <= answer.status_code < 300:
        raise ConnectionLost(f"The proxy {proxy} did not connect to {server}: HTTP {answer.status_code}.")
    await writer.start_tls(ssl.create_default_context(), server_hostname=url.hostname)


def _on_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _credentials(parts: SplitResult) -> dict[str, str]:
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
