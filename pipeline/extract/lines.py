"""Short strings of a page as one clean line each."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

#: C0, C1, surrogates, noncharacters, soft hyphen, zero-width and bidi controls; ZWNJ and ZWJ stay, words need them.
_CONTROL = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff0-\uffff\ud800-\udfff]"
)
_BLANKS = re.compile(r"\s+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")


def line(value: object, limit: int = 1_000) -> str | None:
    """Return a string as one NFC line of at most `limit` characters, None when nothing is left or it is no string."""
    if not isinstance(value, str):
        return None
    if not value.isprintable():
        value = _CONTROL.sub("", value[: limit * 4])
    text = _BLANKS.sub(" ", value[: limit * 4]).strip()
    return unicodedata.normalize("NFC", text)[:limit].rstrip() or None


def plain(value: object, limit: int = 1_000) -> str | None:
    """Return a string out of a script or an attribute as one line: entities decoded once, tags taken out."""
    if not isinstance(value, str):
        return None
    value = value[: limit * 8]
    if "<" in value:
        value = _TAG.sub(" ", value)
    if "&" in value:
        value = html.unescape(value)
    return line(value, limit)


def key(text: str) -> str:
    """Return what two spellings of the same words have in common: letters and digits, case folded."""
    return "".join(filter(str.isalnum, text.casefold()))


def unique(texts: Iterable[str | None], limit: int) -> tuple[str, ...]:
    """Return the texts that differ in letters or digits, the first spelling of each, at most `limit`."""
    seen: dict[str, str] = {}
    for text in texts:
        if text and (mark := key(text)):
            seen.setdefault(mark, text)
            if len(seen) == limit:
                break
    return tuple(seen.values())
