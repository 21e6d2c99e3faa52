"""Bytes to text: which encoding a page is in, and its text with nothing worse than U+FFFD in it.

The order of trust: byte order mark, UTF-8 that is UTF-8 beyond chance, the header's charset, the page's own meta
charset, a detector, windows-1252. Encodings are those of the WHATWG Encoding Standard (https://encoding.spec.whatwg.org),
by an allow-list of labels: a page can never name a Python codec of its choice.
"""

from __future__ import annotations

import codecs
import re

import charset_normalizer

from pipeline.models import Value

#: Python codec → the labels that mean it. WHATWG reads latin-1 and ASCII as windows-1252, and so do browsers.
_LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
    "utf-16-be": "unicodefffe utf-16be",
    "cp1252": "ansi_x3.4-1968 ascii cp1252 cp819 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 l1 latin1 "
    "latin-1 us-ascii windows-1252 x-cp1252",
    "iso8859-2": "iso-8859-2 iso8859-2 iso88592 iso_8859-2 l2 latin2 latin-2",
    "iso8859-3": "iso-8859-3 iso8859-3 latin3",
    "iso8859-4": "iso-8859-4 iso8859-4 latin4",
    "iso8859-5": "cyrillic iso-8859-5 iso8859-5",
    "iso8859-6": "arabic asmo-708 iso-8859-6 iso-8859-6-e iso-8859-6-i iso8859-6",
    "iso8859-7": "greek greek8 iso-8859-7 iso8859-7 sun_eu_greek",
    "iso8859-8": "hebrew iso-8859-8 iso-8859-8-e iso-8859-8-i iso8859-8 logical visual",
    "iso8859-10": "iso-8859-10 iso8859-10 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13",
    "iso8859-14": "iso-8859-14 iso8859-14",
    "iso8859-15": "iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9 latin-9",
    "iso8859-16": "iso-8859-16 iso8859-16",
    "cp866": "866 cp866 csibm866 ibm866",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "cp874": "dos-874 iso-8859-11 iso8859-11 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251 win-1251",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 iso-8859-9 iso8859-9 l5 latin5 windows-1254 x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "gb18030": "chinese csgb2312 gb18030 gb2312 gb_2312 gb_2312-80 gbk cp936 x-gbk",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc-jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022-jp": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949",
}
_CODEC_OF = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
_CODECS = {codecs.lookup(codec).name: codec for codec in _LABELS}

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

#: How far into the page a meta charset is looked for; browsers look at 1,024 bytes, real pages are less tidy.
_HEAD = 8_192
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
#: The detector sees no more than this many bytes of the part that is not plain ASCII.
_SAMPLE = 60_000


class Decoded(Value, frozen=True, kw_only=True):
    """The text of a body and how it was read."""

    text: str
    #: The same in UTF-8: the body itself where that is good UTF-8.
    utf8: bytes
    #: Python's name of the codec.
    charset: str
    #: Characters that could not be read and stand as U+FFFD.
    replaced: int = 0


def decode(body: bytes, header: str | None = None) -> Decoded:
    """Return the text of a page's body. `header` is the charset parameter of Content-Type. Raises nothing."""
    for bom, codec in _BOMS:
        if body.startswith(bom):
            return _read(body[len(bom) :], codec)
    if wide := _utf16_without_bom(body):
        return _read(body, wide)
    if body.isascii():
        return _read(body, "iso2022-jp" if b"\x1b" in body and "iso2022-jp" in _declared(body, header) else "utf-8")
    first = _read(body, "utf-8")
    if not first.replaced or _is_damaged_utf8(body, first.replaced):
        return first
    for choice in (*_declared(body, header), _detected(body), "cp1252"):
        if choice and choice != "utf-8" and not choice.startswith("utf-16"):
            read = _read(body, choice)
            if read.replaced <= 1 + len(body) // 2_000:
                return read
    return _read(body, "cp1252")


def codec_of(label: str | None) -> str | None:
    """Return the Python codec that a charset label means; None for an unknown label."""
    return _CODEC_OF.get(label.strip().strip("\"'").lower()) if label else None


def _read(body: bytes, codec: str) -> Decoded:
    text = body.decode(codec, "replace")
    replaced = text.count("\ufffd")
    utf8 = body if codec == "utf-8" and not replaced else text.encode("utf-8", "replace")
    return Decoded(text=text, utf8=utf8, charset=codec, replaced=replaced)


def _declared(body: bytes, header: str | None) -> tuple[str, ...]:
    """Return the codecs that header and page name, each once."""
    return tuple(dict.fromkeys(codec for codec in (codec_of(header), _declared_inside(body)) if codec))


def _declared_inside(body: bytes) -> str | None:
    head = body[:_HEAD]
    found = _META.search(head) or _XML.search(head)
    codec = codec_of(found.group(1).decode("ascii")) if found else None
    # A page that could be searched for "charset=" is not in UTF-16, whatever it says.
    return "utf-8" if codec and codec.startswith("utf-16") else codec


def _utf16_without_bom(body: bytes) -> str | None:
    """Return the UTF-16 codec of a body whose markup has every other byte zero."""
    head = body[:512]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if even + odd < len(head) // 4 or not head:
        return None
    if odd > 8 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 8 * odd else None


def _is_damaged_utf8(body: bytes, replaced: int) -> bool:
    """Return whether the bytes that are not ASCII are mostly good UTF-8, so that only the bad ones are lost."""
    good = len(body.decode("utf-8", "ignore")) - _ascii_count(body)
    return good >= max(1, 4 * (replaced - 1))


def _ascii_count(body: bytes) -> int:
    return len(body.decode("ascii", "ignore"))


def _detected(body: bytes) -> str | None:
    """Return the detector's codec, from a sample of the lines that are not ASCII; None when it has no opinion."""
    sample = b"\n".join(line[:2_000] for line in body.splitlines() if not line.isascii())[:_SAMPLE]
    best = charset_normalizer.from_bytes(sample, cp_isolation=list(_LABELS), enable_fallback=False).best()
    return _CODECS.get(codecs.lookup(best.encoding).name) if best else None
