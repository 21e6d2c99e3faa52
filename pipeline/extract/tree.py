"""Text to one tree, shared by everything that reads the page; with caps against pages made to hurt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from pipeline.errors import NotAnArticle

#: More of these are no article; the longest pages of real newspapers have about a tenth.
MAX_CHARACTERS = 16_000_000
MAX_TAGS = 250_000
#: Attributes of one element; libxml2's time grows with their square.
MAX_ATTRIBUTES = 20_000
#: The parser's own limit with huge_tree.
MAX_DEPTH = 2_048
#: Beyond this share of unreadable characters the body is no text.
_BINARY_SHARE = 0.01
_BINARY_MAGIC = (b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"\x00\x00\x00")

#: Bytes of UTF-8 that no XML tree may hold: control characters but tab, line feed and carriage return.
_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D}) + b"\x7f"
_NONCHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_CONTINUING = bytes(range(0x80, 0xC0))
_QUOTED = re.compile(rb"""\"[^\"]*\"|'[^']*'""")
#: References that may mean such characters, surrogates, noncharacters or nothing in Unicode; libxml2 drops what follows
#: them, trafilatura the whole page. References to 0x80-0x9f mean windows-1252 in HTML: the parser knows.
_REFERENCE = re.compile(
    rb"&#(?:[xX]0*([0-8bcefBCEF]|1[0-9a-fA-F]|7[fF]|[dDfF][0-9a-fA-F]{3}|[0-9a-fA-F]{5,8})"
    rb"|0*([0-8]|1[124-9]|2[0-9]|3[01]|127|[0-9]{5,10}))(?![0-9a-fA-F]);?"
)


def parse_tree(text: str) -> HtmlElement:
    """Return the page's tree, without comments and processing instructions.

    Raises NotAnArticle: no_text, too_large, too_deep.
    """
    return parse_utf8(without_controls(text.encode("utf-8", "replace")))


def parse_utf8(data: bytes) -> HtmlElement:
    """Return the tree of a page in UTF-8 that has no control characters any more. Raises as parse_tree does."""
    _refuse_large(data)
    data = _without_references(data)
    if not data.strip():
        raise NotAnArticle("no_text", "the page is empty")
    parser = html_parser()
    try:
        root = etree.fromstring(data, parser=parser)
    except etree.XMLSyntaxError as error:
        raise NotAnArticle("no_text", f"the parser found no element ({error})") from error
    if root is None:
        raise NotAnArticle("no_text", "the parser found no element")
    if parser.error_log.last_error is not None and "Excessive depth" in parser.error_log.last_error.message:
        raise NotAnArticle("too_deep", f"elements nested more than {MAX_DEPTH:,} deep")
    return root


def _refuse_large(data: bytes) -> None:
    if len(data) > MAX_CHARACTERS and (count := len(data.translate(None, _CONTINUING))) > MAX_CHARACTERS:
        raise NotAnArticle("too_large", f"{count:,} characters, {MAX_CHARACTERS:,} are allowed")
    if data.count(b"<") > MAX_TAGS:
        raise NotAnArticle("too_large", f"more than {MAX_TAGS:,} tags")
    if any(map(_has_many_attributes, _long_pieces(data, 2 * MAX_ATTRIBUTES))):
        raise NotAnArticle("too_large", f"an element with more than {MAX_ATTRIBUTES:,} attributes")


def _long_pieces(data: bytes, size: int) -> Iterator[bytes]:
    """Yield what stands between one "<" and the next where that is at least so long; the others are leapt over."""
    start = 0
    while start + size < len(data):
        last = data.rfind(b"<", start, start + size)
        if last < 0:
            last = data.find(b"<", start + size)
            last = last if last >= 0 else len(data)
            yield data[start:last]
        start = last + 1


def _has_many_attributes(piece: bytes) -> bool:
    # A tag ends soon in real pages: what is long is the script or text behind it.
    if b">" in _QUOTED.sub(b"", piece[:500]) or b">" in _QUOTED.sub(b"", piece[: 2 * MAX_ATTRIBUTES]):
        return False
    tag = _QUOTED.sub(b'""', piece).partition(b">")[0]
    return len(tag.split(None, MAX_ATTRIBUTES)) > MAX_ATTRIBUTES


def html_parser() -> etree.HTMLParser:
    """Return a parser for UTF-8 whose elements are all HtmlElements.

    lxml.html's own parser asks a Python function for the class of each element, at every visit.
    """
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    return parser


def refuse_binary(body: bytes, unreadable: int, length: int) -> None:
    """Raise NotAnArticle(binary_content) for a body that is no text, whatever its Content-Type says.

    `unreadable` are its bad bytes and control characters, `length` all its characters.
    """
    start = body[:64].lstrip()[:8]
    if start.startswith(_BINARY_MAGIC):
        raise NotAnArticle("binary_content", f"begins with {start!r}")
    if unreadable > max(10, _BINARY_SHARE * length):
        raise NotAnArticle("binary_content", f"{unreadable} of {length} characters are unreadable")


def without_controls(data: bytes) -> bytes:
    """Return UTF-8 text without the control characters that no tree may hold."""
    return data.translate(None, _CONTROLS)


def _without_references(data: bytes) -> bytes:
    """Return UTF-8 text without noncharacters, and without numeric references to any forbidden character."""
    if b"\xef\xbf" in data:
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
