"""URLs as identity: the normalized form, the key made of it, hosts and registrable domains.

Two URLs have one form when no publisher is known to tell them apart: the reader's channel, session and device are taken
out, redirectors around the address (unwrap.py), and how it is spelled. What may select content stays: the case of the
path, every other parameter.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, urlsplit

from tld import get_fld

from pipeline.unwrap import unwrap_url
from pipeline.url_rules import (
    CHANNEL_NAMES,
    CHANNEL_VALUES,
    SESSION_LIKE_NAMES,
    SESSION_NAMES,
    TRACKING_NAMES,
    TRACKING_PREFIXES,
    TWIN_LABELS,
    TWIN_PARAMETERS,
)

#: Longer URLs are refused; no server takes them.
MAX_URL_BYTES = 8_192

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?")
_IPV6 = re.compile(r"\[[0-9a-f:.]{2,45}\]")
_DOTS = str.maketrans({"。": ".", "．": ".", "｡": "."})
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|%")
_UNRESERVED = frozenset(map(ord, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"))
_PLAIN = re.compile(r"[A-Za-z0-9\-._~/]*")
#: Characters that may stand in a path or query as they are (RFC 3986), and "%" for escapes already normalized.
_SAFE_PATH = "/!$&'()*+,;=:@~%"
_SAFE_QUERY = _SAFE_PATH + "?[]|"
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?;]*|/\([a-z]\([0-9a-z]{20,30}\)\)", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|shtml)$")
_SESSION_VALUE = re.compile(r"(?=[^/]*\d)(?=[^/]*[a-z])[0-9a-z]{20,64}", re.IGNORECASE)
_AMP_TAIL = re.compile(r"/amp/?$|\.amp(\.html?)?$|/amp(\.html?)$", re.IGNORECASE)
_AMP_HEAD = re.compile(r"/amp(?=/.)")
#: A path that leads to an article rather than to a section: a word with a hyphen, or a number.
_ARTICLE_PATH = re.compile(r"/[^/]*(?:\w-\w|\d{3})")


def normalize_url(url: str) -> str:
    """Return the identity form of an absolute http(s) URL, in ASCII; it need not be one that a server answers.

    Raises ValueError for another scheme, a missing or impossible host, control characters, more than 8 KB.
    """
    url = url.strip()
    if len(url) > MAX_URL_BYTES or _CONTROL.search(url):
        raise ValueError(f"not an URL: too long or with control characters: {url[:200]!r}")
    url = unwrap_url(url)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"not an http(s) URL: {url[:200]!r}")
    path, query = _path(parts.path), _query(parts.query)
    if query in ("m=0", "m=1") and parts.path.endswith(".html"):
        query = ""  # the mobile twin of a Blogger page
    anchor = f"#{quote(parts.fragment, safe=_SAFE_QUERY)}" if parts.fragment.startswith("!") else ""
    return f"https://{_identity_host(parts.netloc)}{path}{f'?{query}' if query else ''}{anchor}"


def url_key(url: str) -> str:
    """Return the identity of an URL: sha256 of its normalized form, 64 hex digits. Raises ValueError."""
    return hashlib.sha256(normalize_url(url).encode()).hexdigest()


def record_uri(url: str) -> str:
    """Return the URN of the article at an URL; the same for all spellings of it. Raises ValueError."""
    return f"urn:wiredesk:article:{url_key(url)[:32]}"


def host_of(url: str) -> str:
    """Return the host of an URL in lower case ASCII, with the port when it is not the scheme's own: the server asked.

    Raises ValueError for an impossible host.
    """
    parts = urlsplit(url)
    host, port = _host_and_port(parts.netloc)
    return host + (port if port not in (":80", ":443") else "")


@lru_cache(maxsize=8_192)
def registrable_domain(url_or_host: str) -> str:
    """Return the registrable domain ("bbc.co.uk"); of an address or a single label, that itself.

    A top-level domain that the public suffix list does not name counts as a suffix of one label, as the list says.
    """
    host = (urlsplit(url_or_host).hostname if "://" in url_or_host else url_or_host.partition(":")[0]) or ""
    found = get_fld(f"https://{host}/", fail_silently=True)
    if not found and not host.rpartition(".")[2].isdigit() and ":" not in host:
        found = ".".join(host.split(".")[-2:])
    return str(found or host).lower()


@lru_cache(maxsize=8_192)
def _identity_host(netloc: str) -> str:
    """Return the host without "www.", the labels of mobile and AMP twins, and the default ports."""
    host, port = _host_and_port(netloc)
    if port in (":80", ":443"):
        port = ""
    while host.count(".") >= 2:
        first, _, rest = host.partition(".")
        if first not in TWIN_LABELS and first != "www":
            break
        if get_fld(f"https://{host}/", fail_silently=True) == host:
            break  # the rest is a public suffix ("m.co.uk")
        host = rest
    labels = host.split(".")
    if len(labels) >= 4 and labels[1] == "m" and not registrable_domain(host).startswith("m."):  # en.m.wikipedia.org
        host = ".".join((labels[0], *labels[2:]))
    return host + port


@lru_cache(maxsize=8_192)
def _host_and_port(netloc: str) -> tuple[str, str]:
    """Return the host in lower case ASCII and ":port" or ""; user and password are dropped. Raises ValueError."""
    if "\\" in netloc:
        raise ValueError(f"a backslash that clients read differently: {netloc[:200]!r}")
    address = netloc.rpartition("@")[2].translate(_DOTS)
    host, port = address, ""
    if not address.endswith("]"):
        head, colon, tail = address.rpartition(":")
        if colon:
            host, port = head, tail
    host = _ascii_host(host).removesuffix(".") if host else ""
    if not (_HOST.fullmatch(host) or _IPV6.fullmatch(host)) or ".." in host:
        raise ValueError(f"not a host: {netloc[:200]!r}")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise ValueError(f"not a port: {netloc[:200]!r}")
    return host, f":{int(port)}" if port else ""


def _ascii_host(host: str) -> str:
    """Return the name in lower case, foreign labels in Punycode; sharp s and final sigma stay themselves (UTS 46)."""
    if host.isascii():
        return host.lower()
    labels = unicodedata.normalize("NFKC", host.lower()).translate(_DOTS).split(".")
    return ".".join(label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels)


def _path(path: str) -> str:
    if not _PLAIN.fullmatch(path):
        path = _spelling(_SESSION_IN_PATH.sub("", path), _SAFE_PATH)
    if "/." in path:
        path = _without_dots(path)
    if "amp" in path or "AMP" in path:
        path = _without_amp(path)
    path = _INDEX.sub("/", path)
    return path.rstrip("/") or "/"


def _spelling(text: str, safe: str) -> str:
    """Return the text with escapes in upper case, none for what needs none, and one for each character that does."""
    if "%" in text:
        text = _ESCAPE.sub(_one_escape, text)
    return quote(text, safe=safe)


def _one_escape(escape: re.Match[str]) -> str:
    digits = escape.group(1)
    if digits is None:
        return "%25"
    code = int(digits, 16)
    return chr(code) if code in _UNRESERVED else f"%{digits.upper()}"


def _without_dots(path: str) -> str:
    """Return the path with "." and ".." taken out (RFC 3986, section 5.2.4)."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    end = "/" if path.endswith(("/.", "/..")) else ""
    return "/".join(kept) + end


