"""Connections that go only where they may: a name is looked up once, checked, and that very address is connected to."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable
from functools import cached_property
from http.client import HTTPResponse
from ipaddress import ip_address
from typing import Any

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Url, make_headers, parse_url

from pipeline.errors import ConfigError, NeverAgain, TryLater
from pipeline.fetch.addresses import AddressGuard
from pipeline.fetch.deadline import Deadline, Gauge, GaugedSocket, GaugedTLSSocket
from pipeline.fetch.hosts import HostTable
from pipeline.fetch.resolve import Resolver, look_up
from pipeline.fetch.target import Target
from pipeline.policies import FetchPolicy

#: Opens a connection to a numeric address: address, port, seconds. Raises OSError.
Connector = Callable[[str, int, float], GaugedSocket]

#: Addresses of one name that are tried.
_MAX_TRIES = 3


def open_socket(address: str, port: int, timeout_s: float) -> GaugedSocket:
    """Return a socket connected to a numeric address. Raises OSError."""
    sock = GaugedSocket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout_s)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect((address, port))
    except BaseException:
        sock.close()
        raise
    return sock


class Dialer:
    """Opens connections under the operator's policy."""

    def __init__(self, policy: FetchPolicy, resolver: Resolver, connector: Connector) -> None:
        """Raises ConfigError for networks, hosts or a proxy that cannot be read."""
        self._policy = policy
        self._resolver = resolver
        self._connector = connector
        self._hosts = HostTable({name: _place(name, place) for name, place in policy.hosts.items()})
        self._unverified = HostTable(dict.fromkeys(policy.unverified_hosts, True))
        self._proxy = _proxy(policy.proxy)
        try:
            self._guard = AddressGuard(policy.allow_networks)
        except ValueError as error:
            raise ConfigError(f"fetch.allow_networks: {error}") from error

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        # Reading the authorities takes 0.1 s, so only when TLS is spoken.
        return tls_context(verify=self._policy.verify_tls)

    @cached_property
    def _tls_unverified(self) -> ssl.SSLContext:
        return tls_context(verify=False)

    def check(self, target: Target) -> None:
        """Return when the target may be asked at all. Raises NeverAgain: port_not_allowed, private_address."""
        if self._hosts.find(target.host) is not None:
            return
        if target.port not in self._policy.allow_ports:
            raise NeverAgain("port_not_allowed", f"{target.host}: port {target.port}")
        numeric = ":" in target.host or target.host.replace(".", "").isdigit()
        if numeric and not self._guard.permits(target.host):
            raise NeverAgain("private_address", target.host)

    def connection(self, target: Target, gauge: Gauge) -> Connection:
        """Return a new connection to the target's host, not connected yet; it dials when it is first used.

        Host and the name that TLS asks for and verifies stay the target's, whatever address is dialled.
        """

        def dial() -> GaugedSocket:
            sock = self._dial(target, gauge.deadline)
            sock.gauge = gauge
            sock.settimeout(gauge.deadline.left())
            return sock

        tunnel = self._proxy is not None and self._hosts.find(target.host) is None
        if target.scheme == "http":
            return PlainConnection(target.host, target.port, dial)
        context = self._tls_unverified if self._unverified.find(target.host) else self._tls
        secure = SecureConnection(target.host, target.port, dial, context)
        if tunnel:
            secure.set_tunnel(target.host, target.port, headers=self.proxy_headers(target))
        return secure

    def proxy_headers(self, target: Target) -> dict[str, str]:
        """Return the headers for the proxy itself, none when the target is reached without one."""
        if self._proxy is None or self._proxy.auth is None or self._hosts.find(target.host) is not None:
            return {}
        return dict(make_headers(proxy_basic_auth=self._proxy.auth))

    def request_line(self, target: Target) -> str:
        """Return what stands in the request line: the path, or the whole URL for a proxy that forwards http."""
        forwarded = self._proxy is not None and target.scheme == "http" and self._hosts.find(target.host) is None
        return target.url if forwarded else target.path

    def _dial(self, target: Target, deadline: Deadline) -> GaugedSocket:
        """Return a connected socket. Raises NeverAgain, TryLater, DeadlinePassed."""
        fixed = self._hosts.find(target.host)
        if fixed is not None:
            return self._first((fixed[0],), fixed[1], deadline)
        self.check(target)
        if self._proxy is not None:
            # The proxy looks the name up, so it has to keep the rule on addresses; its own address is the operator's.
            host, port = str(self._proxy.host), self._proxy.port or 3128
            return self._first(look_up(host, port, self._resolver, deadline), port, deadline)
        found = look_up(target.host, target.port, self._resolver, deadline)
        allowed = tuple(address for address in found if self._guard.permits(address))
        if not allowed:
            raise NeverAgain("private_address", f"{target.host}: {', '.join(found[:_MAX_TRIES])}")
        return self._first(allowed, target.port, deadline)

    def _first(self, addresses: tuple[str, ...], port: int, deadline: Deadline) -> GaugedSocket:
        """Return a socket to the first address that answers. Raises TryLater("connect_failed")."""
        tries = _tries(addresses)
        failures = []
        for address in tries:
            patience = min(self._policy.connect_timeout_s / len(tries), deadline.left())
            try:
                return self._connector(address, port, patience)
            except OSError as error:
                failures.append(f"{address} port {port}: {error}")
        deadline.left()
        raise TryLater("connect_failed", "; ".join(failures))


