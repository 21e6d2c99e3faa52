"""The body of an answer: decoded, counted, and known to be whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from urllib3 import HTTPResponse

from pipeline.errors import NeverAgain, TryLater
from pipeline.fetch.decode import decode
from pipeline.fetch.sniff import SNIFF_BYTES, check_html

_PIECE = 65_536
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRule:
    """What may be read for one kind of request."""

    max_bytes: int
    #: Stop at the limit and keep what was read (robots.txt) instead of refusing.
    cut: bool = False
    #: Refuse what is not HTML.
    html: bool = False
    #: Undo gzip that is part of the resource itself (sitemap.xml.gz).
    gunzip: bool = False


def read_body(response: HTTPResponse, rule: BodyRule, content_type: str | None, charset: str | None) -> bytes:
    """Return the decoded body.

    Raises NeverAgain (body_too_large, not_html), TryLater (encoding_unknown, bad_encoding, body_truncated), and what
    the connection raises.
    """
    pieces = decode(_raw(response), _one(response, "content-encoding"))
    body, sniffed = bytearray(), not rule.html
    for piece in _unwrapped(pieces) if rule.gunzip else pieces:
        body += piece
        if not sniffed and len(body) >= SNIFF_BYTES:
            check_html(bytes(body[:SNIFF_BYTES]), content_type, charset)
            sniffed = True
        if len(body) > rule.max_bytes:
            if rule.cut:
                return bytes(body[: rule.max_bytes])
            raise NeverAgain("body_too_large", f"more than {rule.max_bytes} bytes")
    if not sniffed and body:
        check_html(bytes(body), content_type, charset)
    return bytes(body)


def declared_length(response: HTTPResponse) -> int | None:
    """Return the Content-Length. Raises TryLater("protocol_error") when it is no number or there are several."""
    values = {part.strip() for value in response.headers.getlist("content-length") for part in value.split(",")}
    if not values:
        return None
    if len(values) > 1 or not all(value.isascii() and value.isdigit() for value in values):
        raise TryLater("protocol_error", f"Content-Length {sorted(values)!r:.100}")
    return int(values.pop())


def _raw(response: HTTPResponse) -> Iterator[bytes]:
    return response.stream(_PIECE, decode_content=False)


def _one(response: HTTPResponse, name: str) -> str | None:
    return ",".join(response.headers.getlist(name)) or None


def _unwrapped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Return the pieces, with gzip undone when the first begins like it."""
    first = next((piece for piece in pieces if piece), b"")

    def again() -> Iterator[bytes]:
        yield first
        yield from pieces

    return decode(again(), "gzip") if first.startswith(_GZIP_MAGIC) else again()
