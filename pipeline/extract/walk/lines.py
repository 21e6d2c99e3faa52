"""Short strings of a page as one clean line each."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from pipeline.text import clean_line, normal_key

#: Characters looked at for each character that may be kept: blanks and markup take the rest.
_SLACK = 8
_MAX_DEPTH = 40
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "button", "select"})
_INLINE = frozenset({"b", "em", "i", "strong", "sup", "sub", "u", "q", "mark", "abbr", "font", "wbr"})
_LOOSE_STOP = re.compile(r" ([,.])(?=\s|$)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")


def line(value: object, limit: int = 1_000) -> str | None:
    """Return a string as one line of at most `limit` characters; None when nothing is left or it is no string."""
    if not isinstance(value, str):
        return None
    return clean_line(value[: limit * _SLACK], limit) or None


def plain(value: object, limit: int = 1_000) -> str | None:
    """Return a string out of a script or an attribute as one line: tags taken out, entities decoded once."""
    if not isinstance(value, str):
        return None
    value = value[: limit * _SLACK]
    if "<" in value:
        value = _TAG.sub(" ", value)
    if "&" in value:
        value = html.unescape(value)
    return clean_line(value, limit) or None


def text_of(element: HtmlElement, limit: int = 1_000) -> str | None:
    """Return the text of an element as one line; None when it has none.

    Scripts and styles are no text; parts of a word (em, b, …) go on without a blank, all other elements stand apart.
    """
    if not len(element):
        return line(element.text, limit)
    found = line("".join(_pieces(element, limit, " ")), limit)
    return _LOOSE_STOP.sub(r"\1", found) if found else None


def parts_of(element: HtmlElement, limit: int = 1_000) -> list[str]:
    """Return the texts of an element as lines: each element inside it stands on a line of its own."""
    return [part for text in "".join(_pieces(element, limit, "\n")).split("\n") if (part := line(text, limit))]


def _pieces(element: HtmlElement, limit: int, gap: str) -> list[str]:
    pieces: list[str] = []
    _gather(element, pieces, [limit * _SLACK], gap, 0)
    return pieces


def _gather(element: HtmlElement, pieces: list[str], room: list[int], gap: str, depth: int) -> None:
    """Add the texts of an element to the pieces, until no room is left."""
    if element.text:
        pieces.append(element.text if gap == " " else element.text.replace("\n", " "))
        room[0] -= len(element.text)
    for child in element:
        if room[0] <= 0:
            return
        if isinstance(child.tag, str) and child.tag not in _SILENT and depth < _MAX_DEPTH:
            around = "" if child.tag in _INLINE else gap
            pieces.append(around)
            _gather(child, pieces, room, gap, depth + 1)
            pieces.append(around)
        if child.tail:
            pieces.append(child.tail if gap == " " else child.tail.replace("\n", " "))
            room[0] -= len(child.tail)


def unique(texts: Iterable[str | None], limit: int) -> tuple[str, ...]:
    """Return the texts that differ in letters or digits, the first spelling of each, at most `limit`."""
    seen: dict[str, str] = {}
    for text in texts:
        if text and (mark := normal_key(text)):
            seen.setdefault(mark, text)
            if len(seen) == limit:
                break
    return tuple(seen.values())


def likeness(a: str, b: str) -> float:
    """Return 0 to 1: the share of letter pairs that two normal keys have in common, in any script."""
    if not a or not b:
        return 0.0
    pairs_a, pairs_b = ({text[i : i + 2] for i in range(max(1, len(text) - 1))} for text in (a, b))
    return 2 * len(pairs_a & pairs_b) / (len(pairs_a) + len(pairs_b))