class _Guarded:
    """What both kinds of connection share: how they dial, and how they are closed for good."""

    _dial: Callable[[], GaugedSocket]
    _answer: HTTPResponse | None = None

    def _new_conn(self) -> GaugedSocket:
        return self._dial()

    def _make_answer(self, *args: Any, **kwargs: Any) -> HTTPResponse:
        self._answer = HTTPResponse(*args, **kwargs)
        return self._answer

    def hang_up(self) -> None:
        """Close the connection and the answer on it, which holds the socket by itself when both end together."""
        self.close()  # type: ignore[attr-defined]
        if self._answer is not None:
            self._answer.close()


class PlainConnection(_Guarded, HTTPConnection):
    """A connection without TLS."""

    def __init__(self, host: str, port: int, dial: Callable[[], GaugedSocket]) -> None:
        super().__init__(host, port)
        self._dial = dial
        self.response_class = self._make_answer  # type: ignore[assignment]


class SecureConnection(_Guarded, HTTPSConnection):
    """A connection with TLS, verified for the host's name."""

    def __init__(self, host: str, port: int, dial: Callable[[], GaugedSocket], context: ssl.SSLContext) -> None:
        super().__init__(host, port, ssl_context=context)
        self._dial = dial
        self.response_class = self._make_answer  # type: ignore[assignment]
        self._gauge: Gauge | None = None

    def _new_conn(self) -> GaugedSocket:
        sock = self._dial()
        self._gauge = sock.gauge
        return sock

    def connect(self) -> None:
        """Connect, and put the TLS socket under the gauge of the plain one that it took over."""
        super().connect()
        if isinstance(self.sock, GaugedTLSSocket):
            self.sock.gauge = self._gauge


Connection = PlainConnection | SecureConnection


def tls_context(*, verify: bool) -> ssl.SSLContext:
    """Return the TLS settings: TLS 1.2 or newer, certificates checked against the system's authorities.

    SSL_CERT_FILE names others; on a system that has none, certifi's are used.
    """
    context = ssl.create_default_context()
    context.sslsocket_class = GaugedTLSSocket
    paths = ssl.get_default_verify_paths()
    if paths.cafile is None and not (paths.capath and os.listdir(paths.capath)):  # noqa: PTH208
        context.load_verify_locations(certifi.where())
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _tries(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Return the few addresses that are tried, the first of the other family second: IPv6 may lead nowhere."""
    other = [address for address in addresses if (":" in address) != (":" in addresses[0])]
    return tuple(dict.fromkeys([addresses[0], *other[:1], *addresses]))[:_MAX_TRIES]


def _place(name: str, place: str) -> tuple[str, int]:
    """Return address and port of a fixed host. Raises ConfigError."""
    address, _, port = place.rpartition(":")
    try:
        return str(ip_address(address.strip("[]"))), int(port)
    except ValueError as error:
        raise ConfigError(f'fetch.hosts: {name} = "{place}": expected a numeric "address:port"') from error


def _proxy(proxy: str | None) -> Url | None:
    """Return the proxy's address. Raises ConfigError when it is no http:// URL."""
    if proxy is None:
        return None
    found = parse_url(proxy)
    if found.scheme != "http" or not found.host:
        raise ConfigError('fetch.proxy: expected "http://host:port"')
    return found
