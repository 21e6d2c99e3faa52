"""The time and the bytes that one fetch may use, held at the socket: every read is given only what is left."""

from __future__ import annotations

import socket
import ssl
import time
from typing import Any


class DeadlinePassed(Exception):
    """The time for the whole fetch is over."""


class WireLimit(Exception):
    """The server sent more bytes than allowed, counted on the wire: headers, chunk sizes and all."""


class Deadline:
    """The network time that is left to a fetch, over all its hops. Time spent waiting for a turn is given back."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left, always positive. Raises DeadlinePassed."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise DeadlinePassed
        return left

    def spent(self) -> float:
        """Return the seconds of network time used so far."""
        return self._seconds - (self._end - time.monotonic())

    def give_back(self, seconds: float) -> None:
        """Lengthen by a wait that was our own doing."""
        self._end += seconds


class Gauge:
    """What one request may still read: until when, and how many bytes."""

    def __init__(self, deadline: Deadline, wire_bytes: int) -> None:
        self.deadline = deadline
        self.wire_left = wire_bytes

    def count(self, received: int) -> None:
        """Take the bytes off the allowance. Raises WireLimit."""
        self.wire_left -= received
        if self.wire_left < 0:
            raise WireLimit


class _Gauged:
    """A socket that asks its gauge before and after every read.

    A timeout alone holds for one read, and a server that drips restarts it with every byte. Here each read may take
    only the time that is left to the whole, so headers, interim answers, chunk sizes and body end at one deadline.
    """

    gauge: Gauge | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        gauge = self.gauge
        if gauge is None:
            return int(super().recv_into(*args, **kwargs))  # type: ignore[misc]
        self.settimeout(gauge.deadline.left())  # type: ignore[attr-defined]
        received = int(super().recv_into(*args, **kwargs))  # type: ignore[misc]
        gauge.count(received)
        return received


class GaugedSocket(_Gauged, socket.socket):
    """A plain socket under a gauge."""


class GaugedTLSSocket(_Gauged, ssl.SSLSocket):
    """A TLS socket under a gauge; its handshake has one timeout for all its reads already."""
