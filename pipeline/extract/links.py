"""The addresses that a page declares: canonical, AMP, and the pages that it names as its source."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from pipeline.extract import jsonld
from pipeline.extract.clues import Clues
from pipeline.urls import registrable_domain

MAX_URL = 2_048
MAX_SOURCES = 10
_PIXEL = re.compile(r"counter\.theconversation\.com/content/(\d{3,12})/")


def web_url(value: object, base: str) -> str | None:
    """Return an absolute http(s) URL of at most 2 KB, None when the value is none."""
    if not isinstance(value, str) or not (value := value.strip()) or len(value) > MAX_URL:
        return None
    try:
        url = urljoin(base, value)
        parts = urlsplit(url)
        sane = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return url if sane and len(url) <= MAX_URL and url.isprintable() else None


def read_canonical(clues: Clues) -> str | None:
    """Return the address that the page declares as its own."""
    for rel, href, _ in clues.links:
        if "canonical" in rel.split() and (url := web_url(href, clues.base)):
            return url
    return web_url(clues.meta("og:url"), clues.base)


def read_amp(clues: Clues) -> str | None:
    """Return the address of the page's AMP form."""
    for rel, href, _ in clues.links:
        if rel == "amphtml":
            return web_url(href, clues.base)
    return None


def read_sources(clues: Clues) -> tuple[str, ...]:
    """Return the pages of other sites that this page names as its source."""
    named: list[object] = [*clues.metas.get("original-source", ()), *clues.metas.get("syndication-source", ())]
    for item in jsonld.items(clues.article.get("isBasedOn"), 10) + jsonld.items(clues.article.get("isBasedOnUrl"), 10):
        named.append(item.get("url") or item.get("@id") if isinstance(item, dict) else item)
    own = registrable_domain(clues.page.url)
    found: dict[str, None] = {}
    for value in named:
        if (url := web_url(value, clues.base)) and registrable_domain(url) != own:
            found[url] = None
    return tuple(found)[:MAX_SOURCES]
