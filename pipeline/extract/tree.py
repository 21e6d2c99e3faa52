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

#: Characters that no XML tree may hold; libxml2 drops what follows them, and trafilatura the whole page.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));?")


def parse_tree(text: str) -> lxml.html.HtmlElement:
    """Return the page's tree, without comments and processing instructions.

    Raises NotAnArticle: no_text, binary_content, too_large, too_deep.
    """
    if text.count("<") > MAX_TAGS:
        raise NotAnArticle("too_large", f"more than {MAX_TAGS:,} tags")
    text = without_forbidden(text)
    if not text.strip():
        raise NotAnArticle("no_text", "the page is empty")
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise NotAnArticle("no_text", f"the parser found no element ({error})") from error
    if any("Excessive depth" in entry.message for entry in parser.error_log):
        raise NotAnArticle("too_deep", f"elements nested more than {MAX_DEPTH:,} deep")
    return root


def refuse_binary(body: bytes, text: str, replaced: int) -> None:
    """Raise NotAnArticle(binary_content) for a body that is no text, whatever its Content-Type says."""
    if body.lstrip()[:8].startswith(_BINARY_MAGIC):
        raise NotAnArticle("binary_content", f"begins with {body.lstrip()[:8]!r}")
    bad = replaced + len(_FORBIDDEN.findall(text))
    if bad > max(10, _BINARY_SHARE * len(text)):
        raise NotAnArticle("binary_content", f"{bad} of {len(text)} characters are unreadable")


def without_forbidden(text: str) -> str:
    """Return the text without forbidden characters and without references to them, numeric references only."""
    return _FORBIDDEN.sub("", _REFERENCE.sub(_keep_allowed, text) if "&#" in text else text)


def _keep_allowed(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else int(found[2])
    # References to 0x80-0x9f mean windows-1252 in HTML: the parser knows.
    if code > 0x10FFFF or 0xD800 <= code < 0xE000 or _FORBIDDEN.match(chr(code)):
        return ""
    return found[0]
