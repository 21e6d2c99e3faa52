"""Text to one tree, shared by everything that reads the page; with caps against pages made to hurt."""

from __future__ import annotations

import re

import lxml.html
from lxml import etree

from pipeline.errors import NotAnArticle

#: More tags than this are no article; the longest pages of real newspapers have about a tenth.
MAX_TAGS = 300_000
#: The parser's own limit with huge_tree.
MAX_DEPTH = 2_048
#: Beyond this share of unreadable characters the body is no text.
_BINARY_SHARE = 0.01
_BINARY_MAGIC = (b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"\x00\x00\x00")

#: Bytes of UTF-8 that no XML tree may hold: control characters but tab, line feed and carriage return.
_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D}) + b"\x7f"
_NONCHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
#: References to them, to surrogates, to noncharacters and beyond Unicode; libxml2 drops what follows such a reference,
#: trafilatura the whole page. References to 0x80-0x9f mean windows-1252 in HTML: the parser knows.
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));?")


def parse_tree(text: str) -> lxml.html.HtmlElement:
    """Return the page's tree, without comments and processing instructions.

    Raises NotAnArticle: no_text, binary_content, too_large, too_deep.
    """
    if text.count("<") > MAX_TAGS:
        raise NotAnArticle("too_large", f"more than {MAX_TAGS:,} tags")
    data = without_forbidden(text.encode("utf-8", "replace"))
    if not data.strip():
        raise NotAnArticle("no_text", "the page is empty")
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise NotAnArticle("no_text", f"the parser found no element ({error})") from error
    if any("Excessive depth" in entry.message for entry in parser.error_log):
        raise NotAnArticle("too_deep", f"elements nested more than {MAX_DEPTH:,} deep")
    return root


def refuse_binary(body: bytes, text: str, replaced: int) -> None:
    """Raise NotAnArticle(binary_content) for a body that is no text, whatever its Content-Type says."""
    start = body[:64].lstrip()[:8]
    if start.startswith(_BINARY_MAGIC):
        raise NotAnArticle("binary_content", f"begins with {start!r}")
    encoded = text.encode("utf-8", "replace")
    bad = replaced + len(encoded) - len(encoded.translate(None, _CONTROLS))
    if bad > max(10, _BINARY_SHARE * len(text)):
        raise NotAnArticle("binary_content", f"{bad} of {len(text)} characters are unreadable")


def without_forbidden(data: bytes) -> bytes:
    """Return UTF-8 text without forbidden characters and without numeric references to them."""
    data = data.translate(None, _CONTROLS)
    for sequence in _NONCHARACTERS:
        data = data.replace(sequence, b"")
    return _REFERENCE.sub(_keep_allowed, data)


def _keep_allowed(found: re.Match[bytes]) -> bytes:
    code = int(found[1], 16) if found[1] else int(found[2])
    forbidden = (
        code < 0x09
        or 0x0B <= code <= 0x0C
        or 0x0E <= code < 0x20
        or code == 0x7F
        or 0xD800 <= code < 0xE000
        or code & 0xFFFE == 0xFFFE
        or code > 0x10FFFF
    )
    return b"" if forbidden else found[0]
