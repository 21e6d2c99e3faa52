"""The names in a byline, one each: people and agencies, without "By", titles, places, times and addresses."""

from __future__ import annotations

import re

from pipeline.extract.lines import line
from pipeline.extract.vocabulary import BEFORE_LEADS, LEADS, NOBODY, OTHER_WORK, PARTICLES, ROLES
from pipeline.text import normal_key

MAX_NAMES = 50
_MAX_NAME = 100
_MAX_BYLINE = 2_000


def _any(words: frozenset[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_LEAD = re.compile(
    rf"^(?:(?:ein |une |un )?(?:{_any(BEFORE_LEADS)})\s+)?(?:{_any(LEADS)})(?:\s*[:：]\s*|\s+|$)",
    re.I,
)
_OTHER_WORK = re.compile(rf"^(?:{_any(OTHER_WORK)})\b", re.I)
_SPLIT = re.compile(
    r"\s*[;|•\n、，]\s*|\s+[·/–—]\s+|\s*,\s+|(?<=\w)/(?=\w)"
    r"|\s*,?\s+(?:and|und|et|och|og|en|oraz|ve|ja|dan|và|with|mit|avec|con|&|\+)\s+",
    re.I,
)
#: Conjunctions that also stand inside names: they part whole names only.
_SHORT_AND = re.compile(r"\s+(?:y|e|i|a|и|та|і|و)\s+")
_GENERATION = re.compile(r",\s*((?:Jr|Sr)\b\.?|I{2,3}\b|IV\b)")
_PAREN = re.compile(r"\s*[(\[（【][^()\[\]（）【】]{0,100}[)\]）】]?\s*")
_ADDRESS = re.compile(r"\S*@\S+|https?:\S+|\bwww\.\S+")
_FOR = re.compile(
    r"\s+(?:for|für|pour|para|reports?|reporting|updated|published|posted|follow)\s.*$|\s+(?:기자|특파원|記者|记者)$",
    re.I,
)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DIGITS = re.compile(r"\d{2}|\d:\d")


def split_names(text: str | None, *, loose: bool = False) -> list[str]:
    """Return the names in a byline; `loose` for visible text, where roles, places and times stand among them."""
    if not text:
        return []
    text = _GENERATION.sub(r" \1", _LEAD.sub("", _ADDRESS.sub(" ", text[:_MAX_BYLINE]).strip()))
    parts = [piece for part in _SPLIT.split(text) for piece in _whole_names(part)]
    names = [name for part in parts if (name := clean_name(part)) and not (loose and any(map(str.isdigit, name)))]
    if loose or len(names) > 1:
        names = [name for name in names if not _is_role(name)] or names[: 0 if loose else 1]
    return _unique(names)


def clean_name(text: str) -> str | None:
    """Return one name without lead words, brackets, addresses and what it was written for; None when none is left."""
    text = _PAREN.sub(" ", _ADDRESS.sub(" ", text)).strip()
    if text.endswith((":", "：")):
        return None  # a label: what it names follows
    text = _FOR.sub("", _LEAD.sub("", text)).strip(" .,:;–—-|/@*\"“”„'")
    if not text or len(text) > _MAX_NAME or _DIGITS.search(text) or _OTHER_WORK.match(text):
        return None
    mark = normal_key(text)
    return None if not mark or mark in NOBODY or (len(mark) == 1 and mark.isascii()) else line(text, _MAX_NAME)


def _whole_names(part: str) -> list[str]:
    pieces = _SHORT_AND.split(part)
    return pieces if len(pieces) > 1 and all(len(piece.split()) > 1 for piece in pieces) else [part]


def _is_role(name: str) -> bool:
    """Return whether a part of a byline is a job, a place or a phrase rather than a name."""
    words = name.split()
    if len(words) > 6 or any(word.lower().strip(".") in ROLES for word in words):
        return True
    small = [word for word in words[1:] if word[:1].islower() and word.lower() not in PARTICLES]
    return len(words) > 2 and bool(small)


def looks_personal(name: str) -> bool:
    """Return whether a name has the shape of a person's: two to five words with capitals, or a short one in a script
    without capitals."""
    words = name.split()
    if any(not letter.isalpha() and letter not in " .'’-" for letter in name):
        return False
    if name[:1].upper() == name[:1].lower():
        return 2 <= len(name) <= 5 or (2 <= len(words) <= 4 and not _CJK.search(name))
    capitals = [word for word in words if word[:1].isupper()]
    return 2 <= len(words) <= 5 and len(capitals) >= 2 and not _is_role(name)


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, str] = {}
    for name in names[: MAX_NAMES * 2]:
        seen.setdefault(normal_key(name), name)
    return list(seen.values())[:MAX_NAMES]
