"""What an URL asks for, read once and strictly: scheme, host, port and the bytes of the request line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote

from pipeline.errors import NeverAgain

MAX_URL_CHARS = 8_192
_PORTS = {"http": 80, "https": 443}
#: RFC 3986, appendix B, with the authority taken apart further on.
_URL = re.compile(r"(?s)([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?")
_NAME = re.compile(r"(?=.{1,253}\Z)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\Z")
#: A last label that the resolver would read as a number: 127.1, 0x7f000001, 2130706433.
_NUMERIC = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One http(s) URL in the form that is requested: ASCII, no user information, no fragment."""

    scheme: str
    #: Lower-case ASCII name, or a numeric address (IPv6 without brackets).
    host: str
    port: int
    #: Path and query as they stand in the request line; begins with "/".
    path: str

    @property
    def origin(self) -> str:
        """Scheme, host and, unless it is the scheme's own, port."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{name}{port}"

    @property
    def url(self) -> str:
        """The whole URL."""
        return self.origin + self.path


def parse_target(url: str) -> Target:
    """Return what the URL asks for. Raises NeverAgain: bad_url, url_too_long, scheme_not_allowed.

    Where parsers differ (backslashes, control characters, numbers as host names) the URL is refused. User
    information is dropped, and is in no message.
    """
    url = url.strip(" \t\r\n")
    if len(url) > MAX_URL_CHARS:
        raise NeverAgain("url_too_long", f"{len(url)} characters, {MAX_URL_CHARS} allowed")
    found = _URL.fullmatch(url)
    if found is None:
        raise NeverAgain("bad_url", f"not an absolute URL: {url[:100]!r}")
    scheme, authority, path, query, _ = found.groups(default="")
    scheme = scheme.lower()
    if scheme not in _PORTS:
        raise NeverAgain("scheme_not_allowed", f"{scheme}: http and https only")
    if re.search(r"[\x00-\x20\x7f\\]", authority):
        raise NeverAgain("bad_url", "control character, blank or backslash in the host")
    host, port = _authority(authority.rpartition("@")[2])
    return Target(scheme=scheme, host=host, port=port or _PORTS[scheme], path=_request_path(path + query))


def without_user(url: str) -> str:
    """Return the URL as it was written, but for user name and password."""
    return re.sub(r"^(\s*[A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@", r"\1", url)


def _authority(text: str) -> tuple[str, int | None]:
    """Return host and port of an authority without user information."""
    if text.startswith("["):
        literal, bracket, rest = text[1:].partition("]")
        try:
            host = str(IPv6Address(literal))
        except AddressValueError:
            host = "%"
        if not bracket or "%" in host or (rest and not rest.startswith(":")):
            raise NeverAgain("bad_url", f"no IPv6 address: {text[:100]!r}")
        return host, _port(rest[1:])
    name, _, port = text.partition(":")
    return _host(name), _port(port)


def _port(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) < 65_536:
        raise NeverAgain("bad_url", f"no port: {text[:20]!r}")
    return int(text)


def _host(name: str) -> str:
    """Return the host name in lower-case ASCII (IDNA 2003, as the standard library has it)."""
    try:
        host = name.encode("idna").decode("ascii").lower() if not name.isascii() else name.lower()
    except UnicodeError:
        host = ""
    host = host.removesuffix(".")
    if _NUMERIC.match(host):
        try:
            return str(IPv4Address(host))
        except AddressValueError:
            host = ""
    if not _NAME.match(host):
        raise NeverAgain("bad_url", f"no host name: {name[:100]!r}")
    return host


def _request_path(text: str) -> str:
    """Return path and query for the request line: blanks and non-ASCII percent-encoded, nothing else touched."""
    if re.search(r"[\x00-\x1f\x7f\ud800-\udfff\\]", text):
        raise NeverAgain("bad_url", "control character or backslash in the URL")
    if not text.startswith("/"):
        text = "/" + text
    return quote(text, safe="!#$%&'()*+,/:;=?@[]~|^`{}-._")
