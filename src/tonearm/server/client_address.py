"""Who makes a request: the name of an API key, or an address that the client cannot choose for itself."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

from tonearm.config import Network
from tonearm.server.authentication import key_name
from tonearm.sources.addresses import Address, is_allowed

_UNKNOWN = "unknown"


def client_id(scope: Scope, trusted: Iterable[Network]) -> str:
    """A name to count requests under."""
    if name := key_name(scope):
        return f"key {name}"
    address = client_address(scope, tuple(trusted))
    return counted_as(address) if address is not None else _UNKNOWN


def counted_as(address: Address) -> str:
    """An IPv6 address counts as its /64, the smallest network that one customer gets, who can use all its addresses."""
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)


def client_address(scope: Scope, trusted: tuple[Network, ...]) -> Address | None:
    """The peer's address; behind trusted proxies, the rightmost address in X-Forwarded-For that is not one of theirs.

    Each proxy appends the address that it sees, so everything left of the first untrusted one is the client's own
    invention. At an entry that is no address, the last one that was is kept.
    """
    peer = scope.get("client")
    address = parse(peer[0]) if peer else None
    if address is None:
        return None
    forwarded = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
    while forwarded and is_allowed(address, trusted):
        before = parse(forwarded.pop())
        if before is None:
            break
        address = before
    return address


def parse(text: str) -> Address | None:
    """An address, which proxies write with or without a port; an IPv4-mapped one is the IPv4 address that it means."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