def _without_amp(path: str) -> str:
    """Return the path of the page whose AMP twin this is. "/topics/amp" may well be about AMP and stays."""
    rest = _AMP_HEAD.sub("", path, count=1) if path.startswith("/amp/") else path
    rest = _AMP_TAIL.sub(lambda tail: tail.group(1) or tail.group(2) or "", rest)
    return rest if rest != path and _ARTICLE_PATH.search(rest) else path


@lru_cache(maxsize=4_096)
def _says_nothing(name: str, value: str) -> bool:
    """Return whether a parameter tells how the reader came, or on which device or in which session."""
    name = name.lower()
    if name in TRACKING_NAMES or name.startswith(TRACKING_PREFIXES) or name in SESSION_NAMES:
        return True
    if name in TWIN_PARAMETERS:
        return value.lower() in TWIN_PARAMETERS[name]
    if name in CHANNEL_NAMES and value.lower() in CHANNEL_VALUES:
        return True
    return name in SESSION_LIKE_NAMES and bool(_SESSION_VALUE.fullmatch(value))


def _query(query: str) -> str:
    """Return the parameters that may select content, by name; those of one name keep their order."""
    if not query:
        return ""
    kept = []
    for parameter in query.replace("&amp;", "&").split("&"):
        name, _, value = parameter.partition("=")
        if parameter and not _says_nothing(name, value):
            kept.append((name, parameter))
    if not kept:
        return ""
    if len(kept) > 1:
        kept.sort(key=lambda pair: pair[0])
    text = "&".join(parameter for _, parameter in kept)
    return text if text.isascii() and text.replace("=", "").replace("&", "").isalnum() else _spelling(text, _SAFE_QUERY)
