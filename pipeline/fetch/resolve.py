"""Name lookup under a deadline: the system's resolver has none, so it runs in a thread that may be left behind."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable

from pipeline.errors import TryLater
from pipeline.fetch.deadline import Deadline, DeadlinePassed

#: Name and port to numeric addresses, best first; raises OSError (socket.gaierror).
Resolver = Callable[[str, int], tuple[str, ...]]

#: No such name, or no address for it: not what a resolver in trouble says.
_NOT_FOUND = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


def system_resolver(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a host as the system finds them. Raises socket.gaierror."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def look_up(host: str, port: int, resolver: Resolver, deadline: Deadline) -> tuple[str, ...]:
    """Return the addresses of a host.

    Raises TryLater (dns_not_found, dns_failed) and DeadlinePassed. A name that is not found may be our own resolver's
    trouble, so it is tried again like the rest; the reason tells the two apart.
    """
    answer: queue.SimpleQueue[tuple[str, ...] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(resolver(host, port))
        except (OSError, UnicodeError) as error:
            answer.put(error)

    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    try:
        found = answer.get(timeout=deadline.left())
    except queue.Empty:
        raise DeadlinePassed from None
    if isinstance(found, Exception):
        code = "dns_not_found" if getattr(found, "errno", None) in _NOT_FOUND else "dns_failed"
        raise TryLater(code, f"{host}: {found}") from found
    if not found:
        raise TryLater("dns_not_found", f"{host}: no address")
    return found
