"""Links of entries: which one is the article's, and whether it may be followed."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from pipeline.unwrap import unwrap_url
from pipeline.urls import normalize_url

MAX_URL_CHARS = 8_192
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_BREAK = re.compile(r"[\t\r\n]+ *")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HTTP = re.compile(r"(https?):/{2,}(?=[^/?#\s])", re.I)
#: An address that needs no closer look to be one.
_USUAL = re.compile(r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]{0,200}[A-Za-z0-9])?(?:[/?#][!-~]*)?")
#: A host that a strange scheme's rest can be told from: "//paper.example/a" yes, "//a" no.
_NETWORK_PATH = re.compile(r"//[^/?#\s]+\.[^/?#\s.]")
_LINK_VALUE = re.compile(r"<([^<>]{1,2000})>([^<>]{0,2000})")
_REL = re.compile(r""";\s{0,10}rel\s{0,10}=\s{0,10}(?:"([^"]*)"|([^\s;,"]+))""", re.I)
_ESCAPED_PARAMETER = re.compile(r"&amp;|&([A-Za-z0-9_]+);")


def absolute_link(link: str, base: str) -> str | None:
    """Return the link as an absolute http(s) URL, None where it is empty or only a fragment.

    Of a redirector's link, the address that it carries (unwrap.py). Raises ValueError for another scheme, a link
    without a host, control characters and more than 8 KB.
    """
    if _is_usual(link):
        return unwrap_url(link)
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
    if not _is_usual(link):
        normalize_url(link)
    return unwrap_url(link)


def _is_usual(link: str) -> bool:
    """Return whether this is an address without a closer look, as nearly every link is."""
    return _USUAL.fullmatch(link) is not None and ".." not in link and len(link) <= MAX_URL_CHARS


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


def header_link(header: str, rel: str) -> str | None:
    """Return the first target of that relation in a Link header (RFC 8288), as written."""
    for target, parameters in _LINK_VALUE.findall(header[:MAX_URL_CHARS]):
        rels = _REL.search(parameters)
        if rels and rel in (rels.group(1) or rels.group(2)).lower().split():
            return str(target)
    return None


def unescape_parameters(link: str) -> str:
    """Return the link of an RSS element with parameters that were escaped twice ("&amp;b=2", "&b;=2") put right."""
    if "&" not in link or ";" not in link:
        return link
    return _ESCAPED_PARAMETER.sub(lambda found: f"&{found.group(1) or ''}", link)
