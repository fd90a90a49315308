"""Protection against pages in a browser that has access to this server.

A page may send a POST to any address without asking first (cross-site request forgery), and its author may let its own
name resolve to this server's address, so that the browser takes it for the page's own server (DNS rebinding).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from tonearm.config import Network, Settings
from tonearm.errors import Forbidden
from tonearm.server.authentication import protected
from tonearm.server.client_address import parse
from tonearm.server.problem import refuse
from tonearm.server.web_socket import offered
from tonearm.sources.addresses import is_allowed

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FROM_THE_SAME_SITE = frozenset({"same-origin", "none"})
_ADDED_BY_PROXIES = ("x-forwarded-for", "x-forwarded-host", "forwarded")
ANY = "*"


@dataclass(frozen=True)
class Policy:
    """Which hosts a request may name."""

    allowed: frozenset[str]
    """Names from which, and under which, the server may be used."""
    own: str
    """The host that the server listens on."""
    origins: frozenset[str]
    """Of other sites, whose pages may use the server."""
    proxies: tuple[Network, ...]
    check_host: bool
    """Whether the Host header must be an address, localhost, or an allowed name."""

    @classmethod
    def of(cls, settings: Settings) -> Policy:
        """The Host header is checked if names are configured, and on a server without keys for this machine alone.

        On any other server it may be a name that the server does not know. With keys, a page that gets in gets nothing.
        """
        allowed = frozenset(settings.allowed_hosts)
        local = _is_loopback(settings.host) and not settings.guarded
        return cls(
            allowed,
            settings.host.lower(),
            frozenset(settings.cors_origins),
            settings.trusted_proxies,
            bool(allowed) or local,
        )

    def complaint(self, scope: Scope) -> str | None:
        """Why a request is refused; None if it is not."""
        headers = Headers(scope=scope)
        through_proxy = self._is_proxy(scope)
        origin = headers.get("origin")
        if origin is not None and offered(scope) and not self._may_open(origin, headers, through_proxy):
            return _not_from(origin)
        if ANY in self.allowed or through_proxy:
            return None
        host = headers.get("host", "")
        if self.check_host and not self._may_be_named(_name(host)):
            return f"This server is not called {_shown(host)}. Its operator can allow a name (TONEARM_ALLOWED_HOSTS)."
        if scope["method"] in _SAFE or origin is None or self._may_call(origin, host, headers):
            return None
        return _not_from(origin)

    def _is_proxy(self, scope: Scope) -> bool:
        peer = scope.get("client")
        address = parse(peer[0]) if peer else None
        return address is not None and is_allowed(address, self.proxies)

    def _may_be_named(self, name: str) -> bool:
        try:
            ip_address(name)
        except ValueError:
            return name == "localhost" or name.endswith(".localhost") or name in {self.own, *self.allowed}
        # The browser connects to it without asking a name server.
        return True

    def _may_open(self, origin: str, headers: Headers, through_proxy: bool) -> bool:
        """Whether a page may have a WebSocket. Its browser lets a page of any origin read it, so a proxy is not enough
        for an excuse: the origin has to be that of the server, as the browser or the proxy has it.
        """
        if self._is_allowed(origin):
            return True
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in _FROM_THE_SAME_SITE
        named = [headers.get("host", ""), *(headers.getlist("x-forwarded-host") if through_proxy else ())]
        return _authority(origin).lower() in {name.lower() for name in named}

    def _is_allowed(self, origin: str) -> bool:
        return _name(_authority(origin)) in self.allowed or not self.origins.isdisjoint({origin, ANY})

    def _may_call(self, origin: str, host: str, headers: Headers) -> bool:
        if self._is_allowed(origin):
            return True
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in _FROM_THE_SAME_SITE
        if any(name in headers for name in _ADDED_BY_PROXIES):
            # The Host may be the proxy's name for this server. A page of another origin cannot add these headers.
            return True
        return _authority(origin).lower() == host.lower()


class SameOrigin:
    """Plain ASGI over everything that is protected."""

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self.app = app
        self.policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if protected(scope):
            complaint = self.policy.complaint(scope)
            if complaint is not None:
                await refuse(Forbidden(complaint), scope, receive, send)
                return
        await self.app(scope, receive, send)


def _not_from(origin: str) -> str:
    return (
        f"Pages of {_shown(origin)} may not use this server. Its operator can allow them (TONEARM_CORS_ORIGINS), "
        "or a name of the server (TONEARM_ALLOWED_HOSTS)."
    )


def _authority(origin: str) -> str:
    """Host and port of an origin; "" for `null` and whatever else has none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _name(authority: str) -> str:
    """The host of `host:port`, in lower case and without the brackets of an IPv6 address."""
    found = re.fullmatch(r"\[([^\]]*)\](?::\d*)?|([^:]*)(?::\d*)?", authority.strip())
    return (found[1] or found[2] or "").lower().removesuffix(".") if found else ""


def _shown(text: str) -> str:
    return text if re.fullmatch(r"[\w.:/\[\]-]{1,100}", text, re.ASCII) else "that name"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
