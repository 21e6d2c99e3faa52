"""URLs as identity: the normalized form, the key made of it, hosts and registrable domains."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit, urlunsplit

from tld import get_fld


def normalize_url(url: str) -> str:
    """Return the identity form of an absolute http(s) URL. Raises ValueError when it is none."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not an http(s) URL: {url[:200]!r}")
    host = parts.hostname.lower()
    port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    return urlunsplit(("https", host + port, parts.path or "/", parts.query, ""))


def url_key(url: str) -> str:
    """Return the identity of an URL: sha256 of its normalized form, 64 hex digits."""
    return hashlib.sha256(normalize_url(url).encode()).hexdigest()


def record_uri(url: str) -> str:
    """Return the URN of the article at an URL; the same for all spellings of it."""
    return f"urn:wiredesk:article:{url_key(url)[:32]}"


def host_of(url: str) -> str:
    """Return the host name of an URL, lower case, with the port when it is not the scheme's own."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    return f"{host}:{parts.port}" if parts.port and parts.port not in (80, 443) else host


def registrable_domain(url_or_host: str) -> str:
    """Return the registrable domain ("bbc.co.uk"), or the host itself where the public suffix list knows none."""
    host = urlsplit(url_or_host).hostname if "://" in url_or_host else url_or_host.partition(":")[0]
    found = get_fld(f"https://{host}/", fail_silently=True)
    return str(found or host or "").lower()
