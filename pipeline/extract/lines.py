"""Short strings of a page as one clean line each."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from pipeline.text import clean_line, normal_key

#: Characters looked at for each character that may be kept: blanks and markup take the rest.
_SLACK = 8
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
    """Return the text of an element as one line; None when it has none."""
    if not len(element):
        return line(element.text, limit)
    parts, room = [], limit * _SLACK
    for part in element.itertext("*"):
        parts.append(part)
        room -= len(part)
        if room <= 0:
            break
    return line(" ".join(parts), limit)


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
