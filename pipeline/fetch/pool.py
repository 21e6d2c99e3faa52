"""Connections that wait for the next request to the same origin."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from pipeline.fetch.connection import Connection
from pipeline.fetch.deadline import Gauge

#: Many servers close an idle connection after 15 s or less.
_IDLE_S = 15.0
_MAX_IDLE = 256


class Pool:
    """At most one idle connection for each origin: a host is asked by one worker at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: OrderedDict[str, tuple[Connection, float]] = OrderedDict()

    def take(self, origin: str, gauge: Gauge) -> Connection | None:
        """Return a connection that is still open and silent, now under this gauge; None when there is none.

        One on which the server has said something unasked is closed: its next answer could belong to another request.
        """
        with self._lock:
            found = self._idle.pop(origin, None)
        if found is None:
            return None
        connection, since = found
        if time.monotonic() - since > _IDLE_S or not connection.is_connected:
            connection.hang_up()
            return None
        connection.sock.gauge = gauge  # type: ignore[union-attr]
        return connection

    def keep(self, origin: str, connection: Connection) -> None:
        """Keep a connection whose last answer was read to its end; those that waited too long are closed."""
        if connection.sock is None:
            return
        now = time.monotonic()
        with self._lock:
            stale = [self._idle.pop(origin)] if origin in self._idle else []
            self._idle[origin] = (connection, now)
            while self._idle:
                oldest = next(iter(self._idle))
                if len(self._idle) <= _MAX_IDLE and now - self._idle[oldest][1] <= _IDLE_S:
                    break
                stale.append(self._idle.pop(oldest))
        for old, _ in stale:
            old.hang_up()

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            idle, self._idle = list(self._idle.values()), OrderedDict()
        for connection, _ in idle:
            connection.hang_up()
