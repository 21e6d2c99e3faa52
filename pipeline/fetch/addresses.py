"""Which network addresses may be connected to: public ones, checked by a table of our own.

The standard library's `is_global` calls several addresses global that lead inside (NAT64, 6to4, IPv4-compatible,
site-local) and its table depends on the Python version; so the special-purpose registries of IANA stand here.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_CLOSED_4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)

#: Only global unicast is open at all; what lies outside (loopback, fc00::/7, fe80::/10, fec0::/10, ff00::/8, 100::/64,
#: 5f00::/16, …) is closed without being named.
_OPEN_6 = IPv6Network("2000::/3")
_CLOSED_6 = tuple(
    IPv6Network(net)
    for net in (
        "2001::/23",  # protocol assignments, Teredo, ORCHID, benchmarking
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: judged by the IPv4 address inside, see below
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)

#: Where an IPv4 address lies inside an IPv6 address: network and the positions of its four bytes.
#: RFC 4291 (mapped, compatible), RFC 2765 (translated), RFC 6052 (NAT64 /96 and local-use /48), RFC 3056 (6to4).
_EMBEDDED = (
    (IPv6Network("::ffff:0:0/96"), (12, 13, 14, 15)),
    (IPv6Network("::ffff:0:0:0/96"), (12, 13, 14, 15)),
    (IPv6Network("::/96"), (12, 13, 14, 15)),
    (IPv6Network("64:ff9b::/96"), (12, 13, 14, 15)),
    (IPv6Network("64:ff9b:1::/48"), (6, 7, 9, 10)),
    (IPv6Network("2002::/16"), (2, 3, 4, 5)),
)
_TEREDO = IPv6Network("2001::/32")


def _inside(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to, None when it holds none."""
    for network, places in _EMBEDDED:
        if address in network:
            return IPv4Address(bytes(address.packed[place] for place in places))
    if address in _TEREDO:  # RFC 4380: the client's address, every bit turned
        return IPv4Address(bytes(byte ^ 0xFF for byte in address.packed[12:]))
    return None


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the public Internet; an address that wraps another is judged by that one."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    if address.scope_id is not None:
        return False
    inside = _inside(address)
    if inside is not None:
        return is_public(inside)
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6)


class AddressGuard:
    """The operator's rule on addresses: public ones, and those in the networks that are allowed by name."""

    def __init__(self, allow_networks: tuple[str, ...]) -> None:
        """Raises ValueError when a network cannot be read."""
        self._allowed: tuple[Network, ...] = tuple(ip_network(net) for net in allow_networks)

    def permits(self, address: str) -> bool:
        """Tell whether the numeric address may be connected to; what cannot be read as one may not."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return is_public(parsed) or any(
            parsed in network for network in self._allowed if network.version == parsed.version
        )
