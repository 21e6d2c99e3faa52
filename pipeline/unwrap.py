"""Links that only lead on to another site and carry its whole address: that address is read without asking anybody.

Only known redirectors are looked into (url_rules.py): on any other site a parameter "url" may select content.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from functools import lru_cache
from urllib.parse import unquote

from pipeline.url_rules import AMP_CACHES, ENCODED_PATHS, NEWS_IDS, PATH_HOSTS, REDIRECTORS

#: A link that is wrapped more often is left as it is.
MAX_LAYERS = 3

_PARTS = re.compile(r"https?://(?:www\.)?([^/?#:@\\\s]+)(?=[/?#]|\Z)(/[^?#]*)?(?:\?([^#]*))?", re.IGNORECASE)
#: An address that can be followed: a name with a dot in it whose last label is no number.
_ADDRESS = re.compile(
    r"(https?)://((?:[^./?#:@\\\s%\[\]]+\.)+(?!0x)[^./?#:@\\\s%\[\]]*[^\W\d_])\.?(?::\d{1,5})?(?=[/?#]|\Z)",
    re.IGNORECASE,
)  # fmt: skip
_CLOSED = re.compile(r"\.(?:localhost|local|localdomain|internal|intranet|lan|home|corp|arpa|onion)\Z", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ENCODED = re.compile(r"https?%3a", re.IGNORECASE)
_HOSTS = frozenset(host for host, _ in REDIRECTORS)
_NEWS_HEAD = b"\x08\x13\x22"


def unwrap_url(url: str) -> str:
    """Return the address that an absolute http(s) link of a known redirector carries, any other link as it is.

    Raises nothing; what is no web address of a public-looking host is not taken out.
    """
    inner = url
    for _ in range(MAX_LAYERS):
        found = _inside(inner)
        if found is None:
            return inner
        inner = found
    return inner if _inside(inner) is None else url


def _inside(url: str) -> str | None:
    """Return the address one layer down, None when there is none."""
    start = url.split("/", 3)
    parts = _PARTS.match(url) if len(start) > 3 and _is_known(start[2]) else None
    if parts is None:
        return None
    host = parts.group(1).lower()
    path = (parts.group(2) or "").lower().rstrip("/")
    names = REDIRECTORS.get((host, path)) or REDIRECTORS.get((host, None))
    if names is not None:
        return _in_query(parts.group(3) or "", names)
    return _in_path(host + url[parts.end(1) :])


@lru_cache(maxsize=8_192)
def _is_known(netloc: str) -> bool:
    """Return whether this may be a redirector's host; nearly no link needs a closer look."""
    host = netloc.lower().removeprefix("www.")
    return host in _HOSTS or host.startswith(PATH_HOSTS) or host.endswith(PATH_HOSTS)


def _in_query(query: str, names: tuple[str, ...]) -> str | None:
    """Return the first address among the parameters of these names."""
    pairs = [pair.partition("=") for pair in query.replace("&amp;", "&").split("&")]
    found = (_decoded(value) for wanted in names for name, _, value in pairs if name.lower() == wanted)
    return next((address for address in found if address is not None), None)


def _in_path(place: str) -> str | None:
    """Return the address in what follows the scheme."""
    for pattern in AMP_CACHES:
        if cached := pattern.match(place):
            return _address(f"{'https' if cached.group(1) else 'http'}://{cached.group(2)}")
    for pattern in ENCODED_PATHS:
        if encoded := pattern.match(place):
            return _decoded(encoded.group(1))
    news = NEWS_IDS.match(place)
    return _of_news_id(news.group(1)) if news else None


def _of_news_id(text: str) -> str | None:
    """Return the address in an id of Google News: after the head, its length as a varint and its bytes."""
    message = urlsafe_b64decode(text[: len(text) // 4 * 4])
    size, at = message[3], 4
    if size & 0x80:
        size, at = (size & 0x7F) | message[4] << 7, 5
    address = message[at : at + size]
    if not message.startswith(_NEWS_HEAD) or len(address) != size or not address.isascii():
        return None
    return _address(address.decode("ascii"))


def _decoded(value: str) -> str | None:
    """Return the address that a percent-encoded value holds; some redirectors encode it twice."""
    try:
        text = unquote(value, errors="strict")
        return _address(unquote(text, errors="strict") if _ENCODED.match(text) else text)
    except UnicodeDecodeError:
        return None


def _address(text: str) -> str | None:
    """Return the text as an http(s) address of a host that looks public, None when it is none."""
    text = text.strip(" \t\r\n").replace(" ", "%20")
    found = _ADDRESS.match(text)
    if found is None or _CONTROL.search(text) or _CLOSED.search(found.group(2)):
        return None
    return found.group(1).lower() + text[found.end(1) :]
