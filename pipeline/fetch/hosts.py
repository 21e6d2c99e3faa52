"""Settings by host name: "paper.example", or "*.example" for every name below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class HostTable(Generic[T]):
    """Looks a host up among names and wildcards; the longest that fits wins."""

    def __init__(self, entries: Mapping[str, T]) -> None:
        self._exact = {name.lower(): value for name, value in entries.items() if not name.startswith("*.")}
        self._below = {name[1:].lower(): value for name, value in entries.items() if name.startswith("*.")}

    def find(self, host: str) -> T | None:
        """Return what was said of a host, None when nothing was."""
        if host in self._exact:
            return self._exact[host]
        start = host.find(".")
        while start >= 0:
            if host[start:] in self._below:
                return self._below[host[start:]]
            start = host.find(".", start + 1)
        return None
