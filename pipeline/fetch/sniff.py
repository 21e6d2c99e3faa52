"""Whether the first bytes of a page can be HTML, whatever its Content-Type says."""

from __future__ import annotations

import re

from pipeline.errors import NeverAgain

#: So much is looked at; the rest of what is no page is not even read.
SNIFF_BYTES = 1_024

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_BINARY = re.compile(
    rb"%PDF-|\x89PNG|\xff\xd8\xff|GIF8[79]a|RIFF....(WEBP|WAVE|AVI )|PK[\x03\x05]\x04|\x1f\x8b|BZh|\xfd7zXZ|Rar!"
    rb"|7z\xbc\xaf|\x7fELF|MZ.\x00|ID3|OggS|fLaC|\xff[\xfb\xf3]|\x1aE\xdf\xa3|....ftyp|\x00\x00\x01[\xba\xb3]|wOF[F2]|8BPS",
    re.DOTALL,
)
#: Possessive throughout: comments can be divided in many ways, and a pattern that tries them all takes for ever.
_MARKUP = re.compile(
    rb"\s*+(<\?xml[^>]*+>\s*+)?+(<!--((?!-->).)*+-->\s*+)*+<(!doctype\s+html|html|head|body|title|meta|script|style|article|main|div|p|h1)\b",
    re.DOTALL | re.IGNORECASE,
)
_BOMS = (b"\xff\xfe", b"\xfe\xff")


def check_html(head: bytes, content_type: str | None, charset: str | None) -> None:
    """Return for bytes that may be an HTML page. Raises NeverAgain("not_html").

    A page that calls itself HTML is believed unless its bytes are those of another format; one that calls itself
    something else, or nothing, has to begin like HTML.
    """
    wide = head[:2] in _BOMS or (charset or "").lower().startswith(("utf-16", "utf-32", "ucs-2"))
    if _BINARY.match(head):
        raise NeverAgain("not_html", f"{content_type or 'no content type'}, begins with {head[:8]!r}")
    if wide or (content_type in _HTML_TYPES and not _is_binary(head)):
        return
    if not _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise NeverAgain("not_html", f"{content_type or 'no content type'}, no markup at its beginning")


def _is_binary(head: bytes) -> bool:
    """Tell whether so many bytes are NUL that this is no text, but for UTF-16 that does not call itself so."""
    return head.count(0) > len(head) // 10 and b"<\0" not in head and b"\0<" not in head
