from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from tonearm.sources.addresses import may_reach


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::5db8:d822", False),
        ("2002:5db8:d822::", False),
        ("fec0::1", False),
        ("ff0e::1", False),
        ("239.1.1.1", False),
        ("192.0.0.8", False),
        ("192.88.99.1", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert may_reach(ip_address(address), ()) is public


def test_an_allowed_network_may_be_reached_and_no_other() -> None:
    allow = (ip_network("10.0.0.0/8"),)
    assert may_reach(ip_address("10.2.3.4"), allow)
    assert may_reach(ip_address("::ffff:10.2.3.4"), allow)
    assert not may_reach(ip_address("192.168.0.1"), allow)
