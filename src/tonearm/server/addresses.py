"""Which addresses a download may connect to.

`ipaddress.is_global` alone is not enough: it passes the prefixes that embed an IPv4 address and reach a private one
through a translator or tunnel, multicast, and addresses that no longer mean anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_network

from tonearm.config import Network

Address = IPv4Address | IPv6Address

_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # IETF protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "224.0.0.0/4",  # multicast
        "::/96",  # IPv4-compatible
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64 of a local network
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
        "fec0::/10",  # site-local
        "ff00::/8",  # multicast
    )
)


def may_reach(address: Address, allow: Iterable[Network]) -> bool:
    """Whether it is a public unicast address, or in one of the networks that the operator allowed."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return is_allowed(address, allow) or (address.is_global and not any(address in network for network in _NOT_PUBLIC))


def is_allowed(address: Address, allow: Iterable[Network]) -> bool:
    return any(address in network for network in allow)
