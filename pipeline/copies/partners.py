"""Publishers and agencies by the names and domains that pages use for them."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.policies import Partner
from pipeline.text import normal_key
from pipeline.urls import host_of


class Partners:
    """A look-up in the partner registry. Made once; does not change."""

    def __init__(self, partners: Iterable[Partner] = ()) -> None:
        self._by_name: dict[str, Partner] = {}
        self._by_domain: dict[str, Partner] = {}
        for partner in partners:
            for name in (partner.name, *partner.aliases, *partner.marks):
                self._by_name.setdefault(name_key(name), partner)
            for domain in partner.domains:
                self._by_domain.setdefault(domain.lower(), partner)

    def named(self, name: str | None) -> Partner | None:
        """Return the partner with this name, alias or mark, whatever its case, punctuation and leading "The"."""
        return self._by_name.get(name_key(name)) if name else None

    def at(self, url_or_domain: str | None) -> Partner | None:
        """Return the partner whose site this is, or is a part of."""
        host = host_of(url_or_domain) if url_or_domain and "://" in url_or_domain else (url_or_domain or "").lower()
        while host:
            if host in self._by_domain:
                return self._by_domain[host]
            host = host.partition(".")[2]
        return None


def name_key(name: str) -> str:
    """Return what two spellings of a publisher's name have in common; empty for a name without letters."""
    key = normal_key(name)
    return key.removeprefix("the") or key
