"""The body of a feed as text: decompressed where it is gz, decoded by one of an allowlist of codecs."""

from __future__ import annotations

import codecs
import re
import zlib

from pipeline.errors import FeedUnreadable
from pipeline.models import Page

#: Text encodings that feeds are met in. Python knows others (punycode, unicode_escape, zlib) that are no charsets.
_CODECS = (
    "utf-8 utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be ascii "
    "cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 cp866 cp437 cp850 cp932 cp949 cp950 "
    "iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 "
    "iso8859-13 iso8859-14 iso8859-15 iso8859-16 tis-620 koi8-r koi8-u mac-roman mac-cyrillic "
    "gb2312 gbk gb18030 hz big5 big5hkscs shift_jis euc_jp iso2022_jp euc_kr iso2022_kr johab"
)
_ALLOWED = frozenset(codecs.lookup(name).name for name in _CODECS.split())
#: Browsers read these names as their Windows supersets, and so do publishers.
_WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "tis-620": "cp874", "gb2312": "gb18030"}
#: Encodings whose bytes may pass for UTF-8 by chance: believed before UTF-8 is tried.
_SEVEN_BIT = frozenset(("iso2022_jp", "iso2022_kr", "hz"))

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BARE_UTF16 = ((b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"), (b"<\0r\0", "utf-16-le"), (b"\0<\0r", "utf-16-be"))
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_HEAD_BYTES = 400
_DECLARATION = re.compile(r"<\?xml[^>]{0,500}>")

#: Of the characters beyond ASCII, this share may be broken before a body is held for something else than UTF-8.
_BROKEN_SHARE = 0.1


def unpack(body: bytes, limit: int) -> bytes:
    """Return the body, decompressed when it is a gz file. Raises FeedUnreadable past `limit` bytes or on bad gz."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    inflater = zlib.decompressobj(wbits=31)
    try:
        plain = inflater.decompress(body, limit + 1)
    except zlib.error as error:
        raise FeedUnreadable("feed_bad_gzip", str(error)) from error
    if len(plain) > limit:
        raise FeedUnreadable("feed_too_large", f"more than {limit} bytes after decompression")
    if not inflater.eof:
        raise FeedUnreadable("feed_bad_gzip", "the gz file ends in the middle")
    return plain


def trim(body: bytes) -> bytes:
    """Return the body without a UTF-8 byte order mark and leading blanks."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n\f\v\0")


def may_be_utf8(body: bytes) -> bool:
    """Return whether nothing at the head of the body says that it is not UTF-8."""
    declared = _DECLARED.match(body[:_HEAD_BYTES])
    return b"\0" not in body[:8] and (declared is None or _codec(declared.group(1).decode()) == "utf-8")


def decode_feed(page: Page, body: bytes) -> str:
    """Return the text of the body without byte order mark, XML declaration and leading blanks. Never fails.

    A byte order mark counts most; then UTF-8 where the bytes are UTF-8; then the encoding that the XML declares, then
    the one that the server names. Single broken bytes become U+FFFD.
    """
    text = _decode(page, body).lstrip("\ufeff \t\r\n\f\v\0")
    head = _DECLARATION.match(text)
    return text[head.end() :].lstrip() if head else text


def _decode(page: Page, body: bytes) -> str:
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    for mark, codec in _BARE_UTF16:
        if body.startswith(mark):
            return body.decode(codec, "replace")
    return _decode_declared(body, _candidates(page, body))


def _decode_declared(body: bytes, candidates: list[str]) -> str:
    for codec in candidates:
        if codec in _SEVEN_BIT and (text := _strict(body, codec)) is not None:
            return text
    text = _strict(body, "utf-8")
    if text is not None:
        return text
    for codec in candidates:
        if codec != "utf-8" and (text := _strict(body, codec)) is not None:
            return text
    lossy = body.decode("utf-8", "replace")
    strange = len(lossy) - len(lossy.encode("ascii", "ignore"))
    if lossy.count("\ufffd") <= _BROKEN_SHARE * strange:
        return lossy
    return body.decode(next((codec for codec in candidates if codec != "utf-8"), "cp1252"), "replace")


def _strict(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        return None


def _candidates(page: Page, body: bytes) -> list[str]:
    """Return the allowed codecs that the XML and the server name, in that order."""
    found = _DECLARED.match(body.lstrip()[:_HEAD_BYTES])
    names = [found.group(1).decode() if found else "", page.charset or ""]
    return [codec for codec in map(_codec, names) if codec]


def _codec(name: str) -> str | None:
    try:
        codec = codecs.lookup(name.strip().strip("\"'")).name
    except (LookupError, ValueError, UnicodeError):
        return None
    if codec not in _ALLOWED:
        return None
    codec = _WIDER.get(codec, codec)
    return None if codec.startswith(("utf-16", "utf-32")) else codec
