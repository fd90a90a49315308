"""The addresses a download may connect to.

`ipaddress.is_global` alone is not enough. It accepts multicast, deprecated and unassigned addresses, and prefixes that
embed an IPv4 address and can reach a private one through a translator or tunnel.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

from tonearm.config import Network

Address = IPv4Address | IPv6Address

_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All IPv6 addresses that IANA assigns. Outside it are multicast, site-local, NAT64 and other embedded IPv4."""

_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # IETF protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "224.0.0.0/4",  # multicast
        "2001::/23",  # IETF protocol assignments, including Teredo
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)


def may_reach(address: Address, allow: Iterable[Network]) -> bool:
    """Whether it is a public unicast address, or in a network that the operator allowed."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return is_allowed(address, allow) or _is_public(address)


def is_allowed(address: Address, allow: Iterable[Network]) -> bool:
    return any(address in network for network in allow)


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not any(address in network for network in _NOT_PUBLIC)
