"""Links of entries: which one is the article's, and whether it may be followed."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from pipeline.urls import normalize_url

MAX_URL_CHARS = 8_192
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LINE_BREAK = re.compile(r"[\t\r\n]+ *")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HTTP = re.compile(r"(https?):/{2,}(?=[^/?#\s])", re.I)
#: A host that a strange scheme's rest can be told from: "//paper.example/a" yes, "//a" no.
_USUAL = re.compile(r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]{0,200}[A-Za-z0-9])?(?:[/?#]|$)")
_NETWORK_PATH = re.compile(r"//[^/?#\s]+\.[^/?#\s.]")
_ESCAPED_PARAMETER = re.compile(r"&amp;|&([A-Za-z0-9_]+);")


def absolute_link(link: str, base: str) -> str | None:
    """Return the link as an absolute http(s) URL, None where it is empty or only a fragment.

    Raises ValueError for another scheme, a link without a host, control characters and more than 8 KB.
    """
    link = link.strip(" \t\r\n\f\v\xa0\ufeff")
    if "\n" in link or "\r" in link or "\t" in link:
        link = _LINE_BREAK.sub("", link)
    if not link or link.startswith("#"):
        return None
    if len(link) > MAX_URL_CHARS or _CONTROL.search(link):
        raise ValueError("link")
    if not link.startswith(("http://", "https://")) or link.startswith(("http:///", "https:///")):
        link = _resolve(link, base)
    link = link.replace(" ", "%20")
    if not _USUAL.match(link):
        normalize_url(link)
    return link


def _resolve(link: str, base: str) -> str:
    if web := _HTTP.match(link):
        return f"{web.group(1).lower()}://{link[web.end() :]}"
    if _SCHEME.match(link) or (link.startswith("//") and not _NETWORK_PATH.match(link)):
        return _refuse(link)
    return urljoin(base, _with_host(link, base))


def _with_host(link: str, base: str) -> str:
    """Return the link; one that begins with a host name instead of a path ("www.paper.example/a") gets its slashes."""
    first = link.partition("/")[0].lower()
    own = base.split("/", 3)[2].lower() if base.count("/") >= 2 else ""
    named = first.startswith("www.") or (first in (own, own.removeprefix("www.")))
    return f"//{link}" if first and named and "." in first else link


def _refuse(link: str) -> str:
    raise ValueError(link[:200])


def unescape_parameters(link: str) -> str:
    """Return the link of an RSS element with parameters that were escaped twice ("&amp;b=2", "&b;=2") put right."""
    if "&" not in link or ";" not in link:
        return link
    return _ESCAPED_PARAMETER.sub(lambda found: f"&{found.group(1) or ''}", link)
