"""Tests of the table of addresses."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.fetch.addresses import AddressGuard, is_public
from tests.pipeline.fetch.checker import forbidden

CLOSED = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255
192.0.0.1 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1
239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1
64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b::10.1.2.3 64:ff9b:1:7f00:0:100:: 64:ff9b:1:a9fe:a9:fe00:: 2002:7f00:1::
2002:a9fe:a9fe::1 2002:a00:1:: 2001:0:4136:e378:8000:63bf:80ff:fffe 2001:0:0:0:0:0:f5ff:fffe 2001:2::1 2001:10::1 2001:20::1
2001:db8::1 3fff::1 3fff:fff::1 100::1 5f00::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%lo fec0::1 ff02::1 ff0e::1 4000::1 8000::1
""".split()

OPEN = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.215.14 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.255.255
172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.1 192.169.0.1 198.17.255.255 198.20.0.0 223.255.255.255
2606:4700:4700::1111 2001:4860:4860::8888 2a00:1450:4001:82f::200e 2620:fe::fe 2400:cb00::1 2c0f:fb50::1
::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1
""".split()


@pytest.mark.parametrize("address", CLOSED)
def test_closed(address: str) -> None:
    """An address that is not public, however it is wrapped, is closed."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", OPEN)
def test_open(address: str) -> None:
    """A public address is open, also at the edges of closed networks."""
    assert is_public(ip_address(address))


def test_allowed_networks() -> None:
    """A network that the operator allows is open, and nothing beside it; what is no address never is."""
    guard = AddressGuard(("10.1.0.0/16", "fd00:1::/32"))
    answers = [guard.permits(a) for a in ("10.1.2.3", "10.2.0.1", "fd00:1::5", "fd00:2::5", "8.8.8.8", "printer", "")]
    assert answers == [True, False, True, False, True, False, False]


v4 = st.integers(0, 2**32 - 1)
embedded = st.one_of(v4, st.sampled_from([0x7F000001, 0x0A000001, 0xA9FEA9FE, 0xC0A80101, 0x08080808]))
v6 = st.one_of(
    st.integers(0, 2**128 - 1),
    st.integers(0, 2**125 - 1).map(lambda low: (1 << 125) | low),
    st.builds(
        lambda prefix, low: prefix | low, st.sampled_from([0, 0xFFFF << 32, 0xFFFF << 48, 0x64FF9B << 96]), embedded
    ),
    embedded.map(lambda low: (0x2002 << 112) | (low << 80)),
    embedded.map(lambda low: (0x20010000 << 96) | (low ^ 0xFFFFFFFF)),
    st.builds(lambda low, rest: (0x2001 << 112) | (low << 80) | rest, v4, st.integers(0, 2**80 - 1)),
)


@settings(max_examples=800, deadline=None)
@given(st.one_of(embedded.map(lambda n: (4, n)), v6.map(lambda n: (6, n))))
def test_against_an_independent_checker(case: tuple[int, int]) -> None:
    """The table agrees with a checker that was written in another way, on addresses of every shape."""
    version, number = case
    address = ip_address(number.to_bytes(4 if version == 4 else 16, "big"))
    assert is_public(address) == (not forbidden(str(address)))
