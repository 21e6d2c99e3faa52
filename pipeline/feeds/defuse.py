"""What is taken out of an ill-formed feed before feedparser sees it: parts known to hang or break it.

Nothing here changes what an honest feed says. What it does not catch, the limits of the child process do.
"""

from __future__ import annotations

import itertools
import re

MAX_ATTRIBUTES = 256
#: feedparser looks for e-mail addresses in names with a quadratic pattern.
MAX_NAME_CHARS = 1_000

_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{4096,}>")
_TAG_NAME = re.compile(r"<[^\s/>]+")
_NAMES = r"(?:[A-Za-z]{1,20}:)?(?:author|creator|managingEditor|webMaster|publisher)"
_NAME_START = re.compile(rf"<{_NAMES}(?=[\s/>])", re.IGNORECASE)
_NAME_END = re.compile(rf"</{_NAMES}\s{{0,20}}>", re.IGNORECASE)
_ENTRY_START = re.compile(r"<(?:[A-Za-z0-9]{1,20}:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_BLANKS = re.compile(r"\s{200,}")
#: Places on the map: their coordinates raise KeyError where they are not two numbers.
_MAP_TAG = re.compile(r"</?(?:gml|georss):[^<>]{0,4000}>", re.IGNORECASE)
_REFERENCE = re.compile(r"&#(?:[xX]([0-9A-Fa-f]{1,30})|([0-9]{1,30}));?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def defuse(text: str) -> str:
    """Return the text without what is known to hang or break feedparser. Linear time."""
    text = _BLANKS.sub("\n", _CONTROL.sub("", text))
    text = _MAP_TAG.sub("", _LONG_TAG.sub(_short_tag, text))
    return _short_names(_REFERENCE.sub(_safe_reference, text))


def split_entries(text: str, max_entries: int) -> tuple[str, list[str], int]:
    """Return the head of a feed, its first entries as they are written, and how many more there are."""
    starts = [found.start() for found in _ENTRY_START.finditer(text)]
    if not starts:
        return text, [], 0
    capped = max(0, len(starts) - max_entries)
    end = starts[max_entries] if capped else len(text)
    borders = [*starts[:max_entries], end]
    return text[: starts[0]], [text[a:b] for a, b in itertools.pairwise(borders)], capped


def _short_tag(tag: re.Match[str]) -> str:
    """Return a tag of very many attributes without them, any other as it is."""
    whole = tag.group()
    if whole.count("=") <= MAX_ATTRIBUTES:
        return whole
    name = _TAG_NAME.match(whole)
    return f"{name.group() if name else '<x'}>"


def _short_names(text: str) -> str:
    """Return the text with every name of a person cut to a length that no person's name has."""
    ends = [found.start() for found in _NAME_END.finditer(text)]
    if not ends:
        return text
    kept, at, following = [], 0, 0
    for start in (found.start() for found in _NAME_START.finditer(text)):
        while following < len(ends) and ends[following] < start:
            following += 1
        if following == len(ends):
            break
        if start >= at and ends[following] - start > MAX_NAME_CHARS:
            kept.append(text[at : start + MAX_NAME_CHARS].rpartition("<")[0] if _opens_tag(text, start) else
                        text[at : start + MAX_NAME_CHARS])  # fmt: skip
            at = ends[following]
    return "".join((*kept, text[at:])) if kept else text


def _opens_tag(text: str, start: int) -> bool:
    """Return whether the cut would fall inside a tag."""
    cut = text[start : start + MAX_NAME_CHARS]
    return cut.rfind("<") > max(cut.rfind(">"), 0)


def _safe_reference(reference: re.Match[str]) -> str:
    """Return a character reference as it is, or U+FFFD for one that no character can have."""
    base, digits = (16, reference.group(1)) if reference.group(1) else (10, reference.group(2))
    code = int(digits, base)
    legal = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return reference.group() if legal else "\ufffd"
