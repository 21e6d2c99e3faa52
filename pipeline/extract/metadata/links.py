"""The addresses that a page declares: canonical, AMP, and the pages that it names as its source."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from pipeline.extract.walk.clues import Clues
from pipeline.extract.walk.jsonld import items
from pipeline.urls import registrable_domain

_MAX_URL = 2_048
_MAX_SOURCES = 10
_METAS = ("original-source", "syndication-source", "article:original_url", "original_url", "dcterms.source")
#: The pixel of the Republication Tracker Tool: the post's number at the site that it was taken from.
_REPUBLICATION = re.compile(rb"(https?://[\w.-]{4,200})/\?republication-pixel=true&(?:amp;|#0?38;)?post=(\d{1,12})")


def web_url(value: object, base: str) -> str | None:
    """Return an absolute http(s) URL of at most 2 KB; None when the value is none."""
    if not isinstance(value, str) or not (value := value.strip()) or len(value) > _MAX_URL:
        return None
    try:
        url = urljoin(base, value)
        parts = urlsplit(url)
        sane = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and parts.port != 0
    except ValueError:
        return None
    return url if sane and len(url) <= _MAX_URL and url.isprintable() and " " not in url else None


def read_canonical(clues: Clues) -> tuple[str | None, str | None]:
    """Return the address that the page declares as its own, and the source."""
    for rel, href in clues.links:
        if "canonical" in rel.split() and (url := web_url(href, clues.base)):
            return url, "link"
    url = web_url(clues.meta("og:url"), clues.base)
    return url, "og" if url else None


def read_amp(clues: Clues) -> str | None:
    """Return the address of the page's AMP form."""
    return next((url for rel, href in clues.links if rel == "amphtml" and (url := web_url(href, clues.base))), None)


def read_sources(clues: Clues) -> tuple[str, ...]:
    """Return the pages of other sites that this page names as its source."""
    named: list[object] = [content for name in _METAS for content in clues.metas.get(name, ())[:3]]
    for item in items(clues.article.get("isBasedOn"), 10) + items(clues.article.get("isBasedOnUrl"), 10):
        named.append(item.get("url") or item.get("@id") if isinstance(item, dict) else item)
    if b"republication-pixel=true" in clues.page.body:
        named += [f"{site.decode()}/?p={post.decode()}" for site, post in _REPUBLICATION.findall(clues.page.body)[:3]]
    found: dict[str, None] = {}
    for value in named:
        url = web_url(value, clues.base)
        if url and registrable_domain(url) != registrable_domain(clues.page.url):
            found[url] = None
    return tuple(found)[:_MAX_SOURCES]
