"""Text to one tree, shared by everything that reads the page; with caps against pages made to hurt."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from pipeline.errors import NotAnArticle

#: More of these are no article; the longest pages of real newspapers have about a tenth.
MAX_CHARACTERS = 16_000_000
MAX_TAGS = 250_000
#: Attributes of one element; libxml2's time grows with their square.
MAX_ATTRIBUTES = 20_000
_SMALL = 300_000
#: The parser's own limit with huge_tree.
MAX_DEPTH = 2_048
#: Beyond this share of unreadable characters the body is no text.
_BINARY_SHARE = 0.01
_SAMPLE = 200_000
_BINARY_MAGIC = (b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"\x00\x00\x00")

#: Bytes of UTF-8 that no XML tree may hold: control characters but tab, line feed and carriage return.
_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D}) + b"\x7f"
_NONCHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_QUOTED = re.compile(r"""\"[^\"]*\"|'[^']*'""")
#: References that may mean such characters, surrogates, noncharacters or nothing in Unicode; libxml2 drops what follows
#: them, trafilatura the whole page. References to 0x80-0x9f mean windows-1252 in HTML: the parser knows.
_REFERENCE = re.compile(
    rb"&#(?:[xX]0*([0-8bcefBCEF]|1[0-9a-fA-F]|7[fF]|[dDfF][0-9a-fA-F]{3}|[0-9a-fA-F]{5,8})"
    rb"|0*([0-8]|1[124-9]|2[0-9]|3[01]|127|[0-9]{5,10}))(?![0-9a-fA-F]);?"
)


def parse_tree(text: str) -> HtmlElement:
    """Return the page's tree, without comments and processing instructions.

    Raises NotAnArticle: no_text, binary_content, too_large, too_deep.
    """
    _refuse_large(text)
    data = without_forbidden(text.encode("utf-8", "replace"))
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


def _refuse_large(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise NotAnArticle("too_large", f"{len(text):,} characters, {MAX_CHARACTERS:,} are allowed")
    if text.count("<") > MAX_TAGS:
        raise NotAnArticle("too_large", f"more than {MAX_TAGS:,} tags")
    # In smaller pages no element can have so many that it would matter.
    if len(text) > _SMALL and any(
        _has_many_attributes(piece) for piece in text.split("<") if len(piece) > 2 * MAX_ATTRIBUTES
    ):
        raise NotAnArticle("too_large", f"an element with more than {MAX_ATTRIBUTES:,} attributes")


def _has_many_attributes(piece: str) -> bool:
    # A tag ends soon in real pages: what is long is the script or text behind it.
    if ">" in _QUOTED.sub("", piece[:500]) or ">" in _QUOTED.sub("", piece[: 2 * MAX_ATTRIBUTES]):
        return False
    tag = _QUOTED.sub('""', piece).partition(">")[0]
    return len(tag.split(None, MAX_ATTRIBUTES)) > MAX_ATTRIBUTES


def html_parser() -> etree.HTMLParser:
    """Return a parser for UTF-8 whose elements are all HtmlElements.

    lxml.html's own parser asks a Python function for the class of each element, at every visit.
    """
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    return parser


def refuse_binary(body: bytes, text: str, replaced: int) -> None:
    """Raise NotAnArticle(binary_content) for a body that is no text, whatever its Content-Type says."""
    start = body[:64].lstrip()[:8]
    if start.startswith(_BINARY_MAGIC):
        raise NotAnArticle("binary_content", f"begins with {start!r}")
    # In UTF-8, control characters are the same bytes; in other encodings a sample of the text tells as much.
    sample = body if b"\0" not in body[:512] else text[:_SAMPLE].encode("utf-8", "replace")
    bad = replaced + len(sample) - len(sample.translate(None, _CONTROLS))
    if bad > max(10, _BINARY_SHARE * len(text)):
        raise NotAnArticle("binary_content", f"{bad} of {len(text)} characters are unreadable")


def without_forbidden(data: bytes) -> bytes:
    """Return UTF-8 text without forbidden characters and without numeric references to them."""
    data = data.translate(None, _CONTROLS)
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
