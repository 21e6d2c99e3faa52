"""The names in a byline, one each: people and agencies, without "By", titles, places, times and addresses."""

from __future__ import annotations

import re

from pipeline.extract.authors.vocabulary import (
    BEFORE_LEADS,
    BODIES,
    DATE_WORDS,
    LEADS,
    NOBODY,
    OTHER_WORK,
    PARTICLES,
    ROLES,
)
from pipeline.extract.walk.lines import line
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
_ALSO_NAMES = frozenset({"di", "da", "con", "af", "av", "od", "mit"})
_OTHER_WORK = re.compile(rf"^(?:{_any(OTHER_WORK)})\b", re.I)
#: Blanks are single when these are tried: patterns with runs of blanks cost the square of their input, and more.
_SPLIT = re.compile(
    r" ?[;|•\n、，] ?| [·/–—-] | ?, |(?<=\w)/(?=\w)"
    r"| ?,? (?:and|und|et|och|oraz|và|with|mit|avec|&|\+|(?-i:og|en|ve|ja|dan|con)) ",
    re.I,
)
#: Conjunctions that also stand inside names: they part whole names only.
_SHORT_AND = re.compile(r" (?:y|e|i|a|и|та|і|و) ")
_AND = re.compile(r"^(?:and|und|et|och|og|oraz|y|e|&|\+)\s+")
_GENERATION = re.compile(r",\s*((?:Jr|Sr)\b\.?|I{2,3}\b|IV\b)")
_PAREN = re.compile(r" ?[(\[（【][^()\[\]（）【】]{0,100}[)\]）】]? ?")
_ADDRESS = re.compile(r"[^\s@]{0,64}@\S{1,200}|https?:\S+|\bwww\.\S+")
#: From where, for whom or when somebody wrote.
_PLACE = re.compile(r" (?:in|aus) [A-ZÄÖÜÉ]\S.*$", re.S)
_FOR = re.compile(r" (?:for|für|pour|para|reports?|reporting|updated|published|posted|follow) .*$", re.I | re.S)
_TITLE = re.compile(r" (?:기자|특파원|記者|记者)$")
#: "Ines Varga reporter", as Korean bylines have it.
_KOREAN = re.compile(r"([가-힣]{2,4})\s{0,2}(?:기자|특파원|논설위원|선임기자)(?=\W|$)")
_DATE_WORD = re.compile(rf"(?:{_any(DATE_WORDS)})\b", re.I)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DIGITS = re.compile(r"\d{2}|\d:\d")


def split_names(text: str | None, *, loose: bool = False) -> list[str]:
    """Return the names in a byline; `loose` for visible text, where roles, places and times stand among them."""
    if not text or (loose and _OTHER_WORK.match(text.strip())):
        return []
    text = _ADDRESS.sub(" ", text[:_MAX_BYLINE])
    text = "\n".join(" ".join(part.split()) for part in text.split("\n")).strip()
    if korean := _KOREAN.findall(text):
        return _unique(korean)
    text = _GENERATION.sub(r" \1", _without_lead(text))
    parts = [piece for part in _SPLIT.split(text) for piece in _whole_names(part)]
    names = _before_dates(parts) if loose else [name for part in parts if (name := clean_name(part))]
    if loose or len(names) > 1:
        names = [name for name in names if not _is_role(name)] or names[: 0 if loose else 1]
    return _unique(names)


def _before_dates(parts: list[str]) -> list[str]:
    """Return the names before the first date: behind it stand the buttons of a page."""
    names: list[str] = []
    for part in parts:
        if any(map(str.isdigit, part)) or _DATE_WORD.match(part):
            if names:
                break
        elif name := clean_name(part):
            names.append(name)
    return names


def _without_lead(text: str) -> str:
    """Return a byline without "By". "Di Rossi" is a name, "Di Anna Rossi" is not."""
    found = _LEAD.match(text)
    if not found or (found[0].strip().lower() in _ALSO_NAMES and len(text[found.end() :].split()) < 2):
        return text
    return text[found.end() :]


def begins_with_lead(text: str) -> bool:
    """Return whether a line begins as bylines do: "By …", "Von …", "Par …"."""
    found = _LEAD.match(text)
    return found is not None and found.end() < len(text)


def clean_name(text: str) -> str | None:
    """Return one name without lead words, brackets, addresses and what it was written for; None when none is left."""
    text = " ".join(_PAREN.sub(" ", _ADDRESS.sub(" ", text)).split())
    if text.endswith((":", "：")):
        return None  # a label: what it names follows
    text = _TITLE.sub("", _without_lead(_AND.sub("", text)))
    text = _alone(text).strip(" .,:;–—-|/@*\"“”„'")
    if not text or len(text) > _MAX_NAME or _DIGITS.search(text) or _OTHER_WORK.match(text):
        return None
    mark = normal_key(text)
    return None if not mark or mark in NOBODY or (len(mark) == 1 and mark.isascii()) else line(text, _MAX_NAME)


def _whole_names(part: str) -> list[str]:
    pieces = _SHORT_AND.split(part)
    return pieces if len(pieces) > 1 and all(len(piece.split()) > 1 for piece in pieces) else [part]


def _alone(name: str) -> str:
    """Return a name without place, employer and time behind it."""
    at_home = _PLACE.sub("", name)
    name = at_home if " " in at_home else name
    person = _FOR.sub("", name)
    return name if _is_body(person) else person


def _is_body(name: str) -> bool:
    """Return whether a name is an institution's, or only the first word of one ("Center for …")."""
    words = name.lower().split()
    return len(words) < 2 or any(word in BODIES for word in words)


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
    return 2 <= len(words) <= 5 and len(capitals) >= 2 and not _is_role(name) and not _is_body(name)


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, str] = {}
    for name in names[: MAX_NAMES * 2]:
        seen.setdefault(normal_key(name), name)
    return list(seen.values())[:MAX_NAMES]
